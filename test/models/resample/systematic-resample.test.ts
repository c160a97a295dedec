import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../models/engine/random.ts';
import { systematicResample } from '../../../models/resample/systematic-resample.ts';
import { takeRows } from '../../../models/resample/take-rows.ts';
import { normalisedWeights } from '../../../models/resample/weights.ts';

function counts(drawn: Uint32Array, rows: number): Float64Array {
  const result = new Float64Array(rows);
  for (const row of drawn) result[row]!++;
  return result;
}

describe('systematicResample', () => {
  it('draws every row ⌊w⌋ or ⌈w⌉ times', () => {
    fc.assert(fc.property(fc.array(fc.double({ min: -6, max: 3, noNaN: true }), { minLength: 1, maxLength: 60 }), fc.integer({ min: 0, max: 1000 }), (list, seed) => {
      const weights = normalisedWeights(Float64Array.from(list)), drawn = systematicResample(weights, list.length, randomStream(seed, 'r'));
      expect(drawn).toHaveLength(list.length);
      for (const [row, count] of counts(drawn, list.length).entries()) expect(Math.abs(count - weights[row]!)).toBeLessThan(1 + 1e-6);
    }), { seed: 4, numRuns: 200 });
  });

  it('draws each row as often as its weight says on average', () => {
    const weights = Float64Array.of(0.25, 1.75, 0.5, 1.5), total = new Float64Array(4);
    for (let seed = 0; seed < 4000; seed++) for (const row of systematicResample(weights, 4, randomStream(seed, 'r'))) total[row]! += 1 / 4000;
    // The standard error of a mean is at most .008.
    for (const [row, mean] of total.entries()) expect(Math.abs(mean - weights[row]!)).toBeLessThan(0.04);
  });

  it('never draws a row of weight 0, and gives even weights back as they are', () => {
    expect([...systematicResample(Float64Array.of(0, 2, 0, 2, 0), 4, randomStream(1, 'r'))]).toEqual([1, 1, 3, 3]);
    expect([...systematicResample(new Float64Array(5).fill(1), 5, randomStream(2, 'r'))]).toEqual([0, 1, 2, 3, 4]);
    expect(() => systematicResample(new Float64Array(3), 3, randomStream(0, 'r'))).toThrow(RangeError);
  });

  it('takes the drawn rows out of a table, missing values too', () => {
    const table = { rows: 3, columns: [
      { kind: 'number' as const, name: 'x', values: Float64Array.of(1, Number.NaN, 3) },
      { kind: 'category' as const, name: 'c', codes: Int32Array.of(-1, 0, 1), levels: ['a', 'b'] },
    ] };
    const [x, c] = takeRows(table, Uint32Array.of(2, 2, 1, 0)).columns;
    expect(x).toEqual({ kind: 'number', name: 'x', values: Float64Array.of(3, 3, Number.NaN, 1) });
    expect(c).toEqual({ kind: 'category', name: 'c', codes: Int32Array.of(1, 1, 0, -1), levels: ['a', 'b'] });
  });
});
