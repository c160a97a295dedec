import { beforeAll, describe, expect, it, vi } from 'vitest';
import { getJson } from '../../activities/artifacts.ts';
import { storeDecisions } from '../../activities/load-decisions.ts';
import { perturb } from '../../activities/perturb.ts';
import type { ArtifactRef, StageOutput } from '../../activities/types.ts';
import type { Encoder } from '../../models/encode/types.ts';
import type { PerturbationSummary } from '../../models/latent/perturb-types.ts';
import { storeEncoded } from './encoded-fixture.ts';
import { latentRows, storeLatentRows, storeStage, UNITS } from './latent-fixture.ts';
import { MemoryStore, testContext } from './memory-store.ts';

const ENCODER: Encoder = { width: 3, omitted: [], columns: [
  { kind: 'category', name: 'sex', offset: 0, width: 2, levels: ['Female', 'Male'] },
  { kind: 'number', name: 'age', offset: 2, width: 1, missingIndicator: false, transform: { kind: 'standard', mean: 40, std: 10 }, fill: 40 },
] };

// The decoder by hand: sex follows the first unit, age the second.
vi.mock('../../activities/load-model.ts', () => ({ loadModel: async () => ({ network: 'by hand' }) }));
vi.mock('../../activities/decode-latents.ts', () => ({
  decodeLatents: async (_model: unknown, z: Float32Array, units: number) => {
    const x = new Float32Array((z.length / units) * 3);
    for (let row = 0; row < z.length / units; row++) {
      const male = 1 / (1 + Math.exp(-z[row * units]!));
      x.set([1 - male, male, z[row * units + 1]! / 2], row * 3);
    }
    return x;
  },
}));

/** Rows as they are: sex by its code, age told by nothing latent. */
function realRows(): Float32Array {
  const x = new Float32Array(ROWS * 3);
  for (let row = 0; row < ROWS; row++) x.set([1 - rows.sex[row]!, rows.sex[row]!, ((row * 7) % 11) / 5 - 1], row * 3);
  return x;
}

const ROWS = 2500, rows = latentRows(ROWS), store = new MemoryStore(), decision = new Uint8Array(ROWS);
const surrogate = { weights: [0, 3, 0.01], intercept: -1.5, description: 'surrogate by hand' };
const decisions = { source: 'score' as const, description: 'audited', threshold: 0.9, score: null, decision, surrogate };
let inputs: Awaited<ReturnType<typeof storeLatentRows>>;

async function run(fairness: ArtifactRef, names: readonly string[] = ['sex', 'race']): Promise<{ readonly output: StageOutput; readonly summary: PerturbationSummary }> {
  const config = { fairness: { level: 0.95, tolerance: { default: 0.05 }, ratio: 0.8, headline: 'auto' as const, reference: {}, intersections: 2, minimum: 30, strata: [] },
    protected: names, bins: {}, backend: 'cpu' as const };
  const output = await perturb.run({ config, inputs: { ...inputs, fairness: [fairness] }, seed: 0 }, testContext(store));
  return { output, summary: await getJson<PerturbationSummary>(store, output.artifacts['summary']![0]!) };
}
const fairnessOf = async (made: Parameters<typeof storeDecisions>[1]): Promise<ArtifactRef> => storeStage(store, 'fairness', { artifacts: await storeDecisions(store, made), summary: {} });

beforeAll(async () => {
  const encode = await storeEncoded(store, { x: realRows(), split: rows.split, rowNumbers: rows.rowNumbers }, 900, ENCODER);
  inputs = { ...await storeLatentRows(store, rows), encode: [encode], train: [encode] };
});

describe('the perturb stage', () => {
  it('pushes the surrogate along the active latents, and names them', async () => {
    const { output, summary } = await run(await fairnessOf(decisions));
    expect(summary).toMatchObject({ model: 'surrogate by hand', tolerance: 0.05, threshold: 0.5, rows: rows.split.filter((part) => part === 2).length });
    expect(summary.latents.map(({ latent, name, verdict }) => [latent, name, verdict])).toEqual([[0, 'sex → Male', 'matters'], [1, expect.stringMatching(/^age ↑/), 'undecided']]);
    const [first, second] = summary.latents;
    expect(summary.observedRows).toBe(rows.split.filter((part) => part === 2).length);
    // Sex is told by the first unit: σ(1.5) − σ(−1.5) = .635 between real rows.
    expect(first!.observed!.difference).toBeCloseTo(0.635, 1);
    expect(first!.observed!.highRows).toBeLessThan(first!.observed!.lowRows);
    expect(Math.abs(second!.effect)).toBeLessThan(0.05);
    // The second unit is race: on decoded rows it moves age alone, but in the data the sexes are not alike in race.
    expect(second!.observed!.difference).toBeLessThan(-0.08);
    expect(summary.notes.at(-1)).toContain(`z1 (${second!.effect.toFixed(3)} on decoded rows, ${second!.observed!.difference.toFixed(3)} between real ones)`);
    expect(first!.effect).toBeGreaterThan(0.2);
    expect(first!.qValue).toBeLessThan(1e-6);
    expect(first!.flipRate).toBeGreaterThan(0.1);
    expect(first!.groups.map(({ attribute, group }) => `${attribute}: ${group}`)).toEqual(['sex: Female', 'sex: Male', 'race: A', 'race: B']);
    expect(first!.columns[0]).toMatchObject({ column: 'sex', change: expect.stringMatching(/^→ Male \(\d+ % to \d+ %\)$/) });
    expect(output.summary).toEqual({ latents: 2, matters: 1, rows: summary.rows });
    expect(UNITS).toBe(3);
  });

  it('decides at the audit’s threshold only for the reference classifier', async () => {
    const { summary } = await run(await fairnessOf({ ...decisions, source: 'reference' }));
    expect(summary.threshold).toBe(0.9);
  });

  it('names the latents when there is nothing to push', async () => {
    const { summary } = await run(await fairnessOf(null), []);
    expect(summary).toMatchObject({ model: null, threshold: null, latents: [] });
    expect(summary.names.map(({ latent }) => latent)).toEqual([0, 1]);
    expect(summary.notes.join()).toContain('no decision and no classifier');
    expect((await run(await fairnessOf({ ...decisions, surrogate: null }))).summary.notes.join()).toContain('No train row has a decision');
  });

  it('gives the same bytes again', async () => {
    const fairness = await fairnessOf(decisions);
    expect((await run(fairness)).output).toEqual((await run(fairness)).output);
  });
});
