import { tableFromIPC, tableToIPC, type Table } from 'apache-arrow';
import { readTablePart, writeTablePart, type TablePart } from '../infra/readers/table-part.ts';
import type { Store } from '../infra/store/store.ts';
import { concatColumns } from '../models/encode/concat-columns.ts';
import type { Profile } from '../models/encode/profile-types.ts';
import type { CsvCell } from '../reports/csv-text.ts';
import { outlierLines } from '../reports/files/outliers-csv.ts';
import { artifactsOf, getArtifact, inputOf, readManifest } from './artifacts.ts';
import { loadDataset } from './load-dataset.ts';
import { loadOutliers } from './load-outliers.ts';
import type { ResultFiles } from './result-files.ts';
import type { ArtifactRef, StageInput } from './types.ts';

export const WEIGHTS_HEADER = ['row', 'id', 'weight', 'density'] as const;

/** The lines of outliers.csv, strangest row first. */
export async function storedOutlierLines(store: Store, inputs: StageInput['inputs']): Promise<Iterable<readonly CsvCell[]>> {
  const { rowNumbers, ids } = await loadDataset(store, inputOf(inputs, 'ingest'));
  const { score, rank, pValue, qValue, flagged, summary } = await loadOutliers(store, inputOf(inputs, 'outliers'));
  return outlierLines({ rowNumbers, ids, rank, score, pValue, qValue, flagged, top: summary.top });
}

/** The lines of weights.csv, from the parts that the debias stage stored. */
export async function storedWeightLines(store: Store, debias: ArtifactRef): Promise<Iterable<readonly CsvCell[]>> {
  const tables: Table[] = [];
  for (const ref of artifactsOf(await readManifest(store, debias), 'weights')) tables.push(tableFromIPC(await getArtifact(store, ref)));
  return weightLines(tables);
}

function* weightLines(tables: readonly Table[]): Generator<readonly CsvCell[]> {
  for (const table of tables) {
    const [row, id, weight, density] = WEIGHTS_HEADER.map((name) => column(table, name));
    for (let i = 0; i < table.numRows; i++) {
      yield [Number(row!.get(i)), String(id!.get(i)), Number(weight!.get(i) ?? Number.NaN), Number(density!.get(i) ?? Number.NaN)];
    }
  }
}

function column(table: Table, name: string): { get(index: number): unknown } {
  const vector = table.getChild(name);
  if (vector === null) throw new Error(`the stored weights have no column ${name}; there are ${table.schema.fields.map((field) => field.name).join(', ')}`);
  return vector;
}

/** resampled.arrow: the stored object itself when it is one; parts are joined, since each has dictionaries of its own. */
export async function addResampled(files: ResultFiles, store: Store, refs: readonly ArtifactRef[], profile: Profile | null): Promise<void> {
  if (refs.length === 1) return files.addStored('resampled.arrow', refs);
  const parts: TablePart[] = [];
  for (const ref of refs) parts.push(readTablePart(await getArtifact(store, ref)));
  const rows = parts.reduce((sum, part) => sum + part.table.rows, 0), rowNumbers = new Uint32Array(rows), split = new Uint8Array(rows);
  let offset = 0;
  for (const part of parts) {
    rowNumbers.set(part.rowNumbers, offset);
    split.set(part.split, offset);
    offset += part.table.rows;
  }
  const columns = (parts[0]?.table.columns ?? []).map((_, index) => concatColumns(parts.map((part) => part.table.columns[index]!)));
  const roles = new Map(profile?.columns.map((each) => [each.name, each.roles]));
  return files.addParts('resampled.arrow', [writeTablePart({ table: { rows, columns }, rowNumbers, split }, roles, 0, rows)]);
}

/** latents.arrow: the stored object itself when it is one, its parts as the batches of one file otherwise. */
export async function addLatents(files: ResultFiles, store: Store, refs: readonly ArtifactRef[]): Promise<void> {
  if (refs.length === 1) return files.addStored('latents.arrow', refs);
  const tables: Table[] = [];
  for (const ref of refs) tables.push(tableFromIPC(await getArtifact(store, ref)));
  return files.addParts('latents.arrow', [tableToIPC(tables[0]!.concat(...tables.slice(1)), 'file')]);
}
