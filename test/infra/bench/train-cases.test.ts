import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { BATCHES, benchNoise, stepRows, TRAIN_CASES, trainRows } from '../../../infra/bench/train-cases.ts';
import { mlpVae } from '../../../infra/bench/train-mlp.ts';
import { parameterTensors } from '../../../models/engine/eager-step.ts';
import { initialParameters, parameterCount, parameterViews } from '../../../models/engine/parameters.ts';
import { useBackend } from '../../models/engine/fixture.ts';

describe('cases of bench train', () => {
  it('are the four networks, by their names', () => {
    expect(TRAIN_CASES.map(({ name, batch, network }) => [name, batch, network().width, network().units])).toEqual([
      ['mlp-108-128-8', 256, 108, 8], ['mlp-784-512-32', 256, 784, 32], ['mlp-784-1024-64', 1024, 784, 64], ['conv-64-dbvae', 32, 12_288, 100]]);
    const [first] = TRAIN_CASES;
    expect(parameterCount(first!.network().parameters)).toBe(109 * 128 + 129 * 16 + 9 * 128 + 129 * 108);
  });

  it('have rows between 0 and 1 that are not all alike, with labels where the network wants some, the same every time', () => {
    const [mlp] = TRAIN_CASES, { x, labels } = trainRows(mlp!);
    expect(labels).toBeNull();
    expect(x).toHaveLength(BATCHES * 256 * 108);
    expect(x.every((value) => value >= 0 && value <= 1)).toBe(true);
    expect(new Set(x.subarray(0, 1000)).size).toBeGreaterThan(900);
    expect(trainRows(mlp!).x).toEqual(x);
    const conv = trainRows(TRAIN_CASES[3]!);
    expect(new Set(conv.labels)).toEqual(new Set([0, 1]));
  });

  it('take every row once before any comes again', () => {
    const rows = Array.from({ length: BATCHES }, (_, step) => [...stepRows(step, 32)]).flat();
    expect(new Set(rows).size).toBe(BATCHES * 32);
    expect(Math.max(...rows)).toBe(BATCHES * 32 - 1);
    expect(stepRows(BATCHES + 3, 32)).toEqual(stepRows(3, 32));
    expect(benchNoise(0, 8)).not.toEqual(benchNoise(1, 8));
  });
});

describe('mlpVae', () => {
  beforeAll(() => useBackend('cpu'));

  it('loses half the squared error plus the KL, by hand on one row', () => {
    const network = mlpVae({ width: 2, hidden: 1, units: 1 }), flat = initialParameters(network.parameters, 3), noise = 0.7, x = [0.2, 0.9];
    const [w1, b1, w2, b2, w3, b3, w4, b4] = parameterViews(network.parameters, flat) as [Float32Array, Float32Array, Float32Array, Float32Array, Float32Array, Float32Array, Float32Array, Float32Array];
    const h = Math.max(0, x[0]! * w1[0]! + x[1]! * w1[1]! + b1[0]!), mu = h * w2[0]! + b2[0]!, logVar = h * w2[1]! + b2[1]!, z = mu + Math.exp(logVar / 2) * noise;
    const g = Math.max(0, z * w3[0]! + b3[0]!), reconstruction = 0.5 * [0, 1].reduce((sum, j) => sum + (g * w4[j]! + b4[j]! - x[j]!) ** 2, 0);
    const kl = 0.5 * (mu ** 2 + Math.exp(logVar) - 1 - logVar);
    tf.tidy(() => {
      const { loss, parts } = network.loss(parameterTensors(network, flat), { x: tf.tensor2d([x]), klWeight: tf.scalar(0.5) }, tf.tensor2d([[noise]]));
      expect(parts.reconstruction.dataSync()[0]).toBeCloseTo(reconstruction, 5);
      expect(parts.kl.dataSync()[0]).toBeCloseTo(kl, 5);
      expect(loss.dataSync()[0]).toBeCloseTo(reconstruction + 0.5 * kl, 5);
    });
  });
});
