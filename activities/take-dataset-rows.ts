import type { Store } from '../infra/store/store.ts';
import { concatColumns } from '../models/encode/concat-columns.ts';
import { type Column, type Table } from '../models/table.ts';
import { datasetParts, loadProfile } from './dataset-parts.ts';
import type { ArtifactRef } from './types.ts';

export interface TakenRows extends Table {
  readonly rowNumbers: Uint32Array;
  readonly split: Uint8Array;
}

/** Some rows of a data set and some of its columns, read part by part. positions: of the usable rows, ascending. names: null for all columns. */
export async function takeDatasetRows(store: Store, ingest: ArtifactRef, positions: Uint32Array, names: ReadonlySet<string> | null): Promise<TakenRows> {
  const columns: Column[][] = [], rowNumbers = new Uint32Array(positions.length), split = new Uint8Array(positions.length);
  let start = 0, taken = 0;
  for await (const part of datasetParts(store, ingest)) {
    const from = taken, end = start + part.table.rows;
    while (taken < positions.length && positions[taken]! < end) taken++;
    const places = positions.subarray(from, taken).map((position) => position - start);
    rowNumbers.set(places.map((place) => part.rowNumbers[place]!), from);
    for (const [i, place] of places.entries()) split[from + i] = part.split[place]!;
    columns.push(part.table.columns.filter(({ name }) => names === null || names.has(name)).map((column) => takeColumn(column, places)));
    start = end;
  }
  return { rows: positions.length, rowNumbers, split, columns: (columns[0] ?? []).map((_, i) => concatColumns(columns.map((part) => part[i]!))) };
}

/** The ids of some rows, which ascend, by their positions among the usable rows. */
export async function idsOfRows(store: Store, ingest: ArtifactRef, positions: Uint32Array): Promise<ReadonlyMap<number, string>> {
  const name = (await loadProfile(store, ingest)).columns.find(({ roles }) => roles.includes('id'))?.name ?? null;
  const { columns: [ids], rowNumbers } = await takeDatasetRows(store, ingest, positions, new Set(name === null ? [] : [name]));
  return new Map(Array.from(positions, (position, i) => [position, ids === undefined ? String(rowNumbers[i]) : textOf(ids, i)]));
}

export function textOf(column: Column, row: number): string {
  return column.kind === 'number' ? String(column.values[row]) : column.levels[column.codes[row]!]!;
}

function takeColumn(column: Column, places: Uint32Array): Column {
  if (column.kind === 'number') return { ...column, values: Float64Array.from(places, (place) => column.values[place]!) };
  const codes = Int32Array.from(places, (place) => column.codes[place]!), renamed = new Map<number, number>(), levels: string[] = [];
  if (column.levels.length <= places.length) return { ...column, codes };
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i]!;
    if (code < 0) continue;
    let own = renamed.get(code);
    if (own === undefined) {
      own = levels.push(column.levels[code]!) - 1;
      renamed.set(code, own);
    }
    codes[i] = own;
  }
  return { ...column, codes, levels };
}
