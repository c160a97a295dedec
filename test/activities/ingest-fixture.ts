import { encode } from '../../activities/encode.ts';
import type { EncodeConfig } from '../../activities/encode.ts';
import { ingest } from '../../activities/ingest.ts';
import type { DataConfig } from '../../activities/audit-config.ts';
import { putJson } from '../../activities/artifacts.ts';
import { loadDataset } from '../../activities/load-dataset.ts';
import type { Dataset } from '../../activities/load-dataset.ts';
import type { ArtifactRef, StageOutput } from '../../activities/types.ts';
import type { Store } from '../../infra/store/store.ts';
import { temporaryFile } from '../infra/readers/temporary-file.ts';
import { MemoryStore, testContext } from './memory-store.ts';

export const DATA: DataConfig = {
  path: '', columns: null, delimiter: 'auto', encoding: 'utf-8', id: null, label: null, positive: null, score: null, prediction: null, threshold: null, protected: [], exclude: [],
  weight: null, cluster: null, sequence: null, time: null, bins: {}, scoreRange: null, missing: ['', '?', 'NA', 'NaN', 'null'], split: [60, 20, 20],
};

export interface Ingested {
  readonly store: Store;
  readonly output: StageOutput;
  readonly manifest: ArtifactRef;
  readonly dataset: Dataset;
}

/** Runs ingest on a text and loads what it stored. */
export async function ingestText(text: string, data: Partial<DataConfig> = {}, seed = 0, store: Store = new MemoryStore()): Promise<Ingested> {
  const path = await temporaryFile(text);
  const output = await ingest.run({ config: { data: { ...DATA, ...data, path }, seed }, inputs: {}, seed }, testContext(store));
  const manifest = await putJson(store, { stage: 'ingest', version: 1, identity: '', ...output });
  return { store, output, manifest, dataset: await loadDataset(store, manifest) };
}

/** Runs encode on what was ingested; returns its output and manifest. */
export async function encodeIngested({ store, manifest }: Ingested, config: EncodeConfig = { numbers: 'standard' }): Promise<{ output: StageOutput; manifest: ArtifactRef }> {
  const output = await encode.run({ config, inputs: { ingest: [manifest] }, seed: 0 }, testContext(store));
  return { output, manifest: await putJson(store, { stage: 'encode', version: 1, identity: '', ...output }) };
}
