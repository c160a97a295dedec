import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pearson, spearman } from '../../../models/stats/spearman.ts';

describe('spearman', () => {
  it('equals 1 − 6 Σ d² / (n (n² − 1)) without ties', () => {
    const permutation = fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7], { minLength: 8 });
    fc.assert(fc.property(permutation, permutation, (x, y) => {
      const d2 = x.reduce((sum, v, i) => sum + (v - y[i]!) ** 2, 0);
      expect(spearman(x, y)).toBeCloseTo(1 - 6 * d2 / (8 * 63), 12);
    }));
  });

  it('gives the known value with ties', () => {
    // Ranks 1, 2.5, 2.5, 4 and 1, 3, 2, 4: 4.5 / √(4.5 · 5).
    expect(spearman([1, 2, 2, 4], [1, 3, 2, 4])).toBeCloseTo(4.5 / Math.sqrt(22.5), 12);
  });

  it('does not change under increasing maps and flips under decreasing ones', () => {
    const x = [3, 1, 4, 1, 5, 9, 2, 6], y = [2, 7, 1, 8, 2, 8, 1, 8];
    expect(spearman(x.map(Math.exp), y)).toBe(spearman(x, y));
    expect(spearman(x.map((v) => -v), y)).toBeCloseTo(-spearman(x, y)!, 12);
  });

  it('does not exist for a constant list or fewer than two values', () => {
    expect(spearman([1, 1, 1], [1, 2, 3])).toBeNull();
    expect(spearman([1], [2])).toBeNull();
    expect(() => spearman([1], [2, 3])).toThrow('1 and 2');
  });
});

describe('pearson', () => {
  it('is 1 on a line, and null where a constant list leaves nothing but rounding', () => {
    expect(pearson([1, 2, 3], [2, 4, 6])).toBeCloseTo(1, 12);
    expect(pearson([0.1, 0.1, 0.1], [1, 2, 4])).toBeNull();
  });
});
