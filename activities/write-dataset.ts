import type { PackedColumn } from '../infra/readers/packed-column.ts';
import { writeTablePart } from '../infra/readers/table-part.ts';
import type { Roles, TablePart } from '../infra/readers/table-part.ts';
import type { Column } from '../models/table.ts';
import { MAXIMUM_OBJECT_BYTES, putArtifact } from './artifacts.ts';
import type { StageContext } from './stage.ts';
import type { ArtifactRef } from './types.ts';

const ROWS_PER_PART = 65_536;

export interface StoredRows {
  readonly columns: readonly Pick<PackedColumn, 'read'>[];
  readonly rowNumbers: Uint32Array;
  readonly split: Uint8Array;
}

/** Stores the rows in parts of 65,536, fewer where wide rows would make an object too large. Returns the parts in row order. */
export function writeDataset({ table, rowNumbers, split }: TablePart, roles: Roles, context: StageContext): Promise<readonly ArtifactRef[]> {
  const columns = table.columns.map((column) => ({ read: (start = 0, end = table.rows) => slice(column, start, end) }));
  return writeColumns({ columns, rowNumbers, split }, roles, context);
}

/** As `writeDataset`, for packed columns: one part is unpacked at a time. */
export async function writeColumns(rows: StoredRows, roles: Roles, context: StageContext): Promise<readonly ArtifactRef[]> {
  const refs: ArtifactRef[] = [], total = rows.rowNumbers.length;
  for (let start = 0; start < total; start += ROWS_PER_PART) {
    context.signal.throwIfAborted();
    refs.push(...(await writeRange(rows, roles, start, Math.min(start + ROWS_PER_PART, total), context)));
  }
  return refs;
}

async function writeRange(rows: StoredRows, roles: Roles, start: number, end: number, context: StageContext): Promise<readonly ArtifactRef[]> {
  const table = { rows: end - start, columns: rows.columns.map((column) => column.read(start, end)) };
  const bytes = writeTablePart({ table, rowNumbers: rows.rowNumbers.subarray(start, end), split: rows.split.subarray(start, end) }, roles, 0, end - start);
  if (bytes.byteLength <= MAXIMUM_OBJECT_BYTES || end - start === 1) return [await putArtifact(context.store, bytes, end - start)];
  const middle = (start + end) >>> 1;
  return [...(await writeRange(rows, roles, start, middle, context)), ...(await writeRange(rows, roles, middle, end, context))];
}

function slice(column: Column, start: number, end: number): Column {
  return column.kind === 'number' ? { ...column, values: column.values.subarray(start, end) } : { ...column, codes: column.codes.subarray(start, end) };
}
