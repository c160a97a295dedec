import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../models/engine/random.ts';
import { poissonBinomialTail } from '../../../models/slices/poisson-binomial-tail.ts';

/** P(K ≥ k) over all outcomes, one by one. */
function byEnumeration(k: number, rates: readonly number[]): number {
  let tail = 0;
  for (let outcome = 0; outcome < 2 ** rates.length; outcome++) {
    const successes = rates.filter((_, i) => (outcome >> i) % 2 === 1).length;
    if (successes >= k) tail += rates.reduce((product, rate, i) => product * ((outcome >> i) % 2 === 1 ? rate : 1 - rate), 1);
  }
  return tail;
}

describe('poissonBinomialTail', () => {
  it('is the sum over all outcomes', () => {
    const rates = [0.1, 0.9, 0.35, 0.5, 0.02, 0, 1];
    for (let k = 0; k <= 8; k++) expect(poissonBinomialTail(k, Float64Array.from(rates))).toBeCloseTo(byEnumeration(k, rates), 12);
  });

  it('is the binomial tail at equal rates: 93/256 for five or more heads of eight', () => {
    expect(poissonBinomialTail(5, new Float64Array(8).fill(0.5))).toBeCloseTo(93 / 256, 12);
  });

  it('goes over from the exact to the approximate tails without a step, rare events included', () => {
    const random = randomStream(0, 'test/tail');
    for (const [scale, k] of [[0.02, 15], [0.02, 22], [0.02, 32], [0.02, 40], [0.6, 590], [0.6, 640], [0.6, 680]] as const) {
      const rates = Float64Array.from({ length: 2000 }, () => scale * random.uniform()), exact = poissonBinomialTail(k, rates);
      // A trial that cannot succeed changes nothing but the way.
      const refined = poissonBinomialTail(k, Float64Array.from([...rates, 0]));
      expect(exact).toBeGreaterThan(1e-7);
      expect(Math.abs(Math.log(refined / exact))).toBeLessThan(0.03);
    }
  });

  it('is 1 for none and 0 for more than there are', () => {
    expect(poissonBinomialTail(0, new Float64Array(0))).toBe(1);
    expect(poissonBinomialTail(1, new Float64Array(0))).toBe(0);
    expect(poissonBinomialTail(1, new Float64Array(3000))).toBe(0);
  });
});
