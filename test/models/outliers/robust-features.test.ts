import { array, assert, constantFrom, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { robustFeatures } from '../../../models/outliers/robust-features.ts';
import { matrixOf } from './planted.ts';

const rows = Array.from({ length: 101 }, (_, i) => [i < 90 ? -0.2 : i < 100 ? i : 1e6, i]);
const x = matrixOf(rows), read = robustFeatures(x, [0, 1]), at = (value: number): number => read(matrixOf([[value, 0]])).values[0]!;

/** Whether a column of values is read on the robust scale. */
const isRead = (values: readonly number[]): boolean => {
  const column = matrixOf(values.map((value) => [value]));
  return robustFeatures(column, [0])(column) !== column;
};

describe('robustFeatures', () => {
  it('finds a value that more than half of the rows have, wherever they are', () => {
    assert(property(array(constantFrom(-0, 0, 1, 2, 3), { minLength: 1, maxLength: 40 }), (values) => {
      const most = Math.max(...values.map((value) => values.filter((other) => other === value).length));
      expect(isRead(values)).toBe(most > values.length / 2 && most < values.length);
    }), { numRuns: 500, seed: 1 });
  });

  it('puts a dominant value at 0 and others beyond 1, in order of their distance, near however far they are', () => {
    expect(at(-0.2)).toBe(0);
    expect(at(90)).toBeGreaterThan(1);
    expect(at(95)).toBeGreaterThan(at(90));
    expect(at(1e6)).toBeGreaterThan(at(99));
    expect(at(1e6)).toBeLessThan(4);
    // Of 11 distances the sixth is the median, whose half-normal score is Φ⁻¹(3/4) at rank 6 of 12.
    expect(at(95)).toBeCloseTo(1 + 0.6744898, 5);
    expect(at(-96)).toBeLessThan(-1);
  });

  it('leaves features without a dominant value, and those that are no numbers, as they are', () => {
    const read1 = read(x).values;
    expect(read1.filter((_, i) => i % 2 === 1)).toEqual(x.values.filter((_, i) => i % 2 === 1));
    expect(robustFeatures(x, [1])(x)).toBe(x);
    expect(robustFeatures(matrixOf([[3], [3]]), [0])(matrixOf([[4]])).values[0]).toBe(4);
  });
});
