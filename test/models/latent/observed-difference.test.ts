import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../models/engine/random.ts';
import { observedDifference } from '../../../models/latent/observed-difference.ts';

const options = { units: 2, latent: 1, centre: 10, sigma: 2, step: 1, level: 0.95 };
// In standard deviations: −1.6, −1.5, −1, −.5, 0, .5, 1.25, 1.5, 1.6; the first unit says nothing.
const mu = Float32Array.from([-1.6, -1.5, -1, -0.5, 0, 0.5, 1.25, 1.5, 1.6].flatMap((at) => [99, 10 + 2 * at]));
const score = Float64Array.of(0.9, 0.1, 0.2, 0.3, 0.9, 0.5, 0.7, 0.9, 0.1);

describe('observedDifference', () => {
  it('compares rows within half a standard deviation of either end, with Welch’s interval', () => {
    // High: .5, .7, .9 (mean .7, s = .2); low: .1, .2, .3 (mean .2, s = .1). se² = .04/3 + .01/3 = .0166667;
    // degrees = .0166667² / ((.04/3)²/2 + (.01/3)²/2) = 2.941176, t.975 = 3.21776, half = .415411.
    const { difference, interval, lowRows, highRows } = observedDifference({ mu, score }, options)!;
    expect([difference, lowRows, highRows]).toEqual([expect.closeTo(0.5, 12), 3, 3]);
    expect(interval[0]).toBeCloseTo(0.5 - 0.4154, 3);
    expect(interval[1]).toBeCloseTo(0.5 + 0.4154, 3);
  });

  it('is null with fewer than two rows in a band, and exact where scores do not vary', () => {
    expect(observedDifference({ mu: mu.subarray(0, 14), score: score.subarray(0, 7) }, { ...options, step: 3 })).toBeNull();
    expect(observedDifference({ mu, score: score.map(() => 0.5) }, options)).toEqual({ difference: 0, interval: [0, 0], lowRows: 3, highRows: 3 });
  });

  it('covers the true difference as often as its level says', () => {
    const random = randomStream(8, 'bands'), trials = 500;
    let covered = 0;
    for (let trial = 0; trial < trials; trial++) {
      const z = Float32Array.from({ length: 300 }, () => random.normal());
      // Independent of z but for its sign: the bands differ by .2.
      const own = Float64Array.from(z, (value) => 0.5 + 0.1 * Math.sign(value) + 0.1 * random.normal());
      const [low, high] = observedDifference({ mu: z, score: own }, { units: 1, latent: 0, centre: 0, sigma: 1, step: 1, level: 0.9 })!.interval;
      covered += Number(low <= 0.2 && 0.2 <= high) / trials;
    }
    expect(covered).toBeGreaterThan(0.86);
    expect(covered).toBeLessThan(0.94);
  });
});
