import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { adamState, adamUpdate, globalNorm } from '../../../models/engine/adam.ts';
import { useBackend } from './fixture.ts';

describe('adamUpdate', () => {
  beforeAll(() => useBackend('cpu'));

  it('takes the steps that tfjs takes', () => {
    const gradients = [[0.3, -2, 0.001], [0.1, 1, -0.002], [-0.4, 0.5, 0.004]], optimizer = tf.train.adam(0.01, 0.9, 0.999, 1e-8);
    const reference = tf.variable(tf.tensor1d([1, -1, 0.5]), true, 'adam-reference');
    const parameters = Float32Array.of(1, -1, 0.5), state = adamState(3);
    for (const gradient of gradients) {
      optimizer.applyGradients([{ name: 'adam-reference', tensor: tf.tensor1d(gradient) }]);
      adamUpdate(parameters, Float32Array.from(gradient), state, 0.01);
    }
    const expected = reference.dataSync();
    parameters.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 5));
    expect(state.count).toBe(3);
  });

  it('is blind to the scale of the gradient at the first step, up to epsilon', () => {
    const a = Float32Array.of(0, 0), b = Float32Array.of(0, 0);
    adamUpdate(a, Float32Array.of(3, -4), adamState(2), 0.1);
    adamUpdate(b, Float32Array.of(3, -4), adamState(2), 0.1, 0.2);
    expect(a[0]).toBeCloseTo(-0.1, 6);
    expect(b[0]).toBeCloseTo(a[0]!, 6);
    expect(b[1]).toBeCloseTo(0.1, 6);
  });
});

describe('globalNorm', () => {
  it('is Euclidean over the whole vector', () => expect(globalNorm(Float32Array.of(3, 0, -4))).toBe(5));
});
