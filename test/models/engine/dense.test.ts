import * as tf from '@tensorflow/tfjs';
import type { Scalar, Tensor, Tensor2D } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { columnSums, dense } from '../../../models/engine/dense.ts';
import type { Activation } from '../../../models/engine/dense.ts';
import { useBackend } from './fixture.ts';

const X = [[1, -2, 0.5], [0.3, 0.8, -1]], W = [[0.2, -0.4], [1, 0.5], [-0.3, 0.7]], B = [0.1, -0.2], COEFFICIENTS = [[1, -2], [3, 0.5]];

/** Value and gradients of a weighted sum of the layer's outputs. */
function layer(f: (x: Tensor2D, w: Tensor, b: Tensor) => Tensor): { value: number[][]; gradients: number[][] } {
  return tf.tidy(() => {
    const inputs = [tf.tensor2d(X), tf.tensor2d(W), tf.tensor1d(B)] as const;
    const { grads } = tf.valueAndGrads((x: Tensor, w: Tensor, b: Tensor) => tf.sum(tf.mul(f(x as Tensor2D, w, b), tf.tensor2d(COEFFICIENTS))) as Scalar)([...inputs]);
    return { value: f(...inputs).arraySync() as number[][], gradients: grads.map((gradient) => [...gradient.dataSync()]) };
  });
}

describe.each(['wasm', 'cpu'] as const)('dense on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each(['relu', 'linear'] as const)('has the value and gradients of the %s layer that tfjs differentiates by itself', (activation: Activation) => {
    const own = layer((x, w, b) => dense(x, w, b, activation));
    const reference = layer((x, w, b) => {
      const y = tf.add(tf.matMul(x, w as Tensor2D), b);
      return activation === 'relu' ? tf.relu(y) : y;
    });
    own.value.flat().forEach((value, i) => expect(value).toBeCloseTo(reference.value.flat()[i]!, 5));
    expect(own.gradients.map((gradient) => gradient.length)).toEqual([6, 6, 2]);
    own.gradients.flat().forEach((value, i) => expect(value).toBeCloseTo(reference.gradients.flat()[i]!, 5));
  });

  it('has the same gradients of its parameters when x is data', () => {
    const parameterGradients = (input: boolean): number[][] => tf.tidy(() => {
      const f = (w: Tensor, b: Tensor): Scalar => tf.sum(tf.mul(dense(tf.tensor2d(X), w, b, 'relu', input), tf.tensor2d(COEFFICIENTS)));
      return tf.grads(f)([tf.tensor2d(W), tf.tensor1d(B)]).map((gradient) => [...gradient.dataSync()]);
    });
    expect(parameterGradients(true)).toEqual(parameterGradients(false));
  });

  it('sums columns', () => expect(tf.tidy(() => columnSums(tf.tensor2d(X)).dataSync()[1])).toBeCloseTo(-1.2, 6));
});
