import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { torchContender, writeTorchFiles } from '../../../infra/bench/torch.ts';
import { ADULT_CASE, TRAIN_CASES } from '../../../infra/bench/train-cases.ts';
import { benchTrain, lossDifference, median } from '../../../infra/bench/train.ts';
import type { TrainBenchOptions } from '../../../infra/bench/train.ts';
import { addBenchTrain } from '../../../infra/cli/commands/bench-train.ts';
import type { Output } from '../../../infra/cli/output.ts';
import { BACKENDS } from '../../models/engine/tensorflow.ts';

const OPTIONS: TrainBenchOptions = { cases: ['mlp-108-128-8'], backends: ['wasm'], precision: 'float32', rounds: 1, threads: 1, torchThreads: 1, torch: false, keep: false, say: () => undefined };

/** The command on its own; its answer or what it throws. */
async function command(...args: string[]): Promise<unknown> {
  const program = new Command().exitOverride().configureOutput({ writeErr: () => undefined }), answers: unknown[] = [];
  const output = { say: () => undefined, warn: () => undefined, result: (value: object) => { answers.push(value); } } as unknown as Output;
  addBenchTrain(program, async (action) => { await action(output); });
  await program.parseAsync(['node', 'bench', 'train', ...args]);
  return answers[0];
}

describe('median and lossDifference', () => {
  it('are what their names say', () => {
    expect([median([3, 1, 2]), median([4, 1, 3, 2]), median([7])]).toEqual([2, 2.5, 7]);
    expect(lossDifference([11, 8], [10, 10])).toBeCloseTo(0.2, 12);
    expect(lossDifference([], [])).toBe(Number.NEGATIVE_INFINITY);
  });
});

describe('benchTrain', () => {
  it('measures a step on every backend of this machine, whose losses are alike', async () => {
    const lines: string[] = [], backends = BACKENDS.filter((name) => name !== 'cpu');
    const { results, ratios, failures } = await benchTrain({ ...OPTIONS, backends, say: (line) => lines.push(line) });
    expect([ratios, failures]).toEqual([[], []]);
    expect(results.map(({ backend }) => backend)).toEqual(backends);
    for (const result of results) {
      expect(result).toMatchObject({ case: 'mlp-108-128-8', batch: 256, precision: 'float32', rounds: 1 });
      expect(result.msPerStep).toBeGreaterThan(0);
      expect(result.rowsPerSecond).toBeCloseTo(256_000 / result.msPerStep, 6);
      expect(result.loss! / results[0]!.loss!).toBeCloseTo(1, 3);
    }
    expect(lines.at(-1)).toMatch(/^mlp-108-128-8: round 1 of 1: .*\d ms$/);
  });

  it('says what a process that does not start said', async () => {
    await expect(benchTrain({ ...OPTIONS, backends: ['abacus'] })).rejects.toThrow('abacus ended before it answered: Error: asked for the backend abacus, wasm started');
  });
});

describe('bench train', () => {
  it('prints results as JSON has them', async () => {
    expect(await command('--case', 'encode-108', '--backend', 'wasm', '--rounds', '1', '--threads', '1')).toMatchObject({
      results: [{ case: 'encode-108', backend: 'wasm', batch: 4096, msPerStep: expect.any(Number), rowsPerSecond: expect.any(Number), loss: null }],
    });
  });

  it('refuses what it does not know', async () => {
    await expect(command('--case', 'mlp-1')).rejects.toThrow(new RegExp(`'mlp-1' is invalid. Allowed choices are mlp-108-128-8, .*${ADULT_CASE}`));
    await expect(command('--rounds', '0')).rejects.toThrow('a whole number from 1 to 1000 is needed');
    await expect(command('--precision', 'bfloat16', '--backend', 'wasm')).rejects.toThrow('bfloat16 products are there on the tensorflow backend alone');
  });
});

describe('files for PyTorch', () => {
  it('hold rows, parameters in order and first noise', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'penumbra-torch-test-')), [trainCase] = TRAIN_CASES;
    try {
      await writeTorchFiles(folder, trainCase!);
      const { arguments: [script, file] } = await torchContender(trainCase!, { python: 'python3', folder, precision: 'bfloat16', threads: 2, mode: 'compile' });
      const specification = JSON.parse(await readFile(file!, 'utf8')) as Record<string, unknown> & { parameters: number[][] };
      expect(specification).toMatchObject({ batch: 256, rows: 2048, compile: true, precision: 'bfloat16', threads: 2, labels: null, shape: { kind: 'mlp', width: 108, hidden: 128, units: 8 } });
      const sizes = await Promise.all(['data', 'noise', 'initial'].map(async (name) => (await readFile(join(folder, name))).length / 4));
      expect(sizes).toEqual([2048 * 108, 10 * 256 * 8, specification.parameters.reduce((sum, shape) => sum + shape.reduce((a, b) => a * b, 1), 0)]);
      expect(await readFile(script!, 'utf8')).toContain('fused=True');
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
