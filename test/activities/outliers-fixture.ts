import { makeVector, Table, tableToIPC } from 'apache-arrow';
import { putArtifact, putJson } from '../../activities/artifacts.ts';
import type { DataConfig, OutliersConfig, OutliersStageConfig } from '../../activities/audit-config.ts';
import { writeLatentsPart, writeVectorPart } from '../../activities/latents-part.ts';
import { outliers } from '../../activities/outliers.ts';
import type { ArtifactRef, StageInput, StageOutput } from '../../activities/types.ts';
import type { Store } from '../../infra/store/store.ts';
import { randomStream } from '../../models/engine/random.ts';
import { storeStage } from './latent-fixture.ts';
import { DATA, encodeIngested, ingestText } from './ingest-fixture.ts';
import { MemoryStore, testContext } from './memory-store.ts';

export const ROWS = 701;
/** Data rows that are strange in number and category at once. */
export const PLANTED: readonly number[] = Array.from({ length: 12 }, (_, i) => 3 + 58 * i);
export const OUTLIERS: OutliersConfig = { detectors: 'auto', fdr: 0.1, top: 10, train: 'all' };

/** age, hours, sex, town and a label that is yes for the planted rows and one other row in eight. */
export function peopleText(rows = ROWS): string {
  const random = randomStream(0, 'test/people'), lines = ['age,hours,sex,town,fail'];
  for (let row = 0; row < rows; row++) {
    const planted = PLANTED.includes(row), age = planted ? 130 + random.integer(30) : Math.round(40 + 8 * random.normal()), hours = planted ? 80 + random.integer(30) : Math.round(38 + 4 * random.normal());
    lines.push([age, hours, random.uniform() < 0.4 ? 'f' : 'm', planted ? 'Atlantis' : ['Rome', 'Oslo', 'Bern'][random.integer(3)], planted || random.uniform() < 0.125 ? 'yes' : 'no'].join(','));
  }
  return `${lines.join('\n')}\n`;
}

export interface Prepared {
  readonly store: Store;
  readonly inputs: StageInput['inputs'];
  readonly data: DataConfig;
}

/** Costs that follow each feature's size, as a network without hidden structure would have them. */
async function storeLatents(store: Store, rowNumbers: Uint32Array, seed: number): Promise<ArtifactRef> {
  const n = rowNumbers.length, random = randomStream(seed, 'test/costs'), width = 4;
  const cost = Float32Array.from({ length: n * width }, (_, i) => (PLANTED.includes(rowNumbers[Math.floor(i / width)]!) && i % width !== 2 ? 20 : 1) + 0.2 * random.normal());
  const reconstruction = Float32Array.from({ length: n }, (_, row) => cost.subarray(row * width, (row + 1) * width).reduce((sum, value) => sum + value, 0));
  const kl = Float32Array.from({ length: n }, (_, row) => (PLANTED.includes(rowNumbers[row]!) ? 9 : 2) + 0.3 * random.normal());
  const part = writeLatentsPart({ rowNumbers, units: 1, mu: new Float32Array(n), logVar: new Float32Array(n), reconstruction, kl });
  const costs = writeVectorPart('column_cost', { rowNumbers, width, values: cost });
  return storeStage(store, 'latents', { artifacts: { latents: [await putArtifact(store, part, n)], columnCost: [await putArtifact(store, costs, n)] }, summary: {} });
}

async function storeDensity(store: Store, rowNumbers: Uint32Array): Promise<ArtifactRef> {
  const random = randomStream(0, 'test/density'), values = (): Float64Array => Float64Array.from(rowNumbers, (row) => (PLANTED.includes(row) ? -15 : -3) + random.normal());
  const part = new Table({ log_density: makeVector(values()), histogram_log_density: makeVector(values()) });
  return storeStage(store, 'density', {
    artifacts: { summary: [await putJson(store, { histogramBins: 10 })], density: [await putArtifact(store, tableToIPC(part, 'file'), rowNumbers.length)] }, summary: {},
  });
}

/** Everything the outliers stage reads, for the people above and two training seeds. */
export async function preparePeople(data: Partial<DataConfig> = {}, rows = ROWS): Promise<Prepared> {
  const ingested = await ingestText(peopleText(rows), data, 0, new MemoryStore()), { store, manifest, dataset } = ingested;
  const encoded = await encodeIngested(ingested);
  const latents = [await storeLatents(store, dataset.rowNumbers, 0), await storeLatents(store, dataset.rowNumbers, 1)];
  return { store, data: { ...DATA, ...data }, inputs: { ingest: [manifest], encode: [encoded.manifest], latents, density: [await storeDensity(store, dataset.rowNumbers)] } };
}

export function runOutliers({ store, inputs, data }: Prepared, config: Partial<OutliersConfig> = {}): Promise<StageOutput> {
  const input: StageInput<OutliersStageConfig> = { config: { outliers: { ...OUTLIERS, ...config }, data }, inputs, seed: 0 };
  return outliers.run(input, testContext(store));
}
