import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { effectTest } from '../../../models/latent/effect-test.ts';

const CHANGES = Float64Array.of(0.1, 0.2, 0.15, 0.05, 0.25);

describe('effectTest', () => {
  it('has the paired t interval and the t test of a worked example', () => {
    // mean .15, s = .0790569, se = .0353553, t = 4.242641 on 4 degrees: two-sided p = .0132357; t.975 = 2.776445.
    const { effect, interval, pValue } = effectTest(CHANGES, 0, 0.95);
    expect(effect).toBeCloseTo(0.15, 12);
    expect(interval[0]).toBeCloseTo(0.15 - 2.776445 * 0.0353553, 6);
    expect(interval[1]).toBeCloseTo(0.15 + 2.776445 * 0.0353553, 6);
    expect(pValue).toBeCloseTo(0.0132357, 5);
  });

  it('agrees with its interval: beyond 0, and inside the tolerance', () => {
    fc.assert(fc.property(fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 3, maxLength: 30 }), fc.double({ min: 0.01, max: 0.9, noNaN: true }), (list, tolerance) => {
      const changes = Float64Array.from(list, (value) => value / 3), { interval, negligiblePValue } = effectTest(changes, tolerance, 0.9), { pValue } = effectTest(changes, 0, 0.9);
      fc.pre(changes.some((value) => Math.abs(value - changes[0]!) > 1e-6));
      expect(pValue < 0.1).toBe(interval[0] > 0 || interval[1] < 0);
      expect(negligiblePValue < 0.05).toBe(interval[0] > -tolerance && interval[1] < tolerance);
    }), { seed: 5, numRuns: 200 });
  });

  it('has no sign of its own, and less evidence for a larger tolerance', () => {
    expect(effectTest(CHANGES.map((value) => -value), 0.05, 0.95).pValue).toBe(effectTest(CHANGES, 0.05, 0.95).pValue);
    const p = [0, 0.05, 0.1, 0.15, 0.2].map((tolerance) => effectTest(CHANGES, tolerance, 0.95).pValue);
    expect(p).toEqual([...p].sort((a, b) => a - b));
  });

  it('decides nothing from one change, and everything from changes that do not vary', () => {
    expect(effectTest(Float64Array.of(0.5), 0.05, 0.95)).toEqual({ effect: 0.5, interval: [-1, 1], pValue: 1, negligiblePValue: 1 });
    expect(effectTest(new Float64Array(0), 0.05, 0.95).pValue).toBe(1);
    expect(effectTest(new Float64Array(9).fill(0.25), 0.05, 0.95)).toEqual({ effect: 0.25, interval: [0.25, 0.25], pValue: 0, negligiblePValue: 1 });
    expect(effectTest(new Float64Array(9), 0.05, 0.95)).toMatchObject({ pValue: 1, negligiblePValue: 0 });
  });
});
