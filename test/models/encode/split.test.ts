import { describe, expect, it } from 'vitest';
import { hashUnit, splitOf } from '../../../models/encode/split.ts';

const PERCENT = [60, 20, 20] as const;

/** Pearson's chi-squared of counts against equal expectation. */
function chiSquared(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

describe('the split', () => {
  it.each([['row numbers', (i: number) => String(i)], ['prefixed ids', (i: number) => `customer-${i}`], ['long common starts', (i: number) => `${'x'.repeat(200)}${i}`]])('is even over %s', (_name, key) => {
    for (const seed of [0, 1, 12_345_678_901]) {
      const counts = new Array<number>(100).fill(0);
      for (let i = 0; i < 100_000; i++) counts[Math.floor(hashUnit(key(i), seed) * 100)]!++;
      // 99 degrees of freedom: mean 99, standard deviation 14; 170 is five of them away.
      expect(chiSquared(counts)).toBeLessThan(170);
      expect(chiSquared(counts)).toBeGreaterThan(45);
    }
  });

  it('falls as the percentages say', () => {
    const counts = [0, 0, 0];
    for (let i = 0; i < 50_000; i++) counts[splitOf(String(i), PERCENT, 0)]!++;
    expect(counts[0]! / 50_000).toBeCloseTo(0.6, 1);
    expect(counts[1]! / 50_000).toBeCloseTo(0.2, 1);
    expect(splitOf('a', [100, 0, 0], 0)).toBe(0);
    expect(splitOf('a', [0, 100, 0], 0)).toBe(1);
    expect(splitOf('a', [0, 0, 100], 0)).toBe(2);
  });

  it('is independent between seeds', () => {
    let both = 0;
    for (let i = 0; i < 20_000; i++) both += Number(splitOf(String(i), [50, 50, 0], 1) === splitOf(String(i), [50, 50, 0], 2));
    expect(Math.abs(both / 20_000 - 0.5)).toBeLessThan(0.02);
  });

  it('is what it was when the first audit ran', () => {
    expect(['a', 'b', 'row 17', ''].map((key) => Math.round(hashUnit(key, 0) * 1e6))).toMatchInlineSnapshot(`
      [
        34922,
        288063,
        982011,
        672001,
      ]
    `);
  });
});
