import { array, assert, constantFrom, double, oneof, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countFlagged, qValues } from '../../../models/outliers/q-values.ts';
import { benjaminiHochberg } from '../../../models/stats/adjust.ts';

describe('q-values of many p-values', () => {
  it('are those of the list, ties and ends among them', () => {
    const p = oneof(double({ min: 0, max: 1, noNaN: true }), constantFrom(0, 1, 0.01, 0.5));
    assert(property(array(p, { maxLength: 60 }), (values) => {
      const expected = benjaminiHochberg(values);
      expect([...qValues(Float64Array.from(values))]).toEqual(expected);
      for (const fdr of [0, 0.05, 0.5, 1]) expect(countFlagged(Float64Array.from(values), fdr)).toBe(expected.filter((q) => q <= fdr).length);
    }), { numRuns: 300, seed: 1 });
  });
});
