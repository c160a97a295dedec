import * as tf from '@tensorflow/tfjs';
import { beforeEach, describe, expect, it } from 'vitest';
import { EagerStep } from '../../../models/engine/eager-step.ts';
import { initialParameters } from '../../../models/engine/parameters.ts';
import { trainNetwork } from '../../../models/engine/train-network.ts';
import type { TrainingProgress, TrainingResult } from '../../../models/engine/train-network.ts';
import { packState, unpackState } from '../../../models/engine/training-state.ts';
import { encodedRows } from '../../activities/encoded-fixture.ts';
import { OPTIONS, rowSets, smallTask, smallVae, useBackend } from './fixture.ts';

interface Run { readonly result: TrainingResult; readonly checkpoints: Uint8Array[]; readonly progress: TrainingProgress[] }

async function runFrom(bytes: Uint8Array | null): Promise<Run> {
  const checkpoints: Uint8Array[] = [], progress: TrainingProgress[] = [];
  const result = await trainNetwork(smallTask(), {
    checkpoint: async (state) => { checkpoints.push(packState(state, 'test')); },
    pause: async (at) => { progress.push(at); },
  }, bytes && unpackState(bytes, 'test'));
  return { result, checkpoints, progress };
}

describe('trainNetwork', () => {
  beforeEach(() => useBackend('wasm'));

  it('records every epoch, improves, and gives the parameters of the best one', async () => {
    const { result: { records, bestEpoch, stopped, final, parameters }, progress } = await runFrom(null);
    expect(records.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4]);
    expect(stopped).toBe('epochs');
    expect(records[3]!.validationLoss).toBeLessThan(records[0]!.validationLoss);
    expect(records[bestEpoch - 1]!.validationLoss).toBe(Math.min(...records.map(({ validationLoss }) => validationLoss)));
    expect(final.loss).toBe(records[bestEpoch - 1]!.validationLoss);
    expect(final.kl).toBeCloseTo(final.klPerUnit.reduce((sum, kl) => sum + kl, 0), 4);
    expect(parameters).not.toEqual(initialParameters(smallVae().parameters, OPTIONS.seed));
    // After the warm-up the KL counts in full.
    expect(records[3]!.loss).toBeCloseTo(records[3]!.reconstruction + records[3]!.kl, 4);
    expect(records[0]!.loss).toBeLessThan(records[0]!.reconstruction + records[0]!.kl);
    expect(progress.at(-1)).toMatchObject({ epoch: 4, rows: 4 * 300, fraction: 1 });
  });

  it('does not take the checkpoint of another run for its own', () => {
    const step = { parameters: new Float32Array(1), first: new Float32Array(1), second: new Float32Array(1), count: 1 };
    const bytes = packState({ epoch: 2, batch: 0, sums: [], step, best: null, records: [] }, 'one');
    expect(unpackState(bytes, 'other')).toBeNull();
    expect(unpackState(bytes, 'one')).toMatchObject({ epoch: 2, step, best: null });
  });

  it('differs by seed', async () => {
    const [a, b] = [await trainNetwork(smallTask({ epochs: 1 })), await trainNetwork(smallTask({ epochs: 1, seed: 6 }))];
    expect(a.parameters).not.toEqual(b.parameters);
  });

  it('stops early when nothing improves for `patience` epochs after the warm-up', async () => {
    const { records, bestEpoch, stopped } = await trainNetwork(smallTask({ rate: 0, epochs: 20 }));
    expect({ epochs: records.length, bestEpoch, stopped }).toEqual({ epochs: 5 + 3, bestEpoch: 1, stopped: 'early' });
  });

  it('notices divergence, with the place and the parts of the loss', async () => {
    const task = smallTask(), makeStep = (parameters: Float32Array): EagerStep => new EagerStep(task.network, parameters.map((value) => 1e30 * value), { data: { x: rowSets(500).x }, clip: 50 });
    await expect(trainNetwork({ ...task, makeStep })).rejects.toMatchObject({
      code: 'diverged', message: expect.stringMatching(/^training diverged at step 1 \(epoch 1, batch 1 of 5\): loss (NaN|Infinity), reconstruction .*, KL .*, gradient norm .*; there is no good checkpoint before it/),
    });
  });

  it('takes a step that no loss survives for divergence', async () => {
    await expect(trainNetwork(smallTask({ rate: 1e4 }))).rejects.toMatchObject({ code: 'diverged' });
  });

  it('stops when a hook throws', async () => {
    const cancelled = new Error('cancelled');
    await expect(trainNetwork(smallTask(), { pause: () => Promise.reject(cancelled) })).rejects.toBe(cancelled);
  });

  it('trains on fewer rows than a batch holds, with the train part standing in for validation', async () => {
    const { train } = rowSets(5);
    const { records } = await trainNetwork({ ...smallTask(), train, validation: train });
    expect(records).toHaveLength(4);
  });
});

describe('EagerStep', () => {
  it('leaves no tensor behind', async () => {
    await useBackend('wasm');
    const network = smallVae(), step = new EagerStep(network, initialParameters(network.parameters, 0), { data: { x: encodedRows(8).x }, clip: 50 });
    const batch = { rows: Uint32Array.of(0, 3, 5), noise: new Float32Array(9), rate: 1e-3, klWeight: 1 }, before = tf.memory().numTensors;
    step.run([batch, batch]);
    step.score(batch);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('clips a gradient by its global norm', async () => {
    await useBackend('wasm');
    const network = smallVae(), parameters = initialParameters(network.parameters, 0), { x } = encodedRows(8);
    const input = { rows: Uint32Array.from({ length: 8 }, (_, row) => row), noise: new Float32Array(24), rate: 1e-3, klWeight: 1 };
    const moment = (clip: number): { norm: number; first: number } => {
      const step = new EagerStep(network, parameters, { data: { x }, clip }), { gradientNorm } = step.run([input])[0]!;
      return { norm: gradientNorm, first: Math.hypot(...step.state().first) };
    };
    const free = moment(Number.POSITIVE_INFINITY), clipped = moment(free.norm / 4);
    expect(free.first).toBeCloseTo(0.1 * free.norm, 4);
    expect(clipped.norm).toBe(free.norm);
    expect(clipped.first).toBeCloseTo(free.first / 4, 4);
  });
});
