import { setImmediate as breathe } from 'node:timers/promises';
import { parameterViews } from '../models/engine/parameters.ts';
import type { Network } from '../models/engine/network.ts';
import { columnCosts } from '../models/networks/column-cost.ts';
import type { Inference } from '../models/networks/inference.ts';
import { klPerRow } from '../models/networks/kl-per-row.ts';
import type { BackendChoice, ModelConfig } from './audit-config.ts';
import { inputOf, putArtifact, putJson } from './artifacts.ts';
import { writeLatentsPart, writeVectorPart } from './latents-part.ts';
import type { LatentsPart } from './latents-part.ts';
import { backendIdentity } from '../infra/trainer/backend-identity.ts';
import { inferenceOf } from './inference-of.ts';
import { loadEncoded } from './load-encoded.ts';
import type { Encoded } from './load-encoded.ts';
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

function logScaleOf(network: Network, parameters: Float32Array): Float32Array {
  return parameterViews(network.parameters, parameters)[network.parameters.findIndex(({ name }) => name === 'logScale')]!;
}

function emptyPart(rowNumbers: Uint32Array, units: number, columns: number): Part {
  const rows = rowNumbers.length;
  return {
    rowNumbers, units, mu: new Float32Array(rows * units), logVar: new Float32Array(rows * units),
    reconstruction: new Float32Array(rows), kl: new Float32Array(rows), columnCost: new Float32Array(rows * columns),
  };
}

/** Encodes rows `first … last − 1` of x into `part`, from its position `at`. */
function fillPart(part: Part, at: number, { model, network, inference }: Encoding, x: Float32Array): void {
  const { width, units } = network, rows = x.length / width, columns = model.columns.length;
  const { mu, logVar, output } = inference.encode(x);
  const costs = columnCosts(model.columns, { x, output, rows, width }, logScaleOf(network, model.parameters));
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

async function encodePart(first: number, last: number, encoded: Encoded, encoding: Encoding, context: StageContext): Promise<Part> {
  const { model, network, inference } = encoding, { width } = network, { values, rows: all } = encoded.x;
  const part = emptyPart(encoded.rowNumbers.subarray(first, last), network.units, model.columns.length);
  for (let row = first; row < last; row += inference.batch) {
    const end = Math.min(last, row + inference.batch);
    fillPart(part, row - first, encoding, values.subarray(row * width, end * width));
    context.progress({ fraction: end / all, detail: `${end.toLocaleString('en-US')} of ${all.toLocaleString('en-US')} rows` });
    await breathe();
    context.signal.throwIfAborted();
  }
  return part;
}

function mean(sum: number, rows: number): number {
  return rows > 0 ? sum / rows : 0;
}

/** Where every usable row, of all parts of the split, lies in the latent space, and what it costs to describe it from there. */
export const latents: Stage<LatentsConfig> = {
  name: 'latents',
  version: 2,
  fingerprint: ({ config }) => Promise.resolve(backendIdentity(config.backend)),
  async run({ config, inputs }, context) {
    const { store } = context;
    const encoded = await loadEncoded(store, inputOf(inputs, 'encode')), model = await loadModel(store, inputOf(inputs, 'train'));
    const backend = await startEngine(config.backend), { rows } = encoded.x, { units } = model.shape;
    const partRows = Math.max(1, Math.min(PART_ROWS, Math.floor(PART_BYTES / (4 * Math.max(2 * units + 3, model.columns.length + 1)))));
    const stored: ArtifactRef[] = [], costs: ArtifactRef[] = [];
    const inference = inferenceOf(model, backend), encoding = { model, network: networkOf(model), inference };
    let reconstruction = 0, kl = 0;
    for (let first = 0; first < rows; first += partRows) {
      const part = await encodePart(first, Math.min(rows, first + partRows), encoded, encoding, context);
      const size = part.rowNumbers.length;
      stored.push(await putArtifact(store, writeLatentsPart(part), size));
      costs.push(await putArtifact(store, writeVectorPart('column_cost', { rowNumbers: part.rowNumbers, width: model.columns.length, values: part.columnCost }), size));
      reconstruction = part.reconstruction.reduce((sum, value) => sum + value, reconstruction);
      kl = part.kl.reduce((sum, value) => sum + value, kl);
    }
    inference.dispose();
    const summary = { rows, units, backend, computedOn: backendIdentity(backend) || null, reconstruction: mean(reconstruction, rows), kl: mean(kl, rows) };
    return { artifacts: { latents: stored, columnCost: costs, summary: [await putJson(store, summary)] }, summary };
  },
};
