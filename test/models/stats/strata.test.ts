import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../models/engine/random.ts';
import { binomialSampler } from '../../../models/stats/binomial.ts';
import { mantelHaenszel } from '../../../models/stats/mantel-haenszel.ts';
import { newcombe } from '../../../models/stats/newcombe.ts';

describe('newcombe', () => {
  // Newcombe 1998, table II, method 10: examples (a), (b), (f).
  it.each([[56, 70, 48, 80, 0.0524, 0.3339], [9, 10, 3, 10, 0.1705, 0.809], [10, 10, 0, 20, 0.6791, 1]])('%i/%i − %i/%i', (x1, n1, x2, n2, low, high) => {
    const [lower, upper] = newcombe(x1, n1, x2, n2, 0.95);
    expect(lower).toBeCloseTo(low, 3);
    expect(upper).toBeCloseTo(high, 3);
  });
});

describe('mantelHaenszel', () => {
  it('of one stratum is the plain difference, and strata with one side weigh nothing', () => {
    const one = mantelHaenszel([{ x1: 30, n1: 50, x2: 20, n2: 60 }], 0.95)!;
    expect(one.value).toBeCloseTo(30 / 50 - 20 / 60, 12);
    expect(mantelHaenszel([{ x1: 30, n1: 50, x2: 20, n2: 60 }, { x1: 3, n1: 3, x2: 0, n2: 0 }], 0.95)).toEqual(one);
    expect(mantelHaenszel([{ x1: 3, n1: 3, x2: 0, n2: 0 }], 0.95)).toBeNull();
  });

  it('covers the common difference over many small strata', () => {
    const truth = 0.15;
    let covered = 0;
    for (let t = 0; t < 300; t++) {
      const random = randomStream(7, 'strata', t);
      const strata = Array.from({ length: 30 }, (_, s) => {
        const base = 0.1 + 0.02 * s;
        return { n1: 6, n2: 9, x1: binomialSampler(6, base + truth)(random), x2: binomialSampler(9, base)(random) };
      });
      const [low, high] = mantelHaenszel(strata, 0.95)!.interval;
      if (low <= truth && truth <= high) covered++;
    }
    expect(covered / 300).toBeGreaterThan(0.91);
    expect(covered / 300).toBeLessThan(0.99);
  });
});
