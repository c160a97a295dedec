import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { benjaminiHochberg, benjaminiYekutieli, holm } from '../../../models/stats/adjust.ts';

const p = [0.01, 0.04, 0.03, 0.005, 0.8];

// Values of R's p.adjust(c(.01, .04, .03, .005, .8), method).
describe('adjusted p-values', () => {
  it('holm', () => {
    const expected = [0.04, 0.09, 0.09, 0.025, 0.8];
    holm(p).forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 12));
  });

  it('Benjamini and Hochberg', () => {
    const expected = [0.025, 0.05, 0.05, 0.025, 0.8];
    benjaminiHochberg(p).forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 12));
  });

  it('Benjamini and Yekutieli multiplies by the harmonic sum', () => {
    const harmonic = 1 + 1 / 2 + 1 / 3 + 1 / 4 + 1 / 5;
    const expected = [0.025, 0.05, 0.05, 0.025, 0.8].map((value) => Math.min(1, value * harmonic));
    benjaminiYekutieli(p).forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 12));
  });

  it('keeps the order of p, is never below p, and BH never above Holm', () => {
    fc.assert(fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 20 }), (values) => {
      const h = holm(values), b = benjaminiHochberg(values);
      for (let i = 0; i < values.length; i++) {
        expect(b[i]).toBeGreaterThanOrEqual(values[i]!);
        expect(h[i]).toBeGreaterThanOrEqual(b[i]! * (1 - 1e-12));
        const above = h.filter((_, j) => values[j]! > values[i]!);
        expect(Math.min(...above, Infinity)).toBeGreaterThanOrEqual(h[i]!);
      }
    }), { seed: 1 });
    expect(holm([])).toEqual([]);
  });
});
