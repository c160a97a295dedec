import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs';
import { beforeEach, describe, expect, it } from 'vitest';
import { EagerStep } from '../../../models/engine/eager-step.ts';
import { initialParameters } from '../../../models/engine/parameters.ts';
import { randomStream } from '../../../models/engine/random.ts';
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

  it('resumes from any checkpoint, within an epoch or between two, to the same bytes', async () => {
    const whole = await runFrom(null), pick = randomStream(11, 'interruption');
    // 5 batches an epoch: one checkpoint inside each and one after it.
    expect(whole.checkpoints).toHaveLength(8);
    for (const at of new Set([0, 7, pick.integer(8), pick.integer(8)])) {
      const resumed = await runFrom(whole.checkpoints[at]!);
      expect(resumed.result).toEqual(whole.result);
      expect(resumed.checkpoints).toEqual(whole.checkpoints.slice(at + 1));
    }
  });

  it('does not take the checkpoint of another run for its own', () => {
    const step = { parameters: new Float32Array(1), first: new Float32Array(1), second: new Float32Array(1), count: 1 };
    const bytes = packState({ epoch: 2, batch: 0, sums: [], step, best: null, records: [] }, 'one');
    expect(unpackState(bytes, 'other')).toBeNull();
    expect(unpackState(bytes, 'one')).toMatchObject({ epoch: 2, step, best: null });
  });

  it.each(['wasm', 'cpu'])('gives the same bytes in two processes on %s, and prints nothing else', (backend) => {
    const script = fileURLToPath(new URL('training-digest.ts', import.meta.url));
    const digest = (): string => execFileSync(process.execPath, [script, backend], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    const first = digest();
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(digest()).toBe(first);
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

function hundredSteps(): { losses: number[]; tensors: number[] } {
  const network = smallVae(), { x } = encodedRows(64), step = new EagerStep(network, initialParameters(network.parameters, 0), { data: { x }, clip: 50 });
  const losses: number[] = [], tensors: number[] = [], rows = Uint32Array.from({ length: 64 }, (_, row) => row);
  for (let i = 0; i < 100; i++) {
    const random = randomStream(4, 'steps', i), noise = Float32Array.from({ length: 64 * 3 }, () => random.normal());
    losses.push(step.run([{ rows, noise, rate: 1e-3, klWeight: 1 }])[0]!.loss);
    tensors.push(tf.memory().numTensors);
  }
  return { losses, tensors };
}

describe('EagerStep', () => {
  it('agrees between wasm and cpu to 1e-4 over 100 steps, and leaves no tensor behind', async () => {
    await useBackend('wasm');
    const wasm = hundredSteps();
    await useBackend('cpu');
    const cpu = hundredSteps();
    wasm.losses.forEach((loss, i) => expect(Math.abs(loss / cpu.losses[i]! - 1)).toBeLessThan(1e-4));
    expect(wasm.losses[99]).toBeLessThan(0.8 * wasm.losses[0]!);
    expect(new Set([...wasm.tensors, ...cpu.tensors]).size).toBe(1);
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
