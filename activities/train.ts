import { setImmediate as breathe } from 'node:timers/promises';
import { EngineError } from '../models/engine/engine-error.ts';
import { parameterCount } from '../models/engine/parameters.ts';
import type { BackendName } from '../models/engine/backend.ts';
import { trainNetwork } from '../models/engine/train-network.ts';
import type { TrainingOptions, TrainingProgress, TrainingResult, TrainingTask } from '../models/engine/train-network.ts';
import { packState, unpackState } from '../models/engine/training-state.ts';
import type { TrainingState } from '../models/engine/training-state.ts';
import { backendIdentity } from '../infra/trainer/backend-identity.ts';
import { BatchPrefetcher } from '../infra/trainer/batch-prefetcher.ts';
import { RESIDENT_BYTES } from '../models/engine/capture/captured-step.ts';
import { stepsPerCall } from '../models/engine/capture/steps-per-call.ts';
import { makeNetwork } from '../models/networks/network-table.ts';
import type { NetworkShape } from '../models/networks/network-table.ts';
import type { TrainingSummary } from '../models/networks/types.ts';
import { TRAIN, VALIDATION } from '../models/table.ts';
import type { BackendChoice, ModelConfig } from './audit-config.ts';
import { inputOf, putArtifact, putJson } from './artifacts.ts';
import { DataError } from './data-error.ts';
import { loadEncoder } from './encoded-parts.ts';
import { sampleEncoded } from './encoded-sample.ts';
import type { Encoded } from './load-encoded.ts';
import { packModel } from './load-model.ts';
import { asDataError, startEngine } from './start-engine.ts';
import { stepMaker } from './step-maker.ts';
import type { Stage, StageContext } from './stage.ts';

export interface TrainConfig {
  readonly model: Omit<ModelConfig, 'seeds' | 'beta'> & { readonly beta: number };
  readonly backend: BackendChoice;
}

/** On Adult 2e-3 ends 1.3 nats a row higher after 30 epochs; 1.6e-2 gains little more and is less steady. */
const PEAK_RATE = 6e-3;
/** Largest global norm of a gradient. On Adult norms lie between 10 and 40: this cuts single wild batches only. */
const GRADIENT_CLIP = 50;
const WARM_UP_SHARE = 0.25;
const PATIENCE = 6;
const CHECKPOINT_STEPS = 2000;
/** Encoded rows beyond this are not held: a sample that fits, drawn at random by the seed, is trained and validated on. */
const MOST_BYTES = 512 * 1024 * 1024;

function optionsOf({ epochs, batch, beta }: TrainConfig['model'], seed: number): TrainingOptions {
  return { seed, epochs, batch, beta, rate: PEAK_RATE, warmUpShare: WARM_UP_SHARE, patience: PATIENCE, checkpointSteps: CHECKPOINT_STEPS };
}

function shapeOf(encoded: Encoded, { kind, latent, hidden }: TrainConfig['model']): NetworkShape {
  return { kind, width: encoded.encoder.width, units: latent, hidden, columns: encoded.encoder.columns };
}

function partOf({ split }: Encoded, part: number): Uint32Array {
  const rows = new Uint32Array(split.reduce((count, value) => count + (value === part ? 1 : 0), 0));
  let next = 0;
  split.forEach((value, row) => { if (value === part) rows[next++] = row; });
  return rows;
}

/** The train part, and what early stopping watches: the validation part, or the train part where validation has no row. */
function partsOf(encoded: Encoded): { train: Uint32Array; validation: Uint32Array } {
  const train = partOf(encoded, TRAIN), validation = partOf(encoded, VALIDATION);
  if (encoded.encoder.width === 0) throw new DataError('no-features', 'no column is left to train on: every one was left out of the features; see the profile for the reasons');
  if (train.length === 0) throw new DataError('no-train-rows', `none of the ${encoded.split.length} usable rows is in the train part; give it a larger share in data.split`);
  // wasm turns NaN into a bound without a word, so training would not notice.
  if (encoded.x.values.some(Number.isNaN)) throw new Error('the encoded rows hold NaN; the encode stage must not write any');
  return { train, validation: validation.length > 0 ? validation : train };
}

/** Lines of progress, with the speed since this attempt began. */
function reporter({ progress, signal }: StageContext, epochs: number): (at: TrainingProgress) => Promise<void> {
  const begun = performance.now();
  return async ({ epoch, fraction, rows, loss, reconstruction, kl }) => {
    const perSecond = Math.round(rows / Math.max(performance.now() - begun, 1) * 1000).toLocaleString('en-US');
    const detail = `epoch ${epoch}/${epochs} · loss ${loss.toFixed(2)} · recon ${reconstruction.toFixed(2)} · KL ${kl.toFixed(2)} · ${perSecond} rows/s`;
    progress({ fraction: Math.min(1, fraction), epoch, detail });
    await breathe();
    signal.throwIfAborted();
  };
}

/** Where an earlier attempt stopped; a damaged checkpoint, or one of another run, is passed over. */
async function resumePoint({ checkpoints }: StageContext, run: string): Promise<TrainingState | null> {
  const found = await checkpoints.latest();
  try {
    return found && unpackState(found.bytes, run);
  } catch (error) {
    if (error instanceof EngineError && error.code === 'bad-bytes') return null;
    throw error;
  }
}

async function runTraining(task: TrainingTask, run: string, context: StageContext): Promise<TrainingResult> {
  const checkpoint = async (state: TrainingState): Promise<void> => {
    await context.checkpoints.save(state.step.count, packState(state, run));
  };
  try {
    return await trainNetwork(task, { pause: reporter(context, task.options.epochs), checkpoint }, await resumePoint(context, run));
  } catch (error) {
    throw asDataError(error);
  }
}

/** Rows that do not lie with the backend are gathered by a second thread while it computes. */
async function withPrefetch<Result>(task: TrainingTask, x: Float32Array, act: (task: TrainingTask) => Promise<Result>): Promise<Result> {
  if (!(x.buffer instanceof SharedArrayBuffer)) return await act(task);
  const { network: { width, noiseWidth }, options: { seed, batch } } = task;
  const source = new BatchPrefetcher({ data: x, width, noiseWidth, seed, batch, batches: stepsPerCall(task.network, batch) });
  return await act({ ...task, source }).finally(() => source.dispose());
}

function networkFor(shape: NetworkShape): TrainingTask['network'] {
  try {
    return makeNetwork(shape);
  } catch (error) {
    throw asDataError(error);
  }
}

function refusePrecision(precision: ModelConfig['precision'], backend: BackendName): void {
  if (precision === 'float32' || backend === 'tensorflow') return;
  throw new DataError('precision', `model.precision ${precision} needs the tensorflow backend, and this machine computes with ${backend}: run penumbra setup tensorflow, or set model.precision to float32`);
}

/** One seed's generative model: fitted on the train part, stopped by the validation part, resumed where an earlier attempt ended. */
export const train: Stage<TrainConfig> = {
  name: 'train',
  version: 4,
  fingerprint: ({ config }) => backendIdentity(config.backend),
  async run({ config, inputs, seed }, context) {
    const encode = inputOf(inputs, 'encode'), { width } = await loadEncoder(context.store, encode);
    const { encoded, rows: sampled } = await sampleEncoded(context.store, encode, Math.floor(MOST_BYTES / (4 * Math.max(width, 1))), seed, RESIDENT_BYTES);
    const shape = shapeOf(encoded, config.model), network = networkFor(shape), parts = partsOf(encoded);
    const backend = await startEngine(config.backend);
    refusePrecision(config.model.precision, backend);
    const options = optionsOf(config.model, seed);
    const makeStep = stepMaker(network, { backend, data: { x: encoded.x.values }, clip: GRADIENT_CLIP, precision: config.model.precision });
    const run = JSON.stringify({ backend, options, kind: shape.kind, width: shape.width, units: shape.units, hidden: shape.hidden, precision: config.model.precision });
    const task = { network, makeStep, ...parts, options }, { parameters, records, bestEpoch, stopped, final } = await withPrefetch(task, encoded.x.values, (whole) => runTraining(whole, run, context));
    const summary: TrainingSummary = {
      seed, backend, computedOn: await backendIdentity(backend) || null, sampledRows: sampled && sampled.length, network: shape.kind, parameters: parameterCount(network.parameters), epochs: records, bestEpoch, stopped,
      klPerUnit: final.klPerUnit, muVariance: final.muVariance,
    };
    const history = await putJson(context.store, summary);
    return {
      artifacts: { model: [await putArtifact(context.store, packModel(shape, parameters))], history: [history], summary: [history] },
      summary: { seed, backend, epochs: records.length, bestEpoch, stopped, validationLoss: final.loss, activeUnits: records[bestEpoch - 1]!.activeUnits },
    };
  },
};
