import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as tf from '@tensorflow/tfjs';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { graphLoader } from '../../../infra/trainer/graph-loader.ts';
import { CapturedFunctions } from '../../../models/engine/capture/captured-function.ts';
import { CapturedStep } from '../../../models/engine/capture/captured-step.ts';
import type { CapturedOptions } from '../../../models/engine/capture/captured-step.ts';
import { nodeBackend } from '../../../models/engine/capture/node-backend.ts';
import { record } from '../../../models/engine/capture/recording.ts';
import { EagerStep } from '../../../models/engine/eager-step.ts';
import type { Network } from '../../../models/engine/network.ts';
import { initialParameters } from '../../../models/engine/parameters.ts';
import { randomStream } from '../../../models/engine/random.ts';
import type { StepBatch, StepData, StepResult } from '../../../models/engine/training-step.ts';
import { capturedInference } from '../../../models/networks/captured-inference.ts';
import { eagerInference } from '../../../models/networks/inference.ts';
import { ENCODER, encodedRows } from '../../activities/encoded-fixture.ts';
import { NETWORKS, NO_TENSORFLOW, held, useTensorflow } from './tensorflow.ts';

const ROWS = 200, BATCH = 32, TAIL = 9;

function normals(length: number, purpose: string, counter = 0): Float32Array {
  const random = randomStream(7, purpose, counter);
  return Float32Array.from({ length }, () => random.normal());
}

/** Rows of noughts, ones and normals, and labels of which some are unknown. */
function dataFor(network: Network): StepData {
  const x = normals(ROWS * network.width, 'x').map((value, i) => (i % 3 === 0 ? value : Number(value > 0)));
  return { x, labels: Float32Array.from({ length: ROWS * (network.labelWidth ?? 0) }, (_, row) => row % 3 - 1) };
}

function batchesFor(network: Network, count: number): StepBatch[] {
  const random = randomStream(7, 'rows');
  return Array.from({ length: count }, (_, k) => {
    const rows = Uint32Array.from({ length: k % 6 === 5 ? TAIL : BATCH }, () => random.integer(ROWS));
    return { rows, noise: normals(rows.length * network.noiseWidth, 'noise', k), rate: 1e-3 * (1 + k / 10), klWeight: Math.min(1, k / 8) };
  });
}

function captured(network: Network, options: Partial<CapturedOptions> = {}): CapturedStep {
  const all = { data: dataFor(network), clip: 5, shapes: { batch: BATCH, tail: TAIL, score: [20, 7] }, stepsPerCall: 4, precision: 'float32' as const, ...options };
  return new CapturedStep(network, initialParameters(network.parameters, 1), all, graphLoader);
}

/** Largest difference beside the size of what is compared. */
function difference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const size = Math.max(...Array.from(b, Math.abs), 1e-3);
  return Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i]!))) / size;
}

const flat = (results: readonly StepResult[], part: keyof StepResult): number[] => results.map((result) => result[part]);
const folders = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('penumbra-graph-'));

describe.skipIf(NO_TENSORFLOW)('captured steps (need penumbra setup tensorflow)', () => {
  beforeAll(useTensorflow);

  it.each(NETWORKS)('take the steps that eager ones take: %s', (_, make) => {
    const network = make(), batches = batchesFor(network, 20), step = captured(network, { weightDecay: 0.1 });
    const eager = new EagerStep(network, initialParameters(network.parameters, 1), { data: dataFor(network), clip: 5, weightDecay: 0.1 });
    const found = step.run(batches), expected = eager.run(batches);
    for (const part of ['loss', 'reconstruction', 'kl', 'gradientNorm'] as const) expect(difference(flat(found, part), flat(expected, part))).toBeLessThan(1e-4);
    // The first step comes before anything could drift apart.
    expect(difference([found[0]!.loss, found[0]!.gradientNorm], [expected[0]!.loss, expected[0]!.gradientNorm])).toBeLessThan(1e-6);
    const [a, b] = [step.state(), eager.state()];
    expect(Math.hypot(...a.parameters.map((value, i) => value - b.parameters[i]!)) / Math.hypot(...b.parameters)).toBeLessThan(1e-3);
    expect(difference(a.first, b.first)).toBeLessThan(1e-2);
    expect(a.count).toBe(20);
    expect(new Set(flat(found, 'gradientNorm').map((norm) => norm > 5)).has(true)).toBe(true);
    step.dispose();
  });

  it.each(NETWORKS)('score as eager ones do, whatever the number of rows: %s', (_, make) => {
    const network = make(), step = captured(network), eager = new EagerStep(network, initialParameters(network.parameters, 1), { data: dataFor(network), clip: 5 });
    for (const count of [20, 7]) {
      const batch = { rows: Uint32Array.from({ length: count }, (_, row) => 3 * row), noise: normals(count * network.noiseWidth, 'score'), klWeight: 0.5 };
      const found = step.score(batch), expected = eager.score(batch);
      expect(difference([found.loss, found.reconstruction, found.kl], [expected.loss, expected.reconstruction, expected.kl])).toBeLessThan(1e-6);
      expect(difference(found.mu, expected.mu)).toBeLessThan(1e-5);
      expect(found.logVar === null).toBe(expected.logVar === null);
    }
    expect(() => step.score({ rows: new Uint32Array(3), noise: new Float32Array(0), klWeight: 1 })).toThrow(RangeError);
    step.dispose();
  });

  it.each(NETWORKS)('give the same bytes however many go into a call, and from a state that was read out between: %s', (_, make) => {
    const network = make(), batches = batchesFor(network, 12), [one, four, resumed] = [captured(network, { stepsPerCall: 1 }), captured(network), captured(network, { stepsPerCall: 3 })];
    const whole = one.run(batches);
    expect(four.run(batches)).toEqual(whole);
    const before = captured(network), first = before.run(batches.slice(0, 7));
    resumed.load(before.state());
    expect([...first, ...resumed.run(batches.slice(7))]).toEqual(whole);
    expect(four.state()).toEqual(one.state());
    expect(resumed.state()).toEqual(one.state());
    for (const step of [one, four, resumed, before]) step.dispose();
  });

  it.each(NETWORKS)('are the same whether rows lie in the session or are fed: %s', (_, make) => {
    const network = make(), [resident, fed] = [captured(network), captured(network, { residentBytes: 0 })], batches = batchesFor(network, 6);
    expect(fed.run(batches)).toEqual(resident.run(batches));
    expect(fed.state()).toEqual(resident.state());
    for (const step of [resident, fed]) step.dispose();
  });

  it('clip nothing when there is no limit', () => {
    const network = NETWORKS[0]![1](), [free, clipped] = [captured(network, { clip: Number.POSITIVE_INFINITY }), captured(network, { clip: 0.5 })], batch = batchesFor(network, 1);
    const [norm] = free.run(batch), [same] = clipped.run(batch);
    expect(same!.gradientNorm).toBe(norm!.gradientNorm);
    expect(Math.hypot(...free.state().first)).toBeCloseTo(0.1 * norm!.gradientNorm, 4);
    expect(Math.hypot(...clipped.state().first)).toBeCloseTo(0.05, 4);
    for (const step of [free, clipped]) step.dispose();
  });

  it('multiply in bfloat16 when told to, near the float32 result', () => {
    const network = NETWORKS[0]![1](), exact = captured(network), narrow = captured(network, { precision: 'bfloat16' }), batches = batchesFor(network, 12);
    const [a, b] = [narrow.run(batches), exact.run(batches)];
    expect(a[0]!.loss).not.toBe(b[0]!.loss);
    expect(difference(flat(a, 'loss'), flat(b, 'loss'))).toBeLessThan(0.01);
    for (const step of [exact, narrow]) step.dispose();
  });

  it.each(NETWORKS)('encode and decode as eager calls do, in parts and padded: %s', async (_, make) => {
    const network = make(), parameters = initialParameters(network.parameters, 1);
    const [x, columns] = network.labelWidth === undefined ? [encodedRows(ROWS).x, ENCODER.columns] : [dataFor(network).x, []];
    const inference = capturedInference(network, parameters, columns, graphLoader), eager = eagerInference(network, parameters, columns);
    const found = await inference.describe(x), expected = await eager.describe(x);
    for (const part of ['mu', 'logVar', 'columnCost'] as const) expect(difference(found[part], expected[part])).toBeLessThan(1e-5);
    expect(difference(await inference.decode(expected.mu), await eager.decode(expected.mu))).toBeLessThan(1e-5);
    expect((await inference.describe(x.subarray(0, network.width))).mu).toHaveLength(network.units);
    expect(await inference.decode(new Float32Array(0))).toHaveLength(0);
    inference.dispose();
  });

  it('leave nothing behind: sessions, tensors and folders are gone after six captures', () => {
    const network = NETWORKS[0]![1](), batches = batchesFor(network, 6), before = { ...held(), folders: folders().length, js: tf.memory().numTensors };
    for (let i = 0; i < 6; i++) {
      const step = captured(network, { stepsPerCall: 2 });
      step.run(batches);
      step.dispose();
    }
    expect({ ...held(), folders: folders().length, js: tf.memory().numTensors }).toEqual(before);
    const closed = captured(network);
    closed.dispose();
    expect(() => closed.run(batches)).toThrow('closed');
  });
});

describe.skipIf(NO_TENSORFLOW)('functions of rows (need penumbra setup tensorflow)', () => {
  beforeAll(useTensorflow);

  it('equal eager ones to the bit where no op is rewritten', () => {
    const compute = (rows: Tensor): Tensor[] => [tf.tanh(tf.mul(tf.exp(tf.mul(rows, 0.5)), rows)), tf.sum(tf.square(rows), 1, true)];
    const functions = new CapturedFunctions({ f: { compute, width: 5, results: [5, 1] } }, [], 16, graphLoader), x = normals(16 * 5, 'rows');
    const eager = tf.tidy(() => compute(tf.tensor2d(x, [16, 5])).map((tensor) => tensor.dataSync()));
    expect(functions.run('f', x)).toEqual(eager);
    functions.dispose();
  });
});

describe.skipIf(NO_TENSORFLOW)('recording (needs penumbra setup tensorflow)', () => {
  beforeAll(useTensorflow);
  const SPEC = [{ shape: [4, 3] }];
  const recorded = (compute: (x: Tensor2D) => Tensor): unknown => record(([x]) => [compute(x as Tensor2D)], SPEC);
  let calls = 0;

  it.each<[string, (x: Tensor2D) => Tensor, RegExp]>([
    ['dataSync', (x) => tf.scalar(tf.exp(x).dataSync()[0]!), /the host reads what Exp computed/],
    ['arraySync', (x) => tf.tensor(tf.matMul(x, x, true).arraySync()), /the host reads what BatchMatMulV2 computed/],
    ['reading an argument', (x) => tf.scalar(x.dataSync()[0]!), /the host reads what argument 0 computed/],
    ['data()', (x) => { tf.exp(x).data().catch(() => undefined); return tf.square(x); }, /the host reads what Exp computed/],
    ['control flow by the data', (x) => (tf.sum(x).dataSync()[0]! > 0 ? tf.exp(x) : tf.neg(x)), /the host reads what Sum computed/],
    ['shapes by the data', (x) => nodeBackend().executeSingleOutput('Where', [], [tf.greater(x, 0)]), /Where gives a tensor whose shape depends on the data/],
    ['random ops', () => tf.randomNormal([2]), /a second recording of the same function differs at/],
    ['counters', (x) => tf.mul(x, ++calls), /differs at a constant that Mul takes/],
    ['branches on the outside', (x) => (++calls % 2 === 0 ? tf.exp(x) : tf.neg(x)), /differs at op 1 \((Exp|Neg)\)/],
  ])('refuses %s, naming the op', (_, compute, message) => {
    expect(() => recorded(compute)).toThrow(expect.objectContaining({ code: 'not-capturable', message: expect.stringMatching(message) }));
    // The binding is the native one again.
    expect(tf.tidy(() => tf.exp(tf.zeros([2])).dataSync())).toEqual(Float32Array.of(1, 1));
  });

  it('refuses a tensor from outside, and one that was made with no op', () => {
    const outside = tf.exp(tf.ones([3]));
    expect(() => recorded((x) => tf.add(x, outside))).toThrow('uses a tensor that was made outside');
    outside.dispose();
  });
});
