import { describe, expect, it } from 'vitest';
import type { Encoder } from '../../../models/encode/types.ts';
import { randomStream } from '../../../models/engine/random.ts';
import { type PerturbInput, logisticScores, perturbLatents } from '../../../models/latent/perturb-latents.ts';
import { benjaminiHochberg } from '../../../models/stats/adjust.ts';
import { wilson } from '../../../models/stats/wilson.ts';

const ROWS = 400;
const standard = { kind: 'standard', mean: 0, std: 1 } as const;
const number = (name: string, offset: number) => ({ kind: 'number' as const, name, offset, width: 1, missingIndicator: false, transform: standard, fill: 0 });
const ENCODER: Encoder = { width: 3, columns: [number('a', 0), number('b', 1), number('c', 2)], omitted: [] };
const SIGMA = [1, 0.5, 1, 2];

const random = randomStream(3, 'perturb');
const mu = Float32Array.from({ length: ROWS * 4 }, (_, at) => SIGMA[at % 4]! * random.normal());
const groups = { attribute: 'g', levels: ['low', 'high'], codes: Int32Array.from({ length: ROWS }, (_, row) => (mu[row * 4]! > 0 ? 1 : 0)) };

/** A decoder by hand: a = z₀, b = 2 z₁, c = |z₃|, and unit 2 does nothing. */
async function decode(z: Float32Array): Promise<Float32Array> {
  const x = new Float32Array((z.length / 4) * 3);
  for (let row = 0; row < z.length / 4; row++) x.set([z[row * 4]!, 2 * z[row * 4 + 1]!, Math.abs(z[row * 4 + 3]!)], row * 3);
  return x;
}

const MODEL = { weights: [1, 0.05, 0], intercept: -1, threshold: 0.5 };
/** Many rows that are as they are decoded: nothing for a decoder to leave out. */
const seen = Float32Array.from({ length: 8000 * 4 }, (_, at) => SIGMA[at % 4]! * random.normal());
const scored = (x: Float32Array, model = MODEL) => ({ mu: seen, score: logisticScores(model, x, 3) });
const decoded = await decode(seen);

const input = (more: Partial<PerturbInput> = {}): PerturbInput => ({
  mu, units: 4, active: [0, 1, 2, 3], sigma: SIGMA, encoder: ENCODER, decode, model: MODEL, observed: scored(decoded),
  groupings: [groups], tolerance: 0.05, level: 0.95, ...more,
});

const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value));

describe('perturbLatents', () => {
  it('is the change of the score between both ends, worked out row by row', async () => {
    const { latents } = await perturbLatents(input()), first = latents.find(({ latent }) => latent === 0)!;
    const bias = (row: number): number => 0.05 * 2 * mu[row * 4 + 1]! - 1;
    let effect = 0, bend = 0, flips = 0;
    for (let row = 0; row < ROWS; row++) {
      const [low, base, high] = [-1, 0, 1].map((step) => sigmoid(mu[row * 4]! + step + bias(row))) as [number, number, number];
      effect += (high - low) / ROWS;
      bend += ((high + low) / 2 - base) / ROWS;
      flips += Number(high >= 0.5 !== base >= 0.5 || low >= 0.5 !== base >= 0.5);
    }
    expect(first.effect).toBeCloseTo(effect, 5);
    expect(first.curvature).toBeCloseTo(bend, 5);
    expect(first.flipRate).toBeCloseTo(flips / ROWS, 12);
    expect(first.flipInterval).toEqual(wilson(flips, ROWS, 0.95));
    expect(first).toMatchObject({ verdict: 'matters', step: 1, sigma: 1, name: 'a ↑' });
    expect(first.interval[0]).toBeGreaterThan(0.05);
  });

  it('gives three verdicts, by the interval and the tolerance', async () => {
    const { latents } = await perturbLatents(input());
    expect(latents.map(({ latent, verdict }) => [latent, verdict])).toEqual([[0, 'matters'], [1, 'negligible'], [2, 'negligible'], [3, 'negligible']]);
    const { effect } = latents[0]!;
    expect((await perturbLatents(input({ tolerance: effect }))).latents[0]!.verdict).toBe('undecided');
    expect((await perturbLatents(input({ tolerance: 0 }))).latents.map(({ verdict }) => verdict)).toEqual(['matters', 'matters', 'undecided', 'undecided']);
  });

  it('claims nothing where real rows differ though decoded ones do not: a decoder can leave out what a factor goes with', async () => {
    // Unit 2 moves no decoded column, but real rows have it in c, which the model uses.
    const model = { weights: [0, 0, 1], intercept: 0, threshold: 0.5 }, still = async (z: Float32Array): Promise<Float32Array> => (await decode(z)).map((value, at) => (at % 3 === 2 ? 0 : value));
    const real = decoded.map((value, at) => (at % 3 === 2 ? seen[Math.floor(at / 3) * 4 + 2]! : value));
    const run = async (observed = scored(real, model)) => [...(await perturbLatents(input({ model, decode: still, active: [1, 2], observed }))).latents].sort((a, b) => a.latent - b.latent);
    const [one, two] = await run();
    expect([one!.effect, two!.effect, one!.verdict, two!.verdict]).toEqual([0, 0, 'negligible', 'undecided']);
    // σ(1) − σ(−1) = .462, a little less within the bands.
    expect(two!.observed!.difference).toBeGreaterThan(0.35);
    expect(two!.observed!.difference).toBeLessThan(0.47);
    expect(Math.abs(one!.observed!.difference)).toBeLessThan(0.05);
    expect((await run({ mu: seen.subarray(0, 4), score: Float64Array.of(0.5) })).map(({ observed, verdict }) => [observed, verdict])).toEqual([[null, 'undecided'], [null, 'undecided']]);
    const { observed: _without, ...alone } = input({ model, decode: still });
    expect((await perturbLatents(alone)).latents.every(({ observed, verdict }) => observed === null && verdict === 'undecided')).toBe(true);
  });

  it('takes bands about the mean of the unit', async () => {
    const { latents } = await perturbLatents(input({ centre: [50, 0, 0, 0] }));
    expect(latents.find(({ latent }) => latent === 0)!.observed).toBeNull();
    expect(latents.find(({ latent }) => latent === 1)!.observed!.lowRows).toBeGreaterThan(1500);
  });

  it('controls false discoveries among the latents', async () => {
    const { latents } = await perturbLatents(input({ tolerance: 0.02, mu: mu.slice(0, 40 * 4), groupings: [] }));
    const byLatent = [...latents].sort((a, b) => a.latent - b.latent);
    expect(byLatent.map(({ qValue }) => qValue)).toEqual(benjaminiHochberg(byLatent.map(({ pValue }) => pValue)));
  });

  it('compares with the decoded row: what the decoder cannot say has no effect', async () => {
    const biased = async (z: Float32Array): Promise<Float32Array> => (await decode(z)).map((value, at) => (at % 3 === 2 ? 5 : value));
    const model = { weights: [0, 0, 3], intercept: 0, threshold: 0.5 }, { latents } = await perturbLatents(input({ decode: biased, model, observed: scored(await biased(seen), model) }));
    for (const { effect, flipRate, pValue, verdict } of latents) expect({ effect, flipRate, pValue, verdict }).toEqual({ effect: 0, flipRate: 0, pValue: 1, verdict: 'negligible' });
  });

  it('sees a latent that moves the score the same way in both directions', async () => {
    const { latents } = await perturbLatents(input({ model: { weights: [0, 0, 2], intercept: -2, threshold: 0.5 } })), last = latents.find(({ latent }) => latent === 3)!;
    expect(Math.abs(last.effect)).toBeLessThan(0.06);
    expect(last.curvature).toBeGreaterThan(0.05);
    expect(last.flipRate).toBeGreaterThan(0.3);
  });

  it('breaks effects and flips down by group, which add up to the whole', async () => {
    const { latents } = await perturbLatents(input()), first = latents[0]!;
    expect(first.groups.map(({ attribute, group }) => [attribute, group])).toEqual([['g', 'low'], ['g', 'high']]);
    expect(first.groups.reduce((sum, { n, effect }) => sum + (n * effect) / ROWS, 0)).toBeCloseTo(first.effect, 10);
    expect(first.groups.reduce((sum, { n, flipRate }) => sum + (n * flipRate) / ROWS, 0)).toBeCloseTo(first.flipRate, 10);
    const [low, high] = first.groups;
    expect(high!.flipRate).toBeGreaterThan(low!.flipRate);
    expect(low!.flipInterval).toEqual(wilson(Math.round(low!.flipRate * low!.n), low!.n, 0.95));
  });

  it('names latents without a model, and measures nothing', async () => {
    const { latents, names } = await perturbLatents(input({ model: null }));
    expect(latents).toEqual([]);
    expect(names.map(({ latent, name }) => [latent, name])).toEqual([[0, 'a ↑'], [1, 'b ↑'], [2, 'moves no column much'], [3, expect.any(String)]]);
    expect(await perturbLatents(input({ active: [] }))).toEqual({ latents: [], names: [] });
  });

  it('scores by the logistic function', () => {
    expect(logisticScores({ weights: [2, -1], intercept: 0.5, threshold: 0.5 }, Float32Array.of(1, 1, 0, 0.5), 2)).toEqual(Float64Array.of(sigmoid(1.5), 0.5));
  });
});
