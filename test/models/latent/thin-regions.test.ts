import { describe, expect, it } from 'vitest';
import { thinRegions, thinnestRows } from '../../../models/latent/thin-regions.ts';
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
});
