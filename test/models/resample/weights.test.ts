import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { effectiveSampleSize, median, normalisedWeights } from '../../../models/resample/weights.ts';

const lists = fc.array(fc.double({ min: -50, max: 50, noNaN: true }), { minLength: 1, maxLength: 40 });

describe('weights', () => {
  it('sum to their number, keep ratios, and ignore a common factor', () => {
    fc.assert(fc.property(lists, fc.double({ min: -900, max: 900, noNaN: true }), (list, shift) => {
      const weights = normalisedWeights(Float64Array.from(list)), moved = normalisedWeights(Float64Array.from(list, (value) => value + shift));
      expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(list.length, 8);
      for (const [i, weight] of weights.entries()) {
        expect(weight / weights[0]! / Math.exp(list[i]! - list[0]!)).toBeCloseTo(1, 9);
        expect(moved[i]! / weight).toBeCloseTo(1, 6);
      }
    }), { seed: 2, numRuns: 100 });
  });

  it('have an effective sample size between 1 and n: n when even, k when k share all', () => {
    fc.assert(fc.property(lists, (list) => {
      const size = effectiveSampleSize(normalisedWeights(Float64Array.from(list)));
      expect(size).toBeGreaterThan(1 - 1e-9);
      expect(size).toBeLessThan(list.length + 1e-9);
    }), { seed: 3, numRuns: 100 });
    expect(effectiveSampleSize(new Float64Array(7).fill(0.3))).toBeCloseTo(7, 12);
    expect(effectiveSampleSize(Float64Array.of(0, 5, 5, 0, 5))).toBeCloseTo(3, 12);
  });

  it('have a median', () => {
    expect(median(Float64Array.of(5, 1, 3))).toBe(3);
    expect(median(Float64Array.of(4, 1, 3, 2))).toBe(2.5);
  });
});
