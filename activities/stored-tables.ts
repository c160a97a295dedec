import { tableFromIPC, tableToIPC, type Table } from 'apache-arrow';
import type { Store } from '../infra/store/store.ts';
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

/** An Arrow artifact as one file: the stored object itself when it is one, its parts joined into one file otherwise. */
export async function addArrowFile(files: ResultFiles, store: Store, name: string, refs: readonly ArtifactRef[]): Promise<void> {
  if (refs.length === 1) return files.addStored(name, refs);
  const tables: Table[] = [];
  for (const ref of refs) tables.push(tableFromIPC(await getArtifact(store, ref)));
  const joined = tables[0]!.concat(...tables.slice(1));
  return files.addParts(name, [tableToIPC(joined, 'file')]);
}
