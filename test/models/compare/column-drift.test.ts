import { describe, expect, it } from 'vitest';
import { columnDrift, ksDistance, sharedVariance, type DriftMeasure } from '../../../models/compare/column-drift.ts';
import { judge, sizeOf } from '../../../models/compare/judge.ts';
import { matchRows } from '../../../models/compare/match-rows.ts';
import { randomStream, type RandomStream } from '../../../models/engine/random.ts';
import type { CategoryColumn, NumberColumn } from '../../../models/table.ts';

const numbers = (values: readonly number[]): NumberColumn => ({ kind: 'number', name: 'x', values: Float64Array.from(values) });
const categories = (values: readonly (string | null)[]): CategoryColumn => {
  const levels = [...new Set(values.filter((value) => value !== null))];
  return { kind: 'category', name: 'c', levels, codes: Int32Array.from(values, (value) => (value === null ? -1 : levels.indexOf(value))) };
};
const NONE = matchRows([], []);
const by = (found: readonly DriftMeasure[], measure: string): DriftMeasure => found.find((each) => each.measure === measure)!;
const a = Array.from({ length: 150 }, (_, i) => ((i * 37) % 101) / 10), b = Array.from({ length: 120 }, (_, i) => ((i * 53) % 97) / 9 + 0.5);

describe('known answers (SciPy 1.17.1, NumPy)', () => {
  it('Kolmogorov and Smirnov, with and without ties', () => {
    expect(ksDistance(Float64Array.from(a).sort(), Float64Array.from(b).sort())).toBeCloseTo(0.10833333333333334, 12);
    expect(ksDistance(Float64Array.from(a, Math.floor).sort(), Float64Array.from(b, Math.floor).sort())).toBeCloseTo(0.095, 12);
  });

  it('standardised mean difference with its error', () => {
    const found = by(columnDrift(numbers(a), numbers(b), NONE, 0.95), 'smd');
    expect(found.value).toBeCloseTo(0.25024064838695453, 12);
    expect(found.interval![1] - Math.abs(found.value!)).toBeCloseTo(1.959963984540054 * Math.hypot(0.12297063852564406, 0.25024064838695453 / Math.sqrt(2 * 270)), 9);
  });

  it('total variation by hand, a missing value being a level', () => {
    const found = by(columnDrift(categories(['u', 'u', 'v', null]), categories(['u', 'w', 'w', 'w']), NONE, 0.95), 'total_variation');
    expect(found.value).toBeCloseTo(0.75, 12);
  });

  it('missing values of numbers', () => {
    const found = by(columnDrift(numbers([1, Number.NaN, 3, 4]), numbers([1, 2, 3, 4]), NONE, 0.95), 'missing');
    expect(found).toMatchObject({ before: 0.25, after: 0, value: 0.25 });
  });
});

describe('rows in both audits', () => {
  it('leave no noise when all of them are the same', () => {
    const keys = a.map((_, i) => String(i)), match = matchRows(keys, keys);
    for (const found of columnDrift(numbers(a), numbers(a), match, 0.95)) expect(found).toMatchObject({ value: 0, interval: [0, expect.closeTo(0, 7)] });
    expect(columnDrift(categories(a.map(String)), categories(a.map(String)), match, 0.95)[0]).toMatchObject({ value: 0, interval: [0, expect.closeTo(0, 7)] });
    expect(sharedVariance(100, 100, 100)).toBe(0);
    expect(sharedVariance(100, 200, 0)).toBeCloseTo(0.015, 12);
  });

  it('are told in whatever order they come', () => {
    const match = matchRows(['p', 'q', 'r'], ['r', 's', 'p']);
    expect([...match.first]).toEqual([2, 0]);
    expect([...match.second]).toEqual([0, 2]);
    expect([...match.added]).toEqual([1]);
    expect([...match.removed]).toEqual([1]);
  });

  it('make the error of a grown table what it is', () => {
    // 400 rows of which 300 stay and 100 are drawn anew: the difference of means over many draws against the interval's width.
    const random = randomStream(2, 'grown'), differences: number[] = [], halves: number[] = [];
    for (let draw = 0; draw < 400; draw++) {
      const first = Array.from({ length: 400 }, () => random.normal()), second = [...first.slice(0, 300), ...Array.from({ length: 100 }, () => random.normal())];
      const match = matchRows(first.map((_, i) => `a${i}`), second.map((_, i) => (i < 300 ? `a${i}` : `b${i}`))), found = by(columnDrift(numbers(first), numbers(second), match, 0.95), 'smd');
      differences.push(found.value!);
      halves.push((found.interval![1] - Math.abs(found.value!)) / 1.959963984540054);
    }
    const sd = Math.sqrt(differences.reduce((sum, d) => sum + d * d, 0) / differences.length), mean = halves.reduce((sum, h) => sum + h, 0) / halves.length;
    expect(mean / sd).toBeGreaterThan(0.88);
    expect(mean / sd).toBeLessThan(1.12);
  });
});

describe('three-way', () => {
  it('judges by where the interval lies', () => {
    expect(judge([0.06, 0.09], 0.05)).toBe('changed');
    expect(judge([0.01, 0.05], 0.05)).toBe('same');
    expect(judge([0.04, 0.09], 0.05)).toBe('undecided');
    expect(sizeOf([-0.3, -0.1])).toEqual([0.1, 0.3]);
    expect(sizeOf([-0.1, 0.3])).toEqual([0, 0.3]);
  });

  const share = (draw: (random: RandomStream) => readonly DriftMeasure[], measure: string, limit: number): { changed: number; same: number } => {
    const random = randomStream(6, `three-way/${measure}`), verdicts = Array.from({ length: 300 }, () => judge(by(draw(random), measure).interval!, limit));
    return { changed: verdicts.filter((verdict) => verdict === 'changed').length / 300, same: verdicts.filter((verdict) => verdict === 'same').length / 300 };
  };
  const normals = (random: RandomStream, n: number, shift: number): NumberColumn => numbers(Array.from({ length: n }, () => random.normal() + shift));
  const levels = (random: RandomStream, n: number, p: number): CategoryColumn => categories(Array.from({ length: n }, () => (random.uniform() < p ? 'u' : random.uniform() < 0.5 ? 'v' : 'w')));

  it('says "changed" of a drift at the limit at most as often as the level allows, and "same" of nothing in large samples', () => {
    const atLimit = share((random) => columnDrift(normals(random, 800, 0), normals(random, 800, 0.1), NONE, 0.95), 'smd', 0.1);
    expect(atLimit.changed).toBeLessThanOrEqual(0.05);
    expect(atLimit.same).toBeLessThanOrEqual(0.05);
    const still = share((random) => columnDrift(normals(random, 9_000, 0), normals(random, 9_000, 0), NONE, 0.95), 'ks', 0.05);
    expect(still).toEqual({ changed: 0, same: expect.any(Number) });
    expect(still.same).toBeGreaterThan(0.9);
  });

  it('keeps the level for total variation at the limit, and finds twice the limit', () => {
    expect(share((random) => columnDrift(levels(random, 1500, 0.4), levels(random, 1500, 0.45), NONE, 0.95), 'total_variation', 0.05).changed).toBeLessThanOrEqual(0.05);
    expect(share((random) => columnDrift(levels(random, 5000, 0.4), levels(random, 5000, 0.5), NONE, 0.95), 'total_variation', 0.05).changed).toBeGreaterThan(0.8);
  });
});
