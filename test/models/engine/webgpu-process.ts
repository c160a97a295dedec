import * as tf from '@tensorflow/tfjs';
import { inferenceOf } from '../../../activities/inference-of.ts';
import { stepMaker } from '../../../activities/step-maker.ts';
import type { TrainedModel } from '../../../activities/load-model.ts';
import type { BackendName } from '../../../models/engine/backend.ts';
import { stepNoise } from '../../../models/engine/batches.ts';
import type { Network } from '../../../models/engine/network.ts';
import { initialParameters } from '../../../models/engine/parameters.ts';
import { trainNetwork } from '../../../models/engine/train-network.ts';
import { packState, unpackState } from '../../../models/engine/training-state.ts';
import type { TrainingState } from '../../../models/engine/training-state.ts';
import type { Score, StepResult, StepState } from '../../../models/engine/training-step.ts';
import type { DescribedRows } from '../../../models/networks/inference.ts';
import { ENCODER, encodedRows } from '../../activities/encoded-fixture.ts';
import { smallTask, smallVae, useBackend } from './fixture.ts';
import { NETWORKS } from './tensorflow.ts';

/**
 * The same training and inference on cpu and on webgpu in one process, and by how much they are apart: prints one JSON object. Where the
 * system's loader finds no Vulkan driver it cannot start.
 */
interface Size { readonly rows: number; readonly batch: number; readonly steps: number }
const WHOLE: Size = { rows: 128, batch: 64, steps: 20 };
/** Convolutions on a driver that runs on the processor take a tenth of a second for an image. */
const IMAGES: Size = { rows: 12, batch: 6, steps: 4 };

/** Largest relative distance of two lists, by their norms. */
const apart = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.hypot(...Array.from(a, (value, i) => value - b[i]!)) / Math.max(Math.hypot(...Array.from(b)), 1e-12);

interface Trained { readonly results: readonly StepResult[]; readonly state: StepState; readonly score: Score; readonly leaked: number }

function dataOf(network: Network, rows: number): { x: Float32Array; labels?: Float32Array } {
  if (network.labelWidth === undefined) return { x: encodedRows(rows).x };
  return { x: stepNoise(rows * network.width, 9, 'images', 0, 0), labels: Float32Array.from({ length: rows }, (_, row) => row % 2) };
}

async function train(network: Network, backend: BackendName, { rows, batch, steps }: Size, weightDecay: number): Promise<Trained> {
  const make = stepMaker(network, { backend, data: dataOf(network, rows), clip: 50, precision: 'float32', weightDecay }), initial = initialParameters(network.parameters, 1);
  const step = make(initial, { batch, tail: null, score: [rows] }), results: StepResult[] = [], zeros = new Float32Array(initial.length);
  const noise = (count: number, k: number): Float32Array => stepNoise(count * network.noiseWidth, 4, 'steps', 1, k);
  const batches = Array.from({ length: steps }, (_, k) => ({
    rows: Uint32Array.from({ length: batch }, (__, row) => (row + 5 * k) % rows), noise: noise(batch, k), rate: 1e-3, klWeight: 0.5,
  }));
  await step.run(batches.slice(0, 1));
  const before = tf.memory().numTensors;
  step.load({ parameters: initial, first: zeros, second: zeros, count: 0 });
  for (let k = 0; k < steps; k += step.stepsPerCall) results.push(...await step.run(batches.slice(k, k + step.stepsPerCall)));
  const score = await step.score({ rows: Uint32Array.from({ length: rows }, (_, row) => row), noise: noise(rows, steps), klWeight: 1 }), state = await step.state();
  const leaked = tf.memory().numTensors - before;
  step.dispose();
  return { results, state, score, leaked };
}

const parts = ['loss', 'reconstruction', 'kl', 'gradientNorm'] as const;

async function compareTraining(network: Network, size: Size, weightDecay = 0): Promise<object> {
  await useBackend('cpu');
  const cpu = await train(network, 'cpu', size, weightDecay);
  await useBackend('webgpu');
  const gpu = await train(network, 'webgpu', size, weightDecay);
  const steps = Math.max(...cpu.results.flatMap((result, k) => parts.map((part) => Math.abs(gpu.results[k]![part] - result[part]) / Math.max(Math.abs(result[part]), 1e-6))));
  return {
    steps, parameters: apart(gpu.state.parameters, cpu.state.parameters), first: apart(gpu.state.first, cpu.state.first), second: apart(gpu.state.second, cpu.state.second),
    score: Math.abs(gpu.score.loss / cpu.score.loss - 1), mu: apart(gpu.score.mu, cpu.score.mu), count: gpu.state.count, leaked: gpu.leaked,
  };
}

async function compareInference(): Promise<object> {
  const network = smallVae(), parameters = initialParameters(network.parameters, 1), { x } = encodedRows(WHOLE.rows);
  const model: TrainedModel = { network: 'vae', shape: { kind: 'vae', width: ENCODER.width, units: 3, hidden: 16, columns: ENCODER.columns }, columns: ENCODER.columns, parameters };
  const found: { described: DescribedRows; decoded: Float32Array }[] = [];
  for (const backend of ['cpu', 'webgpu'] as const) {
    await useBackend(backend);
    const inference = inferenceOf(model, backend), described = await inference.describe(x);
    found.push({ described, decoded: await inference.decode(described.mu) });
    inference.dispose();
  }
  const [cpu, gpu] = found as [typeof found[0], typeof found[0]];
  return {
    ...Object.fromEntries((['mu', 'logVar', 'columnCost'] as const).map((part) => [part, apart(gpu.described[part], cpu.described[part])])),
    decoded: apart(gpu.decoded, cpu.decoded), tensors: tf.memory().numTensors,
  };
}

/** What is said of a network that wants what webgpu has no kernel for. */
async function refusal(): Promise<string> {
  const plain = smallVae(), network: Network = { ...plain, encode: (p, x) => ({ ...plain.encode(p, x), mu: tf.unique(x).values as tf.Tensor2D }) };
  try {
    stepMaker(network, { backend: 'webgpu', data: dataOf(plain, 8), clip: 1, precision: 'float32' })(initialParameters(plain.parameters, 1), { batch: 8, tail: null, score: [] });
    return 'nothing';
  } catch (error) {
    return `${(error as { code?: string }).code}: ${(error as Error).message}`;
  }
}

/** Checkpoints of a training, and its result; one that is interrupted has none. */
async function runFrom(bytes: Uint8Array | null, kill: number): Promise<{ readonly checkpoints: readonly Buffer[]; readonly end: string }> {
  const checkpoints: Buffer[] = [], interrupted = new Error('interrupted');
  const checkpoint = async (state: TrainingState): Promise<void> => {
    checkpoints.push(Buffer.from(packState(state, 'test')));
    if (checkpoints.length === kill) throw interrupted;
  };
  const task = smallTask({ epochs: 2, checkpointSteps: 1 });
  try {
    return { checkpoints, end: JSON.stringify(await trainNetwork(task, { checkpoint }, bytes && unpackState(bytes, 'test'))) };
  } catch (error) {
    if (error !== interrupted) throw error;
    return { checkpoints, end: '' };
  }
}

/** Whether a training that is interrupted and goes on ends with the bytes of one that was left alone. */
async function resumes(): Promise<boolean> {
  const whole = await runFrom(null, 0), first = await runFrom(null, 4), second = await runFrom(first.checkpoints.at(-1)!, 0);
  const checkpoints = [...first.checkpoints, ...second.checkpoints];
  return first.end === '' && second.end === whole.end && checkpoints.length === whole.checkpoints.length && checkpoints.every((bytes, i) => bytes.equals(whole.checkpoints[i]!));
}

const trained: Record<string, object> = { 'vae with weight decay': await compareTraining(smallVae(), WHOLE, 0.1) };
for (const [name, make] of NETWORKS) trained[name] = await compareTraining(make(), name.startsWith('images') ? IMAGES : WHOLE);
process.stdout.write(JSON.stringify({ trained, described: await compareInference(), refusal: await refusal(), resumes: await resumes() }));
