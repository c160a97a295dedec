import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../models/engine/random.ts';
import { largestTau } from '../../../models/resample/largest-tau.ts';
import { effectiveSampleSize, normalisedWeights } from '../../../models/resample/weights.ts';

const random = randomStream(1, 'tau');
const logWeights = Float64Array.from({ length: 2000 }, () => 3 * random.normal());
const at = (tau: number): Float64Array => normalisedWeights(logWeights.map((value) => tau * value));

describe('largestTau', () => {
  it('meets the floor to within rounding', () => {
    for (const floor of [0.1, 0.5, 0.9]) {
      const tau = largestTau(at, floor), size = effectiveSampleSize(at(tau)) / 2000;
      expect(tau).toBeLessThan(1);
      expect(size).toBeGreaterThanOrEqual(floor);
      expect(size).toBeCloseTo(floor, 6);
    }
  });

  it('is that of two groups in closed form', () => {
    // 2 % of rows at weight r, the rest at 1: (.98 + .02 r)² = .5 (.98 + .02 r²) has the root r = 9.6.
    const two = Float64Array.from({ length: 1000 }, (_, row) => (row < 20 ? Math.log(100) : 0));
    const ratio = 100 ** largestTau((tau) => normalisedWeights(two.map((value) => tau * value)), 0.5);
    expect((0.98 + 0.02 * ratio) ** 2).toBeCloseTo(0.5 * (0.98 + 0.02 * ratio ** 2), 6);
  });

  it('is 1 where the floor holds there, and smaller for a higher floor', () => {
    expect(largestTau(at, 0)).toBe(1);
    expect(largestTau((tau) => normalisedWeights(logWeights.map((value) => 0.01 * tau * value)), 0.9)).toBe(1);
    const taus = [0.05, 0.2, 0.5, 0.8, 0.99].map((floor) => largestTau(at, floor));
    expect(taus).toEqual([...taus].sort((a, b) => b - a));
  });

  it('belongs to a size that falls all the way', () => {
    const sizes = Array.from({ length: 21 }, (_, i) => effectiveSampleSize(at(i / 20)));
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
  });
});
