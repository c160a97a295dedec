import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../models/engine/random.ts';
import { thinRegions, thinShareInterval, thinnestRows } from '../../../models/latent/thin-regions.ts';
import { wilson } from '../../../models/stats/wilson.ts';
import type { Grouping } from '../../../models/table.ts';

// 100 rows; the five thinnest are 3, 17, 40, 41 and 99.
const THIN = [3, 17, 40, 41, 99];
const logDensity = Float64Array.from({ length: 100 }, (_, row) => (THIN.includes(row) ? -50 - row : -row / 100));
const grouping: Grouping = { attribute: 'sex', levels: ['a', 'b', 'never'], codes: Int32Array.from({ length: 100 }, (_, row) => (row >= 40 && row < 60 ? 1 : 0)) };

describe('thinRegions', () => {
  it('finds the thinnest 5 %, ties by lower row', () => {
    expect([...thinnestRows(logDensity)].sort((a, b) => a - b)).toEqual(THIN);
    expect([...thinnestRows(new Float64Array(41))]).toEqual([0, 1, 2]);
  });

  it('compares the share among thin rows with the share of all rows', () => {
    const [a, b, ...rest] = thinRegions(logDensity, [grouping], 0.95);
    expect(rest).toEqual([]);
    expect(b).toMatchObject({ attribute: 'sex', group: 'b', n: 20, share: 0.2, thinShare: 0.4 });
    expect(b!.thinRatio).toBeCloseTo(2, 12);
    const [low, high] = wilson(2, 5, 0.95);
    expect(b!.interval[0]).toBeCloseTo(low / 0.2, 12);
    expect(b!.interval[1]).toBeCloseTo(high / 0.2, 12);
    expect(a!.thinRatio * a!.share + b!.thinRatio * b!.share).toBeCloseTo(1, 12);
    expect(a!.meanLogDensity * 0.8 + b!.meanLogDensity * 0.2).toBeCloseTo(logDensity.reduce((sum, value) => sum + value, 0) / 100, 10);
  });

  it('depends on the order of densities alone', () => {
    const once = thinRegions(logDensity, [grouping], 0.95), again = thinRegions(logDensity.map((value) => 3 * value + 7), [grouping], 0.95);
    expect(again.map(({ thinShare, interval }) => [thinShare, interval])).toEqual(once.map(({ thinShare, interval }) => [thinShare, interval]));
  });

  it('has Wilson’s interval where fits agree, and a wider one where they do not', () => {
    const other = logDensity.map((value, row) => (row === 40 || row === 41 ? 0 : row < 2 ? -90 : value));
    const [alone, same, apart] = [[], [logDensity, logDensity], [logDensity, other, logDensity]].map((fits) => thinRegions(logDensity, [grouping], 0.95, fits)[1]!);
    expect(same!.interval).toEqual(alone!.interval);
    expect(apart!.thinShare).toBe(alone!.thinShare);
    expect(apart!.interval[0]).toBeLessThan(alone!.interval[0]);
    expect(apart!.interval[1]).toBeGreaterThan(alone!.interval[1] * 1.1);
  });

  it('adds the variance between fits by Rubin’s rule, on his degrees of freedom', () => {
    // 10,000 thin rows, where Wilson's interval is p ± t·√T: U = .16/10,000 = 1.6e-5, B = 1e-4, T = U + 4/3·B = 1.4933e-4,
    // ν = 2 (1 + .12)² = 2.5088, t.975 = 3.546.
    const [low, high] = thinShareInterval(0.2, 10_000, [0.19, 0.2, 0.21], 0.95);
    expect((high - low) / 2).toBeCloseTo(3.546 * Math.sqrt(1.49333e-4), 2);
    expect(thinShareInterval(0.2, 10_000, [0.2, 0.2, 0.2 + 1e-12], 0.95)[1]).toBeCloseTo(wilson(2000, 10_000, 0.95)[1], 6);
    const [none, some] = thinShareInterval(0, 200, [0, 0, 0.02], 0.95);
    expect([none, some > wilson(0, 200, 0.95)[1]]).toEqual([0, true]);
  });

  it('covers a share as often as it says when fits differ by more than chance, which Wilson’s does not', () => {
    const random = randomStream(3, 'thin cover'), truth = 0.2, thin = 400, trials = 600, covered = [0, 0];
    for (let trial = 0; trial < trials; trial++) {
      const sampled = truth + Math.sqrt((truth * (1 - truth)) / thin) * random.normal();
      const shares = Array.from({ length: 4 }, () => sampled + 0.04 * random.normal()), mean = shares.reduce((sum, share) => sum + share / 4, 0);
      for (const [i, [low, high]] of [thinShareInterval(mean, thin, shares, 0.95), wilson(mean * thin, thin, 0.95)].entries()) covered[i]! += Number(low <= truth && truth <= high) / trials;
    }
    expect(covered[0]).toBeGreaterThan(0.94);
    expect(covered[1]).toBeLessThan(0.88);
  });
});
