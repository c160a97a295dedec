import { tableFromIPC, type Table } from 'apache-arrow';
import type { Store } from '../infra/store/store.ts';
import type { CsvCell } from '../reports/csv-text.ts';
import { outlierLines } from '../reports/files/outliers-csv.ts';
import { joinedArrowFile } from './arrow-file.ts';
import { artifactsOf, getArtifact, inputOf, readManifest } from './artifacts.ts';
import { datasetParts, loadColumns, loadProfile } from './dataset-parts.ts';
import { idColumn, idsOf } from './load-dataset.ts';
import { loadOutliers } from './load-outliers.ts';
import { PackedTexts } from './packed-texts.ts';
import type { ResultFiles } from './result-files.ts';
import type { ArtifactRef, StageInput } from './types.ts';

export const WEIGHTS_HEADER = ['row', 'id', 'weight', 'density'] as const;

/** The lines of outliers.csv, strangest row first. */
export async function storedOutlierLines(store: Store, inputs: StageInput['inputs']): Promise<Iterable<readonly CsvCell[]>> {
  const ingest = inputOf(inputs, 'ingest'), { rowNumbers } = await loadColumns(store, ingest, new Set()), name = idColumn(await loadProfile(store, ingest)), ids = new PackedTexts();
  if (name !== null) for await (const part of datasetParts(store, ingest)) ids.add(idsOf(part.table, name, part.rowNumbers));
  const { score, rank, pValue, qValue, flagged, summary } = await loadOutliers(store, inputOf(inputs, 'outliers'));
  return outlierLines({ rowNumbers, ids: name === null ? { at: (i) => String(rowNumbers[i]) } : ids, rank, score, pValue, qValue, flagged, top: summary.top });
}

/** The lines of weights.csv, from the parts that the debias stage stored, one in memory at a time. */
export async function* storedWeightLines(store: Store, debias: ArtifactRef): AsyncGenerator<Iterable<readonly CsvCell[]>> {
  for (const ref of artifactsOf(await readManifest(store, debias), 'weights')) yield weightLines(tableFromIPC(await getArtifact(store, ref)));
}

function* weightLines(table: Table): Generator<readonly CsvCell[]> {
  const [row, id, weight, density] = WEIGHTS_HEADER.map((name) => column(table, name));
  for (let i = 0; i < table.numRows; i++) {
    yield [Number(row!.get(i)), String(id!.get(i)), Number(weight!.get(i) ?? Number.NaN), Number(density!.get(i) ?? Number.NaN)];
  }
}

function column(table: Table, name: string): { get(index: number): unknown } {
  const vector = table.getChild(name);
  if (vector === null) throw new Error(`the stored weights have no column ${name}; there are ${table.schema.fields.map((field) => field.name).join(', ')}`);
  return vector;
}

/** An Arrow file: the stored object itself when it is one, its parts as the batches of one file otherwise. */
export async function addArrow(files: ResultFiles, name: string, store: Store, refs: readonly ArtifactRef[]): Promise<void> {
  return refs.length === 1 ? files.addStored(name, refs) : files.addParts(name, joinedArrowFile(store, refs));
}
