import { writeTablePart } from '../infra/readers/table-part.ts';
import type { Roles, TablePart } from '../infra/readers/table-part.ts';
import type { Column } from '../models/table.ts';
import { MAXIMUM_OBJECT_BYTES, putArtifact } from './artifacts.ts';
import type { StageContext } from './stage.ts';
import type { ArtifactRef } from './types.ts';

export const ROWS_PER_PART = 65_536;

/** What a row takes at least in each column, and beside them. */
const NUMBER_BYTES = 8, CODE_BYTES = 4, ROW_BYTES = 5;

export interface StoredRows {
  /** [rows] at most 65,536 */
  readonly rowNumbers: Uint32Array;
  readonly split: Uint8Array;
  readonly kinds: readonly Column['kind'][];
  /** All columns of the rows [start, end) of these. */
  readonly read: (start: number, end: number) => readonly Column[];
}

/** Stores the rows in parts of 65,536, fewer where wide rows would make an object too large. Returns the parts in row order. */
export async function writeDataset({ table, rowNumbers, split }: TablePart, roles: Roles, context: StageContext): Promise<readonly ArtifactRef[]> {
  const refs: ArtifactRef[] = [], kinds = table.columns.map(({ kind }) => kind);
  for (let first = 0; first < table.rows; first += ROWS_PER_PART) {
    const last = Math.min(first + ROWS_PER_PART, table.rows), read = (start: number, end: number): Column[] => table.columns.map((column) => slice(column, first + start, first + end));
    refs.push(...(await writeRows({ rowNumbers: rowNumbers.subarray(first, last), split: split.subarray(first, last), kinds, read }, roles, context)));
  }
  return refs;
}

/** Stores rows that make one part, or several where one would be too large. */
export async function writeRows(rows: StoredRows, roles: Roles, context: StageContext): Promise<readonly ArtifactRef[]> {
  context.signal.throwIfAborted();
  return writeRange(rows, roles, 0, rows.rowNumbers.length, context);
}

async function writeRange(rows: StoredRows, roles: Roles, start: number, end: number, context: StageContext): Promise<readonly ArtifactRef[]> {
  const least = (end - start) * rows.kinds.reduce((sum, kind) => sum + (kind === 'number' ? NUMBER_BYTES : CODE_BYTES), ROW_BYTES);
  if (least <= MAXIMUM_OBJECT_BYTES || end - start === 1) {
    const table = { rows: end - start, columns: rows.read(start, end) };
    const bytes = writeTablePart({ table, rowNumbers: rows.rowNumbers.subarray(start, end), split: rows.split.subarray(start, end) }, roles, 0, end - start);
    if (bytes.byteLength <= MAXIMUM_OBJECT_BYTES || end - start === 1) return [await putArtifact(context.store, bytes, end - start)];
  }
  const middle = (start + end) >>> 1;
  return [...(await writeRange(rows, roles, start, middle, context)), ...(await writeRange(rows, roles, middle, end, context))];
}

function slice(column: Column, start: number, end: number): Column {
  return column.kind === 'number' ? { ...column, values: column.values.subarray(start, end) } : { ...column, codes: column.codes.subarray(start, end) };
}
