import { tableFromIPC } from 'apache-arrow';
import { beforeAll, describe, expect, it } from 'vitest';
import { getArtifact } from '../../activities/artifacts.ts';
import { density, estimate } from '../../activities/density.ts';
import { type Density, loadDensity } from '../../activities/load-density.ts';
import { runStage } from '../../activities/run-stage.ts';
import type { Stage } from '../../activities/stage.ts';
import type { StageCommit, StageInput, StageOutput, StageTasks } from '../../activities/types.ts';
import { randomStream } from '../../models/engine/random.ts';
import { spearman } from '../../models/stats/spearman.ts';
import { latentRows, storeLatentRows, storeStage } from './latent-fixture.ts';
import { MemoryStore, type TestContext, testContext } from './memory-store.ts';

const ROWS = 2500, rows = latentRows(ROWS);
const config = { density: 'auto' as const, protected: ['sex', 'race'], bins: {} };

interface Run { readonly store: MemoryStore; readonly context: TestContext; readonly output: StageOutput; readonly loaded: Density }

async function run(more: Partial<typeof config> = {}): Promise<Run> {
  const store = new MemoryStore(), context = testContext(store), inputs = await storeLatentRows(store, rows);
  const output = await density.run({ config: { ...config, ...more }, inputs, seed: 0 }, context);
  return { store, context, output, loaded: await loadDensity(store, await storeStage(store, 'density', output)) };
}

describe('the density stage', () => {
  let first: Run;
  beforeAll(async () => { first = await run(); });

  it('finds the planted clusters on the active units', () => {
    const { summary } = first.loaded;
    expect(summary.active).toEqual([0, 1]);
    expect(summary.candidates.map(({ name, chosen }) => [name, chosen])).toEqual([['histogram', false], ['gmm', true]]);
    expect(summary.mixture).toHaveLength(4);
    expect(first.output.summary).toMatchObject({ density: 'gmm', active: 2, rows: ROWS });
    expect(summary.complexityCorrelation).toBeLessThan(0.2);
  });

  it('stores a log density of every row, which is lowest in the rare intersection', () => {
    const { logDensity, histogramLogDensity, histogramBins } = first.loaded;
    expect([logDensity.length, histogramLogDensity.length]).toEqual([ROWS, ROWS]);
    expect(histogramBins).toBe(first.loaded.summary.histogramBins);
    const mean = (values: Float64Array, rare: boolean): number => {
      const own = values.filter((_, row) => (rows.sex[row] === 1 && rows.race[row] === 1) === rare);
      return own.reduce((sum, value) => sum + value, 0) / own.length;
    };
    expect(mean(logDensity, false) - mean(logDensity, true)).toBeGreaterThan(2);
    expect(mean(histogramLogDensity, false) - mean(histogramLogDensity, true)).toBeLessThan(1.7);
  });

  it('says who lies in the thin regions, for attributes and their intersection', () => {
    const { groups } = first.loaded.summary;
    expect(groups.map(({ attribute, group }) => `${attribute}: ${group}`)).toEqual([
      'sex: Female', 'sex: Male', 'race: A', 'race: B', 'sex*race: Female*A', 'sex*race: Female*B', 'sex*race: Male*A', 'sex*race: Male*B',
    ]);
    const rare = groups.at(-1)!;
    expect(rare.share).toBeLessThan(0.03);
    expect(rare.thinRatio).toBeGreaterThan(5);
    expect(rare.interval[0]).toBeGreaterThan(3);
    expect(first.loaded.summary.map.points[0]!.groups).toEqual({ sex: expect.any(String), race: expect.any(String) });
  });

  it('is readable Arrow, a row number beside each density', async () => {
    const part = tableFromIPC(await getArtifact(first.store, first.output.artifacts['density']![0]!));
    expect(part.schema.fields.map(({ name }) => name)).toEqual(['row', 'log_density', 'histogram_log_density']);
    expect([part.getChild('row')!.get(7), part.numRows]).toEqual([14, ROWS]);
  });

  it('gives the same bytes for the same seed', async () => {
    expect((await run()).output).toEqual(first.output);
  });

  it('does without protected attributes, and says so', async () => {
    const { loaded } = await run({ protected: [] });
    expect(loaded.summary.groups).toEqual([]);
    expect(loaded.summary.notes.join()).toContain('no protected attribute');
  });

  it('stops when it is cancelled', async () => {
    const store = new MemoryStore(), inputs = await storeLatentRows(store, rows);
    await expect(density.run({ config, inputs, seed: 0 }, testContext(store, null, AbortSignal.abort(new Error('cancelled'))))).rejects.toThrow('cancelled');
    expect(first.context.details).toContain('Gaussian mixture');
  });

  it('fits more rows than it holds to a sample of them, and gives every row a density', async () => {
    const { store, context } = first, inputs = await storeLatentRows(store, rows), output = await estimate({ config, inputs, seed: 0 }, context, 1500);
    const sampled = await loadDensity(store, await storeStage(store, 'density', output)), whole = first.loaded;
    expect(spearman(sampled.logDensity, whole.logDensity)).toBeGreaterThan(0.95);
    expect(spearman(sampled.histogramLogDensity, whole.histogramLogDensity)).toBeGreaterThan(0.9);
    expect(sampled.summary.notes[0]).toContain(`a sample of 1500 of ${ROWS} rows`);
    expect(sampled.summary.groups.map(({ attribute, group, n }) => [attribute, group, n])).toEqual(whole.summary.groups.map(({ attribute, group, n }) => [attribute, group, n]));
    const thin = (loaded: Density): number => loaded.summary.groups.find(({ group }) => group === 'Male*B')!.thinRatio;
    expect(Math.abs(Math.log(thin(sampled) / thin(whole)))).toBeLessThan(0.5);
    expect(sampled.summary.map.cells.counts.reduce((sum, count) => sum + count, 0)).toBe(1500);
  });
});

describe('the density stage shared out by fits', () => {
  const UNITS = 8, many = 14_000, random = randomStream(3, 'density shared out'), base = latentRows(many);
  const wide = { ...base, units: UNITS, mu: Float32Array.from({ length: many * UNITS }, (_, i) => random.normal() + (i % UNITS === 0 && i % 3 === 0 ? 4 : 0)) };

  it('gives the bytes of one call, whoever computes which fit first', async () => {
    const stage = density as Stage<never> as Stage, services = (store: MemoryStore) => ({ store, signal: new AbortController().signal, progress: () => {} });
    const whole = new MemoryStore(), shared = new MemoryStore(), input: StageInput = { config, inputs: await storeLatentRows(whole, wide), seed: 0 };
    await storeLatentRows(shared, wide);
    const { tasks } = await runStage(stage, { ...input, share: { step: 'divide' } }, services(shared)) as StageTasks, pieces = [];
    expect(tasks).toHaveLength(3);
    for (const k of [2, 0, 1]) pieces[k] = (await runStage(stage, { ...input, share: { step: 'task', task: tasks[k]! } }, services(shared)) as StageCommit).manifest;
    const joined = await runStage(stage, { ...input, share: { step: 'join', pieces } }, services(shared));
    // Made here at once: by a join that is given no fits.
    const { artifacts, summary } = await estimate({ ...input, config }, testContext(whole), many);
    expect(joined).toEqual({ manifest: await runStage({ ...stage, run: () => Promise.resolve({ artifacts, summary }) }, input, services(whole)).then((outcome) => (outcome as StageCommit).manifest), cached: false });
    expect(new Set(pieces.map((piece) => piece!.sha256)).size).toBe(3);
  });

  it('is not worth it for few rows or dimensions', async () => {
    const store = new MemoryStore(), inputs = await storeLatentRows(store, rows);
    expect(await density.division!.tasks({ config, inputs, seed: 0 }, testContext(store))).toEqual([]);
  });
});
