import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BackendName } from '../../../models/engine/backend.ts';
import { stepMaker } from '../../../activities/step-maker.ts';
import { stepNoise } from '../../../models/engine/batches.ts';
import { initialParameters } from '../../../models/engine/parameters.ts';
import { randomStream } from '../../../models/engine/random.ts';
import { trainNetwork } from '../../../models/engine/train-network.ts';
import type { TrainingResult } from '../../../models/engine/train-network.ts';
import { packState, unpackState } from '../../../models/engine/training-state.ts';
import type { StepResult, StepState } from '../../../models/engine/training-step.ts';
import { encodedRows } from '../../activities/encoded-fixture.ts';
import { smallTask, smallVae, useBackend } from './fixture.ts';
import { BACKENDS } from './tensorflow.ts';

const SCRIPT = fileURLToPath(new URL('training-digest.ts', import.meta.url));
/** 5 batches an epoch, 3 epochs: a checkpoint after every step, that of the last one of an epoch at its end. */
const CHECKPOINTS = 15;

interface Run { readonly result: TrainingResult | null; readonly checkpoints: Uint8Array[] }

/** @param kill interrupts after so many checkpoints; 0 does not. */
async function runFrom(bytes: Uint8Array | null, kill = 0): Promise<Run> {
  const checkpoints: Uint8Array[] = [], interrupted = new Error('interrupted');
  const checkpoint = (state: Parameters<typeof packState>[0]): Promise<void> => {
    checkpoints.push(packState(state, 'test'));
    return checkpoints.length === kill ? Promise.reject(interrupted) : Promise.resolve();
  };
  const training = trainNetwork(smallTask({ epochs: 3, checkpointSteps: 1 }), { checkpoint }, bytes && unpackState(bytes, 'test'));
  const result = await training.catch((error: unknown) => {
    if (error === interrupted) return null;
    throw error;
  });
  return { result, checkpoints };
}

describe.each(BACKENDS)('a training on %s', (backend) => {
  const folder = mkdtempSync(join(tmpdir(), 'penumbra-exact-'));
  beforeAll(() => useBackend(backend));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('interrupted at any step goes on to the same weights, moments and metrics', async () => {
    const whole = await runFrom(null), random = randomStream(11, 'interruption', BACKENDS.indexOf(backend));
    expect(whole.checkpoints).toHaveLength(CHECKPOINTS);
    for (let trial = 0; trial < 2; trial++) {
      const kill = 1 + random.integer(CHECKPOINTS - 1), first = await runFrom(null, kill), second = await runFrom(first.checkpoints.at(-1)!);
      expect([...first.checkpoints, ...second.checkpoints]).toEqual(whole.checkpoints);
      expect(second.result).toEqual(whole.result);
    }
  });

  it('killed in one process ends in another with the bytes of an undisturbed third', () => {
    const kill = 1 + randomStream(12, 'kill', BACKENDS.indexOf(backend)).integer(CHECKPOINTS - 1);
    const start = (file: string, kills: number): ReturnType<typeof spawnSync> => spawnSync(process.execPath, [SCRIPT, backend, join(folder, file), String(kills)], { encoding: 'utf8' });
    expect(start('killed', kill).signal).toBe('SIGKILL');
    const second = start('killed', 0), third = start('whole', 0);
    expect(third.stdout).toMatch(/^[0-9a-f]{64}$/);
    expect(second.stdout).toBe(third.stdout);
  });
});

interface Steps { readonly results: readonly StepResult[]; readonly state: StepState }

async function hundredSteps(backend: BackendName): Promise<Steps> {
  await useBackend(backend);
  const network = smallVae(), { x } = encodedRows(256), make = stepMaker(network, { backend, data: { x }, clip: 50, precision: 'float32' });
  const step = make(initialParameters(network.parameters, 0), { batch: 64, tail: null, score: [] }), results: StepResult[] = [];
  const batches = Array.from({ length: 100 }, (_, k) => ({
    rows: Uint32Array.from({ length: 64 }, (_, row) => (row + 64 * k) % 256), noise: stepNoise(64 * 3, 4, 'steps', 1, k), rate: 1e-3, klWeight: 1,
  }));
  for (let k = 0; k < batches.length; k += step.stepsPerCall) results.push(...await step.run(batches.slice(k, k + step.stepsPerCall)));
  const state = await step.state();
  step.dispose();
  return { results, state };
}

describe('backends', () => {
  it('agree to 1e-4 over 100 steps in losses, gradient norms and parameters', async () => {
    const [cpu, ...others] = await BACKENDS.reduce<Promise<Steps[]>>(async (all, backend) => [...await all, await hundredSteps(backend)], Promise.resolve([]));
    expect(cpu!.results[99]!.loss).toBeLessThan(0.8 * cpu!.results[0]!.loss);
    for (const { results, state } of others) {
      results.forEach((result, k) => {
        for (const part of ['loss', 'reconstruction', 'kl', 'gradientNorm'] as const) expect(Math.abs(result[part] / cpu!.results[k]![part] - 1)).toBeLessThan(1e-4);
      });
      const { parameters } = cpu!.state, apart = Math.hypot(...parameters.map((value, i) => value - state.parameters[i]!));
      expect(apart / Math.hypot(...parameters)).toBeLessThan(1e-4);
    }
  });
});
