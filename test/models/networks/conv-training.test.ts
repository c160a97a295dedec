import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { stepMaker } from '../../../activities/step-maker.ts';
import { parameterTensors } from '../../../models/engine/eager-step.ts';
import { initialParameters } from '../../../models/engine/parameters.ts';
import { randomStream } from '../../../models/engine/random.ts';
import type { StepData } from '../../../models/engine/training-step.ts';
import { convVae } from '../../../models/networks/conv-vae.ts';
import { useBackend } from '../engine/fixture.ts';
import { BACKENDS } from '../engine/tensorflow.ts';

const SIDE = 8, ROWS = 256, BATCH = 32, STEPS = 150;

/** Images with a bright square somewhere, labelled 1, or a bright cross, labelled 0. */
function shapes(): Required<StepData> {
  const random = randomStream(6, 'shapes'), x = new Float32Array(ROWS * SIDE * SIDE), labels = new Float32Array(ROWS);
  for (let row = 0; row < ROWS; row++) {
    const square = labels[row] = row % 2, top = 1 + random.integer(SIDE - 4), left = 1 + random.integer(SIDE - 4);
    for (let i = 0; i < 3; i++) for (let j = 0; j < 3; j++) {
      const inside = square === 1 ? i !== 1 || j !== 1 : i === 1 || j === 1;
      x[row * SIDE * SIDE + (top + i) * SIDE + left + j] = inside ? 1 : 0;
    }
  }
  return { x: x.map((value) => value + 0.05 * random.normal()), labels };
}

const network = convVae({
  kind: 'shapes', image: { height: SIDE, width: SIDE, channels: 1 }, layers: [{ filters: 12, kernel: 3, stride: 2 }, { filters: 16, kernel: 3, stride: 2 }],
  hidden: 32, units: 6, norm: { kind: 'batch' }, labelWeight: 64,
});

describe.each(BACKENDS.filter((backend) => backend !== 'cpu'))('a convolutional VAE with a logit under training on %s', (backend) => {
  it('learns images and labels, and says the same by running statistics as by those of its batches', async () => {
    const started = await useBackend(backend), data = shapes(), random = randomStream(6, 'training'), score = [ROWS];
    const step = stepMaker(network, { backend: started, data, clip: 500, precision: 'float32' })(initialParameters(network.parameters, 1), { batch: BATCH, tail: null, score });
    const batch = (rows: number): { rows: Uint32Array; noise: Float32Array; klWeight: number } => ({
      rows: Uint32Array.from({ length: rows }, (_, i) => (rows === ROWS ? i : random.integer(ROWS))), noise: Float32Array.from({ length: rows * network.noiseWidth }, () => random.normal()), klWeight: 1,
    });
    const all = batch(ROWS), before = await step.score(all);
    let last = Number.NaN;
    for (let i = 0; i < STEPS; i++) last = (await step.run([{ ...batch(BATCH), rate: 5e-3 }]))[0]!.loss;
    const after = await step.score(all), flat = await step.parameters();
    step.dispose();
    const logits = tf.tidy(() => network.logit(parameterTensors(network, flat), tf.tensor2d(data.x, [ROWS, SIDE * SIDE])));
    const right = Float32Array.from(logits.dataSync()).reduce((sum, logit, row) => sum + (logit > 0 === (data.labels[row] === 1) ? 1 : 0), 0) / ROWS;
    logits.dispose();
    expect(right).toBeGreaterThan(0.95);
    expect(after.reconstruction).toBeLessThan(before.reconstruction - 15);
    expect(Math.abs(after.loss - last)).toBeLessThan(10);
  });
});
