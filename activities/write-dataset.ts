import { writeTablePart } from '../infra/readers/table-part.ts';
import type { Roles, TablePart } from '../infra/readers/table-part.ts';
import { MAXIMUM_OBJECT_BYTES, putArtifact } from './artifacts.ts';
import type { StageContext } from './stage.ts';
import type { ArtifactRef } from './types.ts';

const ROWS_PER_PART = 65_536;

/** Stores the rows in parts of 65,536, fewer where wide rows would make an object too large. Returns the parts in row order. */
export async function writeDataset(dataset: TablePart, roles: Roles, context: StageContext): Promise<readonly ArtifactRef[]> {
  const refs: ArtifactRef[] = [];
  for (let start = 0; start < dataset.table.rows; start += ROWS_PER_PART) {
    context.signal.throwIfAborted();
    refs.push(...(await writeRange(dataset, roles, start, Math.min(start + ROWS_PER_PART, dataset.table.rows), context)));
  }
  return refs;
}

async function writeRange(dataset: TablePart, roles: Roles, start: number, end: number, context: StageContext): Promise<readonly ArtifactRef[]> {
  const bytes = writeTablePart(dataset, roles, start, end);
  if (bytes.byteLength <= MAXIMUM_OBJECT_BYTES || end - start === 1) return [await putArtifact(context.store, bytes, end - start)];
  const middle = (start + end) >>> 1;
  return [...(await writeRange(dataset, roles, start, middle, context)), ...(await writeRange(dataset, roles, middle, end, context))];
}
