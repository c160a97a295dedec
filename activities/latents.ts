import { setImmediate as breathe } from 'node:timers/promises';
import type { Network } from '../models/engine/network.ts';
import type { Inference } from '../models/networks/inference.ts';
import { klPerRow } from '../models/networks/kl-per-row.ts';
import type { BackendChoice, ModelConfig } from './audit-config.ts';
import type { Store } from '../infra/store/store.ts';
import { artifactsOf, inputOf, putArtifact, putJson, readManifest, rowsOf } from './artifacts.ts';
import { encodedParts } from './encoded-parts.ts';
import { writeLatentsPart, writeVectorPart } from './latents-part.ts';
import type { LatentsPart } from './latents-part.ts';
import { backendIdentity } from '../infra/trainer/backend-identity.ts';
import { inferenceOf } from './inference-of.ts';
import { loadModel, networkOf } from './load-model.ts';
import type { TrainedModel } from './load-model.ts';
import { startEngine } from './start-engine.ts';
import type { Stage, StageContext } from './stage.ts';
import type { ArtifactRef } from './types.ts';

export interface LatentsConfig {
  readonly backend: BackendChoice;
  readonly precision: ModelConfig['precision'];
}

/** Rows of a stored part, less where columns are so many that a part would pass 32 MiB. */
const PART_ROWS = 131_072;
const PART_BYTES = 32 * 1024 * 1024;

interface Encoding { readonly model: TrainedModel; readonly network: Network; readonly inference: Inference }

interface Part extends LatentsPart { readonly columnCost: Float32Array }

function emptyPart(rowNumbers: Uint32Array, units: number, columns: number): Part {
  const rows = rowNumbers.length;
  return {
    rowNumbers, units, mu: new Float32Array(rows * units), logVar: new Float32Array(rows * units),
    reconstruction: new Float32Array(rows), kl: new Float32Array(rows), columnCost: new Float32Array(rows * columns),
  };
}

/** Encodes rows `first … last − 1` of x into `part`, from its position `at`. */
async function fillPart(part: Part, at: number, { model, network, inference }: Encoding, x: Float32Array): Promise<void> {
  const { width, units } = network, rows = x.length / width, columns = model.columns.length;
  const { mu, logVar, columnCost: costs } = await inference.describe(x);
  part.mu.set(mu, at * units);
  part.logVar.set(logVar, at * units);
  part.columnCost.set(costs, at * columns);
  if (network.noiseWidth > 0) part.kl.set(klPerRow(mu, logVar, units), at);
  for (let row = 0; row < rows; row++) {
    let total = 0;
    for (let c = 0; c < columns; c++) total += costs[row * columns + c]!;
    part.reconstruction[at + row] = total;
  }
}

interface Slice { readonly x: Float32Array; readonly rowNumbers: Uint32Array; readonly done: number; readonly all: number }

async function encodeSlice({ x, rowNumbers, done, all }: Slice, encoding: Encoding, context: StageContext): Promise<Part> {
  const { model, network: { width, units }, inference } = encoding, rows = rowNumbers.length;
  const part = emptyPart(rowNumbers, units, model.columns.length);
  for (let row = 0; row < rows; row += inference.batch) {
    const end = Math.min(rows, row + inference.batch);
    await fillPart(part, row, encoding, x.subarray(row * width, end * width));
    context.progress({ fraction: (done + end) / all, detail: `${(done + end).toLocaleString('en-US')} of ${all.toLocaleString('en-US')} rows` });
    await breathe();
    context.signal.throwIfAborted();
  }
  return part;
}

/** The encoded rows in slices of at most `most`, one stored part in memory at a time. */
async function* slices(store: Store, encode: ArtifactRef, most: number): AsyncGenerator<Slice> {
  const all = rowsOf(artifactsOf(await readManifest(store, encode), 'x'));
  let done = 0;
  for await (const { x, rowNumbers, width } of encodedParts(store, encode)) {
    for (let first = 0; first < rowNumbers.length; first += most) {
      const last = Math.min(rowNumbers.length, first + most);
      yield { x: x.subarray(first * width, last * width), rowNumbers: rowNumbers.subarray(first, last), done, all };
      done += last - first;
    }
  }
}

function mean(sum: number, rows: number): number {
  return rows > 0 ? sum / rows : 0;
}

/** Where every usable row, of all parts of the split, lies in the latent space, and what it costs to describe it from there. */
export const latents: Stage<LatentsConfig> = {
  name: 'latents',
  version: 3,
  fingerprint: ({ config }) => backendIdentity(config.backend),
  async run({ config, inputs }, context) {
    const { store } = context, model = await loadModel(store, inputOf(inputs, 'train')), backend = await startEngine(config.backend), { units } = model.shape;
    const partRows = Math.max(1, Math.min(PART_ROWS, Math.floor(PART_BYTES / (4 * Math.max(2 * units + 3, model.columns.length + 1)))));
    const inference = inferenceOf(model, backend), encoding = { model, network: networkOf(model), inference };
    const stored: ArtifactRef[] = [], costs: ArtifactRef[] = [];
    let reconstruction = 0, kl = 0, rows = 0;
    try {
      for await (const slice of slices(store, inputOf(inputs, 'encode'), partRows)) {
        const part = await encodeSlice(slice, encoding, context), size = part.rowNumbers.length;
        stored.push(await putArtifact(store, writeLatentsPart(part), size));
        costs.push(await putArtifact(store, writeVectorPart('column_cost', { rowNumbers: part.rowNumbers, width: model.columns.length, values: part.columnCost }), size));
        reconstruction = part.reconstruction.reduce((sum, value) => sum + value, reconstruction);
        kl = part.kl.reduce((sum, value) => sum + value, kl);
        rows += size;
      }
    } finally {
      inference.dispose();
    }
    const summary = { rows, units, backend, computedOn: await backendIdentity(backend) || null, reconstruction: mean(reconstruction, rows), kl: mean(kl, rows) };
    return { artifacts: { latents: stored, columnCost: costs, summary: [await putJson(store, summary)] }, summary };
  },
};
