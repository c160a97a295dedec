import { setImmediate as breathe } from 'node:timers/promises';
import type { Network } from '../models/engine/network.ts';
import type { Inference } from '../models/networks/inference.ts';
import { klPerRow } from '../models/networks/kl-per-row.ts';
import type { BackendChoice, ModelConfig } from './audit-config.ts';
import type { Store } from '../infra/store/store.ts';
import { artifactsOf, getArtifact, inputOf, putArtifact, putJson, readManifest, rowsOf } from './artifacts.ts';
import { dividedStage, rangesForTasks } from './divided-stage.ts';
import { encodedParts } from './encoded-parts.ts';
import { readLatentsPart, writeLatentsPart, writeVectorPart } from './latents-part.ts';
import type { LatentsPart } from './latents-part.ts';
import { backendIdentity } from '../infra/trainer/backend-identity.ts';
import { inferenceOf } from './inference-of.ts';
import { loadModel, networkOf } from './load-model.ts';
import type { TrainedModel } from './load-model.ts';
import { startEngine } from './start-engine.ts';
import type { Stage, StageContext } from './stage.ts';
import type { ArtifactRef, Json, StageInput, StageOutput } from './types.ts';

export interface LatentsConfig {
  readonly backend: BackendChoice;
  readonly precision: ModelConfig['precision'];
}

/** Rows of a stored part, less where columns are so many that a part would pass 32 MiB. */
const PART_ROWS = 131_072;
const PART_BYTES = 32 * 1024 * 1024;
/** Placing fewer rows is over before another worker has begun; and no more tasks than this. */
const ROWS_PER_TASK = 500_000;

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

/** Encoded parts [first, last) to place. */
interface LatentsTask { readonly first: number; readonly last: number }

/** Done: rows of all parts before. share: what of its task is done before it, and with it. */
interface Slice { readonly x: Float32Array; readonly rowNumbers: Uint32Array; readonly done: number; readonly all: number; readonly share: readonly [number, number] }

async function encodeSlice({ x, rowNumbers, done, all, share: [from, to] }: Slice, encoding: Encoding, context: StageContext): Promise<Part> {
  const { model, network: { width, units }, inference } = encoding, rows = rowNumbers.length;
  const part = emptyPart(rowNumbers, units, model.columns.length);
  for (let row = 0; row < rows; row += inference.batch) {
    const end = Math.min(rows, row + inference.batch);
    await fillPart(part, row, encoding, x.subarray(row * width, end * width));
    context.progress({ fraction: from + (to - from) * (end / rows), detail: `${(done + end).toLocaleString('en-US')} of ${all.toLocaleString('en-US')} rows` });
    await breathe();
    context.signal.throwIfAborted();
  }
  return part;
}

/** The encoded rows of some parts in slices of at most `most`, one stored part in memory at a time. */
async function* slices(store: Store, encode: ArtifactRef, { first, last }: LatentsTask, most: number): AsyncGenerator<Slice> {
  const refs = artifactsOf(await readManifest(store, encode), 'x'), all = rowsOf(refs), before = rowsOf(refs.slice(0, first)), own = rowsOf(refs.slice(first, last));
  let done = 0;
  for await (const { x, rowNumbers, width } of encodedParts(store, encode, first, last)) {
    for (let start = 0; start < rowNumbers.length; start += most) {
      const end = Math.min(rowNumbers.length, start + most), rows = end - start;
      yield { x: x.subarray(start * width, end * width), rowNumbers: rowNumbers.subarray(start, end), done: before + done, all, share: [done / own, (done + rows) / own] };
      done += rows;
    }
  }
}

function mean(sum: number, rows: number): number {
  return rows > 0 ? sum / rows : 0;
}

type Input = StageInput<LatentsConfig>;

/** Ranges of parts, from so many rows on that a worker is at each for seconds. */
export async function latentsTasks({ inputs }: Input, { store }: StageContext, rowsPerTask = ROWS_PER_TASK): Promise<readonly Json[]> {
  const parts = artifactsOf(await readManifest(store, inputOf(inputs, 'encode')), 'x');
  return rangesForTasks(parts.length, rowsOf(parts), rowsPerTask).map(([first, last]) => ({ first, last }) satisfies LatentsTask as unknown as Json);
}

async function task({ config, inputs }: Input, json: Json, context: StageContext): Promise<StageOutput> {
  const { store } = context, model = await loadModel(store, inputOf(inputs, 'train')), backend = await startEngine(config.backend), { units } = model.shape;
  const partRows = Math.max(1, Math.min(PART_ROWS, Math.floor(PART_BYTES / (4 * Math.max(2 * units + 3, model.columns.length + 1)))));
  const inference = inferenceOf(model, backend), encoding = { model, network: networkOf(model), inference }, stored: ArtifactRef[] = [], costs: ArtifactRef[] = [];
  try {
    for await (const slice of slices(store, inputOf(inputs, 'encode'), json as unknown as LatentsTask, partRows)) {
      const part = await encodeSlice(slice, encoding, context), size = part.rowNumbers.length;
      stored.push(await putArtifact(store, writeLatentsPart(part), size));
      costs.push(await putArtifact(store, writeVectorPart('column_cost', { rowNumbers: part.rowNumbers, width: model.columns.length, values: part.columnCost }), size));
    }
  } finally {
    inference.dispose();
  }
  return { artifacts: { latents: stored, columnCost: costs }, summary: { units, backend, computedOn: await backendIdentity(backend) || null } };
}

/** Costs are summed row by row over what the tasks stored, so that the sums do not depend on where one ended. */
async function join(_: Input, pieces: readonly StageOutput[], { store, signal }: StageContext): Promise<StageOutput> {
  const all = (name: string): readonly ArtifactRef[] => pieces.flatMap(({ artifacts }) => artifacts[name]!), stored = all('latents');
  let reconstruction = 0, kl = 0;
  for (const ref of stored) {
    signal.throwIfAborted();
    const part = readLatentsPart(await getArtifact(store, ref));
    reconstruction = part.reconstruction.reduce((sum, value) => sum + value, reconstruction);
    kl = part.kl.reduce((sum, value) => sum + value, kl);
  }
  const { units, backend, computedOn } = pieces[0]!.summary as { readonly units: number; readonly backend: string; readonly computedOn: string | null }, rows = rowsOf(stored);
  const summary = { rows, units, backend, computedOn, reconstruction: mean(reconstruction, rows), kl: mean(kl, rows) };
  return { artifacts: { latents: stored, columnCost: all('columnCost'), summary: [await putJson(store, summary)] }, summary };
}

/** Where every usable row, of all parts of the split, lies in the latent space, and what it costs to describe it from there. Its tasks are ranges of parts. */
export const latents: Stage<LatentsConfig> = dividedStage<LatentsConfig>(
  { name: 'latents', version: 3, fingerprint: ({ config }) => backendIdentity(config.backend) }, { tasks: latentsTasks, task, join },
);
