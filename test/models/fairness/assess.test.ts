import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../models/engine/random.ts';
import { assessGap, decide, TOO_NEAR } from '../../../models/fairness/assess.ts';
import { detectableDifference, detectableRatio } from '../../../models/fairness/detectable.ts';
import { criticalValue } from '../../../models/fairness/max-t-distribution.ts';
import { drawRateMaxT } from '../../../models/fairness/max-t.ts';
import { drawAtParity, expectedDifference, expectedRatio } from '../../../models/fairness/parity-draws.ts';
import { differenceEnds } from '../../../models/fairness/rate-gap.ts';
import type { RateFamily } from '../../../models/fairness/rates.ts';
import { binomialSampler } from '../../../models/stats/binomial.ts';

function family(x: readonly number[], n: readonly number[]): RateFamily {
  return { x: Float64Array.from(x), n: Float64Array.from(n), groups: Int32Array.from(n.keys()) };
}

function assess(x: readonly number[], n: readonly number[], complete = true, tolerance = 0.05) {
  const rates = family(x, n);
  return assessGap({ ends: differenceEnds([rates], tolerance), null: drawRateMaxT(rates, randomStream(3, 'assess')), level: 0.95, scale: 'difference',
    rows: n.reduce((a, b) => a + b, 0), complete, tested: true });
}

describe('decide', () => {
  it('has three answers, and no parity from some of the groups', () => {
    expect([decide(0.05, 1, 0.95, true), decide(0.06, 0.025, 0.95, true), decide(0.06, 0.026, 0.95, true), decide(0.06, 0.001, 0.95, false), decide(0.01, 1, 0.95, false)])
      .toEqual(['disparity', 'parity', 'undecided', 'undecided', 'disparity']);
  });
});

describe('assessGap', () => {
  it('agrees with its own interval', () => {
    const clear = assess([600, 300], [1000, 1000]);
    expect(clear.verdict).toBe('disparity');
    expect(clear.interval[0]).toBeGreaterThan(0.05);
    const equal = assess([3000, 3010], [10_000, 10_000]);
    expect(equal.verdict).toBe('parity');
    expect(equal.interval[1]).toBeLessThan(0.05);
    expect(equal.rows_needed).toBeNull();
  });

  it('names the rows that would settle it, and enough of them do', () => {
    const open = assess([60, 75], [200, 200]);
    expect(open.verdict).toBe('undecided');
    expect(open.rows_needed).toBe(TOO_NEAR);
    const wide = assess([110, 150], [400, 400]), [few, many] = wide.rows_needed as readonly [number, number];
    expect(wide.verdict).toBe('undecided');
    expect(few).toBeGreaterThanOrEqual(800);
    const scale = many / 800;
    expect(assess([110 * scale, 150 * scale].map(Math.round), [400 * scale, 400 * scale].map(Math.round)).verdict).toBe('disparity');
  });
});

describe('detectable', () => {
  it('is a gap whose lower end passes the tolerance about four times in five', () => {
    const n = [600, 400] as const, pooled = 0.3, tolerance = 0.05;
    const critical = criticalValue(drawRateMaxT(family([180, 120], n), randomStream(1, 'critical')), 0.95);
    const delta = detectableDifference({ n, pooled, critical, tolerance })!;
    const samplers = [binomialSampler(n[0], pooled + delta * 0.4), binomialSampler(n[1], pooled - delta * 0.6)];
    const random = randomStream(5, 'power');
    let found = 0;
    for (let t = 0; t < 1000; t++) {
      const drawn = family(samplers.map((sample) => sample(random)), n);
      if (differenceEnds([drawn], tolerance).near(critical) > tolerance) found++;
    }
    expect(Math.abs(found / 1000 - 0.8)).toBeLessThan(0.06);
  });

  it('does not exist where groups are too small', () => {
    expect(detectableDifference({ n: [2, 2], pooled: 0.5, critical: 2, tolerance: 0.05 })).toBeNull();
    expect(detectableRatio({ n: [2, 2], pooled: 0.5, critical: 2, tolerance: 0.8 })).toBeNull();
    expect(detectableRatio({ n: [9000, 9000], pooled: 0.5, critical: 2, tolerance: 0.8 })).toBeGreaterThan(0.7);
  });
});

describe('expected at parity', () => {
  it('is the mean absolute difference of two normal means', () => {
    const draws = drawAtParity(family([500, 300], [1000, 600]), randomStream(4, 'parity'));
    const { mean, q95 } = expectedDifference([draws]);
    const se = Math.sqrt(0.25 / 1000 + 0.25 / 600);
    expect(mean).toBeCloseTo(se * Math.sqrt(2 / Math.PI), 3);
    expect(q95).toBeCloseTo(1.96 * se, 2);
    expect(expectedRatio([draws]).q95).toBeLessThan(expectedRatio([draws]).mean);
  });
});
