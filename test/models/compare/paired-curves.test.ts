import { describe, expect, it } from 'vitest';
import { matchRows, type RowMatch } from '../../../models/compare/match-rows.ts';
import { calibrationGapChange } from '../../../models/compare/paired-calibration.ts';
import { areaBetweenChange } from '../../../models/compare/paired-curves.ts';
import { signedSums, signedVariance, toldSigns } from '../../../models/compare/signed-sums.ts';
import { randomStream, type RandomStream } from '../../../models/engine/random.ts';
import { rankRows, type ScoredRows } from '../../../models/fairness/auroc-by-group.ts';
import { drawPoisson } from '../../../models/stats/poisson.ts';

const keysOf = (n: number, first = 0): string[] => Array.from({ length: n }, (_, i) => `r${i + first}`);
const scored = (scores: readonly number[], labels: readonly number[], codes: readonly number[]): ScoredRows => {
  const found = { scores: Float64Array.from(scores), labels: Uint8Array.from(labels), codes: Int32Array.from(codes), groups: 2 };
  return { ...found, ranked: rankRows(found.scores, found.labels) };
};

/** Two audits of n rows of two groups, the second from row `fresh` on: scores of one kind, each audit with its own noise on the logit scale. */
function drawn(random: RandomStream, n: number, { fresh = 0, noise = 0.3, worse = [0, 0] } = {}): { readonly a: ScoredRows; readonly b: ScoredRows; readonly match: RowMatch } {
  const total = n + fresh, labels = Array.from({ length: total }, () => (random.uniform() < 0.5 ? 1 : 0)), x = labels.map((y) => 1.2 * y + random.normal()), codes = labels.map((_, i) => i % 2);
  const at = (from: number, audit: number): ScoredRows => scored(x.slice(from, from + n).map((each, i) => 1 / (1 + Math.exp(-(1.2 * each - 0.72 + noise * random.normal() + worse[audit]! * codes[from + i]! * random.normal())))), labels.slice(from, from + n), codes.slice(from, from + n));
  return { a: at(0, 0), b: at(fresh, 1), match: matchRows(keysOf(n), keysOf(n, fresh)) };
}

const CHANGES = [['calibration', (a: ScoredRows, b: ScoredRows, match: RowMatch) => calibrationGapChange(a, b, match, 0.95)], ['area between curves', (a: ScoredRows, b: ScoredRows, match: RowMatch) => areaBetweenChange(a, b, match, { level: 0.95, seed: 0 })]] as const;

describe.each(CHANGES)('the change of the gap in %s', (name, change) => {
  it('is exactly nothing for the same scores, whatever the order of the rows', () => {
    const { a, match } = drawn(randomStream(1, name), 200), turn = <T,>(values: Iterable<T>): T[] => [...values].reverse(), back = scored(turn(a.scores), turn(a.labels), turn(a.codes));
    expect(change(a, a, match)).toMatchObject({ value: 0, interval: [0, 0] });
    expect(change(a, back, matchRows(keysOf(200), turn(keysOf(200))))!.interval.map((end) => Math.abs(end) < 1e-12)).toEqual([true, true]);
  });

  it('changes its sign with the audits, not with the order of rows nor the numbers of groups', () => {
    const { a, b, match } = drawn(randomStream(2, name), 240, { fresh: 60 }), found = change(a, b, match)!, back = change(b, a, matchRows(keysOf(240, 60), keysOf(240)))!;
    expect(back.value).toBeCloseTo(-found.value, 12);
    for (const end of [0, 1] as const) expect(Math.abs(back.interval[end] + found.interval[1 - end]!)).toBeLessThan(name === 'calibration' ? 1e-12 : 0.02);
    const other = (rows: ScoredRows): ScoredRows => ({ ...rows, codes: rows.codes.map((code) => 1 - code) }), renamed = change(other(a), other(b), match)!;
    for (const end of [0, 1] as const) expect(Math.abs(renamed.interval[end] - found.interval[end])).toBeLessThan(name === 'calibration' ? 1e-12 : 0.02);
    expect(found.interval[0] <= found.value && found.value <= found.interval[1]).toBe(true);
  });

  it('narrows with the rows in common', () => {
    const { a, b, match } = drawn(randomStream(3, name), 400, { noise: 0.05 }), none = matchRows(keysOf(400), keysOf(400, 400)), width = (interval: readonly [number, number]): number => interval[1] - interval[0];
    expect(width(change(a, b, match)!.interval) / width(change(a, b, none)!.interval)).toBeLessThan(0.75);
  });

  it.each([[{}, 0.935], [{ fresh: 60 }, 0.935]] as const)('holds no change in nineteen of twenty audits of small groups: %j', (shape, least) => {
    let held = 0;
    for (let trial = 0; trial < 120; trial++) {
      const { a, b, match } = drawn(randomStream(4, name, trial), 120, shape), [low, high] = change(a, b, match)!.interval;
      if (low <= 0 && 0 <= high) held++;
    }
    expect(held / 120).toBeGreaterThan(least);
  });

  it('sees a model that got worse still for the group it was worse for', () => {
    const { a, b, match } = drawn(randomStream(5, name), 6000, { noise: 0.05, worse: [1.5, 2.5] });
    expect(change(a, b, match)!.interval[0]).toBeGreaterThan(0.01);
  });

  it('is none of one group, and finite where all scores tie', () => {
    const labels = [0, 1, 0, 1, 1, 0], codes = [0, 0, 1, 1, 0, 1], match = matchRows(keysOf(6), keysOf(6)), other = scored([0.1, 0.9, 0.2, 0.8, 0.7, 0.3], labels, codes);
    const alone = { ...other, codes: new Int32Array(6), groups: 1 }, found = change(scored([0.5, 0.5, 0.5, 0.5, 0.5, 0.5], labels, codes), other, match)!;
    expect(change(alone, alone, match)).toBeNull();
    expect([...found.interval, found.value].every(Number.isFinite)).toBe(true);
  });
});

describe('a group without positives, and one of a single row', () => {
  const match = matchRows(keysOf(6), keysOf(6)), without = scored([0.1, 0.9, 0.2, 0.8, 0.7, 0.3], [0, 1, 0, 0, 1, 0], [0, 0, 1, 1, 0, 1]), lone = scored([0.4, 0.6], [0, 1], [0, 1]), pair = matchRows(keysOf(2), keysOf(2));

  it('have no ROC curve', () => {
    expect(areaBetweenChange(without, without, match, { level: 0.95, seed: 0 })).toBeNull();
    expect(areaBetweenChange(lone, lone, pair, { level: 0.95, seed: 0 })).toBeNull();
  });

  it('have an error of calibration, of which a single row tells next to nothing', () => {
    expect(calibrationGapChange(without, without, match, 0.95)!.interval).toEqual([0, 0]);
    const { interval } = calibrationGapChange(lone, scored([0.5, 0.6], [0, 1], [0, 1]), pair, 0.95)!;
    expect(interval[1] - interval[0]).toBeGreaterThan(1);
  });
});

describe('sums of sizes', () => {
  it('are the largest of all signed sums: by brute force', () => {
    const changes = Float64Array.of(0.1, -0.2, 0.05), signs = toldSigns(Float64Array.of(1, -0.1, -1), Float64Array.of(0.1, 0.1, 0.1), 2), covariance = Float64Array.of(4, 1, -1, 1, 9, 2, -1, 2, 1);
    expect([...signs]).toEqual([1, 0, -1]);
    const all = [1, -1].map((s) => [1, s, -1]), sums = all.map((s) => s.reduce((sum, each, b) => sum + each * changes[b]!, 0)), variances = all.map((s) => s.reduce((sum, p, b) => sum + s.reduce((inner, q, c) => inner + p * q * covariance[3 * b + c]!, 0), 0));
    expect(signedSums(changes, signs)).toEqual([expect.closeTo(Math.min(...sums), 12), expect.closeTo(Math.max(...sums), 12)]);
    expect(signedVariance(covariance, signs)).toBeGreaterThanOrEqual(Math.max(...variances));
    expect(signedVariance(covariance, Int8Array.of(1, 1, -1))).toBeCloseTo(variances[0]!, 12);
  });
});

describe('Poisson draws', () => {
  it.each([1, 7, 30, 31, 5000])('of mean %i have that mean and variance', (mean) => {
    const random = randomStream(9, 'poisson', mean), n = 20_000, values = Float64Array.from({ length: n }, () => drawPoisson(mean, random)), average = values.reduce((sum, value) => sum + value / n, 0);
    expect(Math.abs(average - mean)).toBeLessThan(4 * Math.sqrt(mean / n));
    expect(values.reduce((sum, value) => sum + (value - average) ** 2 / n, 0) / mean).toBeCloseTo(1, 1);
    expect(values.every((value) => Number.isInteger(value) && value >= 0)).toBe(true);
  });
});
