import { describe, expect, it } from 'vitest';
import { groupShares } from '../../../models/outliers/group-shares.ts';
import { rankRows } from '../../../models/outliers/rank-rows.ts';
import { sampleRows } from '../../../models/outliers/sample-rows.ts';
import { scoreHistogram } from '../../../models/outliers/score-histogram.ts';
import { randomStream } from '../../../models/engine/random.ts';

describe('rankRows', () => {
  it('gives the highest score rank 1 and the lower row of equals the better rank', () => {
    const { rank, order } = rankRows(Float64Array.from([1, 5, 5, 0]));
    expect([...rank]).toEqual([3, 1, 2, 4]);
    expect([...order]).toEqual([1, 2, 0, 3]);
  });
});

describe('groupShares', () => {
  it('compares the strangest 1 % with all rows', () => {
    const order = Uint32Array.from({ length: 200 }, (_, i) => i), codes = Int32Array.from({ length: 200 }, (_, i) => (i < 50 ? 1 : 0));
    const [a, b] = groupShares([{ attribute: 'sex', levels: ['a', 'b'], codes }], order, 0.95);
    expect(a).toMatchObject({ group: 'a', n: 150, share: 0.75, topShare: 0 });
    expect(b).toMatchObject({ group: 'b', n: 50, share: 0.25, topShare: 1 });
    // Wilson for 2 of 2: n / (n + z²).
    expect(b!.interval[0]).toBeCloseTo(2 / (2 + 1.959964 ** 2), 6);
  });
});

describe('sampleRows', () => {
  it('draws each row equally often, ascending, without repeats', () => {
    const counts = new Float64Array(20), random = randomStream(0, 'test');
    for (let i = 0; i < 4000; i++) {
      const rows = sampleRows(20, 5, random);
      expect(rows.every((row, j) => j === 0 || row > rows[j - 1]!)).toBe(true);
      for (const row of rows) counts[row]!++;
    }
    // Mean 1000, standard deviation 27.
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(120);
    expect([...sampleRows(3, 9, random)]).toEqual([0, 1, 2]);
  });
});

describe('scoreHistogram', () => {
  it('counts every value once between the smallest and the largest', () => {
    const { edges, counts } = scoreHistogram(Float64Array.from([0, 1, 2, 40]));
    expect([edges[0], edges.at(-1), edges.length, counts.length]).toEqual([0, 40, 41, 40]);
    expect(counts.filter((count) => count > 0)).toEqual([1, 1, 1, 1]);
    expect(scoreHistogram(Float64Array.from([2, 2]))).toEqual({ edges: [2, 2], counts: [2] });
    expect(scoreHistogram(new Float64Array(0))).toEqual({ edges: [], counts: [] });
  });
});
