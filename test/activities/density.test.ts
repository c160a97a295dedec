import { tableFromIPC } from 'apache-arrow';
import { beforeAll, describe, expect, it } from 'vitest';
import { getArtifact } from '../../activities/artifacts.ts';
import { density, estimate } from '../../activities/density.ts';
import { type Density, loadDensity } from '../../activities/load-density.ts';
import type { StageOutput } from '../../activities/types.ts';
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
