import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../models/engine/random.ts';
import { fitSurprise } from '../../../models/outliers/surprise.ts';

const random = randomStream(0, 'test');
const normals = Float64Array.from({ length: 4000 }, () => 3 + random.normal());

describe('fitSurprise', () => {
  it('is −ln(1 − rank) within the bulk and the normal tail beyond the largest fitted score', () => {
    const surprise = fitSurprise(normals), sorted = normals.toSorted();
    for (const rank of [0.2, 0.5, 0.8, 0.95]) expect(Math.abs(surprise(sorted[rank * 4000]!) + Math.log(1 - rank))).toBeLessThan(0.1);
    // −ln Φ̄(6) = 20.7; the extrapolation may be off by some nats, but it goes on.
    expect(surprise(9)).toBeGreaterThan(14);
    expect(surprise(10)).toBeGreaterThan(surprise(9));
    expect(surprise(1e6)).toBeLessThan(60);
  });

  it('never falls as the score rises', () => {
    const surprise = fitSurprise(normals), at = Array.from({ length: 400 }, (_, i) => surprise(-5 + i * 0.1));
    expect(at.every((value, i) => value >= 0 && (i === 0 || value >= at[i - 1]!))).toBe(true);
  });

  it('falls back to ranks, ties sharing theirs, where the bulk is one value or there are few rows', () => {
    const flat = fitSurprise(Float64Array.from({ length: 100 }, (_, i) => (i < 95 ? 0 : i)));
    expect(flat(0)).toBeCloseTo(-Math.log(1 - 48 / 101), 12);
    expect(flat(99)).toBeCloseTo(-Math.log(1 - 100 / 101), 12);
    const few = fitSurprise(Float64Array.from([1, 2, 3]));
    expect([2, 2.5, 4].map(few)).toEqual([0.5, 2.5 / 4, 3.5 / 4].map((rank) => -Math.log(1 - rank)));
  });
});
