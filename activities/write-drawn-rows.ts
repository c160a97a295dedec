import type { Roles, TablePart } from '../infra/readers/table-part.ts';
import { concatColumns } from '../models/encode/concat-columns.ts';
import type { Profile } from '../models/encode/profile-types.ts';
import type { CategoryColumn, Column } from '../models/table.ts';
import { datasetParts, loadProfile } from './dataset-parts.ts';
import type { StageContext } from './stage.ts';
import type { ArtifactRef } from './types.ts';
import { ROWS_PER_PART, writeDataset } from './write-dataset.ts';

/** Columns of more levels have those of each part alone. */
const SHARED_LEVELS = 4096;

/**
 * Stores rows of a data set, which ascend and may be named more than once, as a table of the data's own columns with `row` and `split`.
 * One part of the data and one of the result are in memory.
 */
export async function writeDrawnRows(ingest: ArtifactRef, drawn: Uint32Array, context: StageContext): Promise<readonly ArtifactRef[]> {
  const profile = await loadProfile(context.store, ingest), roles: Roles = new Map(profile.columns.map((column) => [column.name, column.roles])), refs: ArtifactRef[] = [];
  let pieces: TablePart[] = [], filled = 0, start = 0, taken = 0;
  const flush = async (): Promise<void> => {
    refs.push(...(await writeDataset(joinPieces(pieces, profile), roles, context)));
    pieces = [];
    filled = 0;
  };
  for await (const part of datasetParts(context.store, ingest)) {
    const end = start + part.table.rows;
    while (taken < drawn.length && drawn[taken]! < end) {
      const from = taken;
      while (taken < drawn.length && drawn[taken]! < end && filled + taken - from < ROWS_PER_PART) taken++;
      const places = drawn.subarray(from, taken).map((row) => row - start);
      pieces.push({ table: { rows: places.length, columns: part.table.columns.map((column) => takeColumn(column, places)) },
        rowNumbers: places.map((place) => part.rowNumbers[place]!), split: Uint8Array.from(places, (place) => part.split[place]!) });
      filled += places.length;
      if (filled === ROWS_PER_PART) await flush();
    }
    start = end;
  }
  if (filled > 0) await flush();
  return refs;
}

function takeColumn(column: Column, places: Uint32Array): Column {
  return column.kind === 'number' ? { ...column, values: Float64Array.from(places, (place) => column.values[place]!) } : { ...column, codes: Int32Array.from(places, (place) => column.codes[place]!) };
}

function joinPieces(pieces: readonly TablePart[], { columns: profiles }: Profile): TablePart {
  const rows = pieces.reduce((sum, { table }) => sum + table.rows, 0), rowNumbers = new Uint32Array(rows), split = new Uint8Array(rows);
  const isWide = new Set(profiles.filter(({ distinct }) => distinct > SHARED_LEVELS).map(({ name }) => name));
  let at = 0;
  for (const piece of pieces) {
    rowNumbers.set(piece.rowNumbers, at);
    split.set(piece.split, at);
    at += piece.table.rows;
  }
  const columns = (pieces[0]?.table.columns ?? []).map((_, i) => concatColumns(pieces.map(({ table }) => table.columns[i]!)));
  return { table: { rows, columns: columns.map((column) => (column.kind === 'category' && isWide.has(column.name) ? withOwnLevels(column) : column)) }, rowNumbers, split };
}

/** The levels that occur, in order of appearance. */
function withOwnLevels(column: CategoryColumn): CategoryColumn {
  const own = new Map<number, number>();
  const codes = column.codes.map((code) => {
    if (code < 0) return -1;
    const known = own.get(code) ?? own.size;
    own.set(code, known);
    return known;
  });
  return { ...column, codes, levels: [...own.keys()].map((code) => column.levels[code]!) };
}
