import * as tf from '@tensorflow/tfjs';
import type { Scalar, Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { batchNormRelu, batchNormReluBy, NORM_EPSILON } from '../../../models/engine/batch-norm.ts';
import { groupNormRelu } from '../../../models/engine/conv-group-norm.ts';
import { randomStream } from '../../../models/engine/random.ts';
import { useBackend } from './fixture.ts';
import { BACKENDS } from './tensorflow.ts';

const SHAPE: [number, number, number, number] = [3, 2, 3, 4], SCALE = [1, 0.5, -2, 1.5], OFFSET = [0.1, -0.2, 0.3, 0];

function numbers(purpose: string, factor = 1, shift = 0): Float32Array {
  const random = randomStream(4, purpose);
  return Float32Array.from({ length: 72 }, () => shift + factor * random.normal());
}

type Layer = (x: Tensor4D, scale: Tensor1D, offset: Tensor1D) => Tensor4D;

interface Differentiated { readonly value: Float32Array; readonly gradients: readonly Float32Array[] }

function differentiate(layer: Layer, x = numbers('x', 2, 5)): Differentiated {
  return tf.tidy(() => {
    const inputs: [Tensor4D, Tensor1D, Tensor1D] = [tf.tensor4d(x, SHAPE), tf.tensor1d(SCALE), tf.tensor1d(OFFSET)], weights = tf.tensor4d(numbers('weights'), SHAPE);
    const { grads } = tf.valueAndGrads((...all: Tensor[]) => tf.sum(tf.mul(layer(...(all as typeof inputs)), weights)) as Scalar)([...inputs]);
    return { value: layer(...inputs).dataSync() as Float32Array, gradients: grads.map((gradient) => gradient.dataSync() as Float32Array) };
  });
}

/** ReLU of (x − mean) / √(variance + ε) · scale + offset in doubles, the statistics over the positions that share a key. */
function closedForm(x: ArrayLike<number>, keyOf: (index: number) => number): number[] {
  const sums = new Map<number, { n: number; sum: number; squares: number }>();
  const statistic = (i: number): { n: number; sum: number; squares: number } => sums.get(keyOf(i)) ?? { n: 0, sum: 0, squares: 0 };
  for (let i = 0; i < x.length; i++) { const { n, sum, squares } = statistic(i); sums.set(keyOf(i), { n: n + 1, sum: sum + x[i]!, squares: squares + x[i]! ** 2 }); }
  return Array.from(x, (value, i) => {
    const { n, sum, squares } = statistic(i), mean = sum / n;
    return Math.max(0, (value - mean) / Math.sqrt(squares / n - mean ** 2 + NORM_EPSILON) * SCALE[i % 4]! + OFFSET[i % 4]!);
  });
}

const byChannel = (i: number): number => i % 4;
const byImageAndPair = (i: number): number => 2 * Math.floor(i / 24) + Math.floor((i % 4) / 2);
const batchLayer: Layer = (x, scale, offset) => batchNormRelu(x, scale, offset).y;
const groupLayer: Layer = (x, scale, offset) => groupNormRelu(x, scale, offset, 2);

/** tfjs differentiates the formula by itself. */
const formula: Layer = (x, scale, offset) => {
  const { mean, variance } = tf.moments(x, [0, 1, 2]);
  return tf.relu(tf.add(tf.mul(tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, NORM_EPSILON))), scale), offset));
};

/** The largest difference between two lists of numbers. */
function distance(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  return actual.length === expected.length ? Math.max(...Array.from(actual, (value, i) => Math.abs(value - expected[i]!))) : Number.NaN;
}

/** Central differences of the weighted sum in doubles, at some positions of x. */
function finiteDifferences(keyOf: (index: number) => number, positions: readonly number[]): number[] {
  const weights = numbers('weights'), x = Float64Array.from(numbers('x', 2, 5)), step = 1e-5;
  const loss = (): number => closedForm(x, keyOf).reduce((sum, value, i) => sum + value * weights[i]!, 0);
  return positions.map((i) => {
    const kept = x[i]!, at = (value: number): number => { x[i] = value; return loss(); }, difference = (at(kept + step) - at(kept - step)) / (2 * step);
    x[i] = kept;
    return difference;
  });
}

describe.each(BACKENDS)('batch norm on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each([['batch norm', batchLayer, byChannel], ['group norm', groupLayer, byImageAndPair]] as const)('%s has its closed form and the gradient of finite differences', (_, layer, keyOf) => {
    const { value, gradients: [dx] } = differentiate(layer), positions = [0, 7, 22, 41, 71];
    expect(distance(value, closedForm(numbers('x', 2, 5), keyOf))).toBeLessThan(2e-4);
    expect(distance(positions.map((i) => dx![i]!), finiteDifferences(keyOf, positions))).toBeLessThan(1e-3);
  });

  it('has the gradients that tfjs finds for the formula by itself', () => {
    const own = differentiate(batchLayer), reference = differentiate(formula);
    expect(distance(own.value, reference.value)).toBeLessThan(2e-4);
    own.gradients.forEach((gradient, i) => expect(distance(gradient, reference.gradients[i]!)).toBeLessThan(1e-3));
  });

  it('says mean and variance of the batch, the variance by n − 1, and leaves nothing behind', () => {
    const x = numbers('x', 2, 5), before = tf.memory().numTensors;
    const [mean, variance] = tf.tidy(() => {
      const result = batchNormRelu(tf.tensor4d(x, SHAPE), tf.tensor1d(SCALE), tf.tensor1d(OFFSET));
      return [result.mean.dataSync(), result.variance.dataSync()];
    }) as [Float32Array, Float32Array];
    for (let channel = 0; channel < 4; channel++) {
      const values = x.filter((_, i) => i % 4 === channel), average = values.reduce((a, b) => a + b, 0) / 18;
      expect(mean[channel]).toBeCloseTo(average, 4);
      expect(variance[channel]).toBeCloseTo(values.reduce((sum, value) => sum + (value - average) ** 2, 0) / 17, 3);
    }
    expect(tf.memory().numTensors).toBe(before);
  });

  it('by given statistics is the same layer when they are those of the batch', () => {
    const x = numbers('x', 2, 5);
    tf.tidy(() => {
      const images = tf.tensor4d(x, SHAPE), scale = tf.tensor1d(SCALE), offset = tf.tensor1d(OFFSET), { mean, variance } = batchNormRelu(images, scale, offset);
      expect(distance(batchNormReluBy(images, scale, offset, mean, tf.mul(variance, 17 / 18)).dataSync(), closedForm(x, byChannel))).toBeLessThan(2e-4);
    });
  });

  it('stays finite on a constant channel and a single pixel', () => {
    tf.tidy(() => {
      const one = batchNormRelu(tf.mul(tf.ones<tf.Rank.R4>([1, 1, 1, 4]), 7), tf.tensor1d(SCALE), tf.tensor1d(OFFSET));
      expect(distance(one.y.dataSync(), OFFSET.map((value) => Math.max(0, value)))).toBeLessThan(2e-4);
      expect([...one.variance.dataSync()]).toEqual([0, 0, 0, 0]);
    });
    const { value, gradients } = differentiate(batchLayer, new Float32Array(72).fill(3));
    expect([value, ...gradients].every((values) => values.every(Number.isFinite))).toBe(true);
  });

  it('group norm keeps images apart, and refuses groups that do not fit', () => {
    const x = numbers('x'), other = x.slice().fill(9, 24);
    expect(differentiate(groupLayer, x).value.slice(0, 24)).toEqual(differentiate(groupLayer, other).value.slice(0, 24));
    expect(() => tf.tidy(() => groupNormRelu(tf.zeros(SHAPE), tf.tensor1d(SCALE), tf.tensor1d(OFFSET), 3))).toThrow('3 groups do not divide 4 channels');
  });
});
