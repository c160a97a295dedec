import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wilson } from '../../../models/stats/wilson.ts';

describe('wilson', () => {
  // Newcombe 1998 (Statistics in Medicine 17), table I, method 3.
  it.each([[81, 263, 0.2553, 0.3662], [15, 148, 0.0624, 0.1605], [0, 20, 0, 0.1611], [1, 29, 0.0061, 0.1718]])('%i of %i', (x, n, low, high) => {
    const [lower, upper] = wilson(x, n, 0.95);
    expect(lower).toBeCloseTo(low, 4);
    expect(upper).toBeCloseTo(high, 4);
  });

  it('has the ends that the score test just rejects, and is symmetric', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 500 }), fc.double({ min: 0, max: 1, noNaN: true }), (n, share) => {
      const x = Math.round(share * n);
      const [low, high] = wilson(x, n, 0.9);
      for (const end of [low, high].filter((value) => value > 1e-9 && value < 1 - 1e-9)) {
        expect(Math.abs(x / n - end) / Math.sqrt((end * (1 - end)) / n)).toBeCloseTo(1.6448536, 5);
      }
      expect(wilson(n - x, n, 0.9)[0]).toBeCloseTo(1 - high, 12);
    }), { seed: 1 });
  });

  it('knows nothing from no trial', () => {
    expect(wilson(0, 0, 0.95)).toEqual([0, 1]);
  });
});
