import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../models/engine/random.ts';
import { assessGap } from '../../../models/fairness/assess.ts';
import { criticalValue, joinMaxT, maxT, maxTailP, raiseMaxT } from '../../../models/fairness/max-t-distribution.ts';
import { drawRateMaxT, drawRatesMaxT } from '../../../models/fairness/max-t.ts';
import { differenceEnds, ratioEnds } from '../../../models/fairness/rate-gap.ts';
import type { RateFamily } from '../../../models/fairness/rates.ts';
import { binomialSampler } from '../../../models/stats/binomial.ts';
import { normalCritical, normalTail } from '../../../models/stats/normal.ts';
import { ratioScore } from '../../../models/stats/score-ratio.ts';

function family(x: readonly number[], n: readonly number[]): RateFamily {
  return { x: Float64Array.from(x), n: Float64Array.from(n), groups: Int32Array.from(n.keys()) };
}

describe('differenceEnds', () => {
  it('is the interval of Agresti and Caffo for two groups', () => {
    const ends = differenceEnds([family([30, 12], [50, 40])], 0);
    const p = 31 / 52, q = 13 / 42, se = Math.sqrt((p * (1 - p)) / 52 + (q * (1 - q)) / 42);
    expect(ends.near(1.96)).toBeCloseTo(p - q - 1.96 * se, 12);
    expect(ends.far(1.96)).toBeCloseTo(p - q + 1.96 * se, 12);
    expect(ends.beyond).toBeCloseTo((p - q) / se, 12);
  });

  it('takes the extreme pair, whatever the order of the groups', () => {
    const one = differenceEnds([family([5, 40, 20], [50, 80, 60])], 0.05), other = differenceEnds([family([20, 5, 40], [60, 50, 80])], 0.05);
    for (const c of [0, 1, 2.5]) {
      expect(one.near(c)).toBeCloseTo(other.near(c), 12);
      expect(one.far(c)).toBeCloseTo(other.far(c), 12);
    }
    expect(one.near(one.beyond)).toBeCloseTo(0.05, 12);
  });

  it('stays within [0, 1]', () => {
    const ends = differenceEnds([family([0, 1], [1, 1])], 0.05);
    expect(ends.near(2)).toBe(0);
    expect(ends.far(5)).toBe(1);
  });
});

describe('ratioEnds', () => {
  it('has Koopman\'s limits for two groups', () => {
    const ends = ratioEnds([family([36, 16], [40, 80])], 0.8);
    // 36/40 against 16/80 gives (2.94, 7.15); the smaller over the larger is its inverse.
    expect(ends.far(normalCritical(0.95))).toBeCloseTo(1 / 7.15, 3);
    expect(ends.near(normalCritical(0.95))).toBeCloseTo(1 / 2.94, 3);
    expect(ends.beyond).toBeCloseTo(-ratioScore(16, 80, 36, 40, 0.8), 12);
  });

  it('is 0 below without events in a group and says nothing without events at all', () => {
    expect(ratioEnds([family([0, 9], [20, 20])], 0.8).far(1.96)).toBe(0);
    const nothing = ratioEnds([family([0, 0], [20, 30])], 0.8);
    expect([nothing.far(1.96), nothing.near(1.96)]).toEqual([0, 1]);
  });
});

describe('max-T', () => {
  it('of two large groups is a normal deviate, and of more groups that of Tukey\'s range', () => {
    const two = drawRateMaxT(family([4000, 5000], [10_000, 10_000]), randomStream(1, 'two'));
    expect(criticalValue(two, 0.95)).toBeCloseTo(1.96, 1);
    // q(.95; 4, ∞)/√2 = 3.633/√2.
    const four = drawRateMaxT(family([4000, 4000, 4000, 4000], [10_000, 10_000, 10_000, 10_000]), randomStream(1, 'four'));
    expect(criticalValue(four, 0.95)).toBeCloseTo(2.569, 1);
    expect(criticalValue(joinMaxT([two, four]), 0.95)).toBeGreaterThan(criticalValue(four, 0.95));
  });

  it('gives p from the draws, and the union bound in the tail', () => {
    const three = drawRateMaxT(family([300, 300, 300], [1000, 1000, 1000]), randomStream(2, 'p'));
    const exceeding = three.sorted!.filter((value) => value >= 2).length;
    expect(maxTailP(three, 2)).toBe((1 + exceeding) / 10_001);
    expect(maxTailP(three, 8)).toBeCloseTo(6 * normalTail(8), 20);
    expect(maxTailP(three, 60)).toBeGreaterThan(0);
    expect(maxTailP(three, -1)).toBe(1);
  });

  it('falls back to the bound above 60 groups', () => {
    const many = drawRateMaxT(family(new Array<number>(70).fill(3), new Array<number>(70).fill(10)), randomStream(2, 'many'));
    expect(many.sorted).toBeNull();
    expect(70 * 69 * normalTail(criticalValue(many, 0.95))).toBeCloseTo(0.05, 9);
  });
});

describe('raiseMaxT', () => {
  it('has the larger of both quantiles at every rank, in the order of the first', () => {
    const raised = raiseMaxT(maxT(Float64Array.of(3, 1, 2, 9), 2), maxT(Float64Array.of(4, 2.5, 0, 5), 6));
    expect([raised.draws, raised.sorted, raised.comparisons]).toEqual([Float64Array.of(4, 1, 2.5, 9), Float64Array.of(1, 2.5, 4, 9), 2]);
    expect(() => raiseMaxT(maxT(Float64Array.of(1), 2), maxT(null, 2))).toThrow(RangeError);
  });
});

/** Share of seeded trials whose interval holds the true gap. */
function coverage(n: readonly number[], rates: readonly number[], scale: 'difference' | 'ratio', trials = 400): number {
  const samplers = n.map((trialsOf, i) => binomialSampler(trialsOf, rates[i]!));
  const most = Math.max(...rates), least = Math.min(...rates), truth = scale === 'ratio' ? least / most : most - least;
  let covered = 0;
  for (let t = 0; t < trials; t++) {
    const random = randomStream(11, `coverage/${scale}`, t);
    const drawn = family(samplers.map((sample) => sample(random)), n);
    const { interval } = assessGap({ level: 0.95, scale, rows: 1, complete: true, tested: false,
      ends: scale === 'ratio' ? ratioEnds([drawn], 0.8) : differenceEnds([drawn], 0.05),
      null: scale === 'ratio' ? drawRatesMaxT(drawn, random, 300).ratio : drawRateMaxT(drawn, random, 300) });
    if (interval[0] <= truth + 1e-9 && truth <= interval[1] + 1e-9) covered++;
  }
  return covered / trials;
}

// Floor: .95 less 4 standard errors of 400 trials and the noise of 300 draws. A plain bootstrap of max − min covers 0 % at parity.
describe('coverage at level .95', () => {
  it.each([
    ['parity, two groups', [80, 60], [0.3, 0.3]], ['parity, eight groups of 100', new Array<number>(8).fill(100), new Array<number>(8).fill(0.3)],
    ['parity, rare events, unequal groups', [1000, 100, 50, 20], [0.02, 0.02, 0.02, 0.02]], ['a gap', [200, 100, 30], [0.5, 0.3, 0.4]],
    ['a gap near the edge', [500, 500], [0.98, 0.9]],
  ] as const)('%s', (_, n, rates) => {
    expect(coverage(n, rates, 'difference')).toBeGreaterThan(0.9);
    expect(coverage(n, rates, 'ratio')).toBeGreaterThan(0.9);
  });

  it('ratios of nearly certain events in small groups: draws at the groups\' own smoothed rates alone cover 90 %', () => {
    expect(coverage([200, 30, 200, 30], [0.98, 0.98, 0.98, 0.98], 'ratio', 600)).toBeGreaterThan(0.93);
  });
});
