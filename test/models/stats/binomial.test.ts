import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../models/engine/random.ts';
import { binomialSampler, logBinomialMass } from '../../../models/stats/binomial.ts';

describe('binomialSampler', () => {
  it.each([[5, 0.3], [40, 0.02], [1000, 0.97], [2_000_000, 0.24]])('n %i, rate %f: draws follow the exact distribution', (n, rate) => {
    const sample = binomialSampler(n, rate);
    const random = randomStream(1, 'binomial');
    const draws = 40_000;
    let sum = 0, squares = 0;
    const counts = new Map<number, number>();
    for (let i = 0; i < draws; i++) {
      const x = sample(random);
      sum += x - n * rate;
      squares += (x - n * rate) ** 2;
      counts.set(x, (counts.get(x) ?? 0) + 1);
    }
    const variance = n * rate * (1 - rate);
    expect(Math.abs(sum / draws)).toBeLessThan(4 * Math.sqrt(variance / draws));
    expect(squares / draws / variance).toBeCloseTo(1, 1);
    let chi = 0, cells = 0;
    for (const [x, observed] of counts) {
      const expected = draws * Math.exp(logBinomialMass(x, n, rate));
      if (expected < 20) continue;
      chi += (observed - expected) ** 2 / expected;
      cells++;
    }
    expect(chi).toBeLessThan(cells + 4 * Math.sqrt(2 * cells));
  });

  it('knows the certain cases', () => {
    const random = randomStream(1, 'certain');
    expect([binomialSampler(0, 0.5)(random), binomialSampler(9, 0)(random), binomialSampler(9, 1)(random)]).toEqual([0, 0, 9]);
  });
});
