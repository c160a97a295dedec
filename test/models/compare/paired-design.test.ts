import { describe, expect, it } from 'vitest';
import { designedChange, designedGap } from '../../../models/compare/paired-design.ts';
import { meanChange } from '../../../models/compare/paired-means.ts';
import { matchRows } from '../../../models/compare/match-rows.ts';
import { gapChange } from '../../../models/compare/paired-rates.ts';
import { randomStream } from '../../../models/engine/random.ts';

const keysOf = (n: number, first = 0): string[] => Array.from({ length: n }, (_, i) => `r${i + first}`);
const units = (n: number, fresh: number, of: (row: number) => number, count: number) => ({ first: Int32Array.from({ length: n }, (_, i) => of(i)), second: Int32Array.from({ length: n }, (_, i) => of(i + fresh)), units: count });

describe('changes of gaps of weighted or clustered rows', () => {
  it('of equal weights and rows that stand alone are those of paired means', () => {
    const random = randomStream(1, 'design'), n = 3000, fresh = 1000, x = Float64Array.from({ length: n + fresh }, () => random.normal()), y = x.map((value) => value + 0.3 * random.normal()), codes = Int32Array.from({ length: n }, (_, i) => i % 2), first = x.slice(0, n), second = y.slice(fresh);
    const found = designedChange(designedGap(first, codes, null, [0, 1])!, designedGap(second, codes, new Float64Array(n).fill(2), [0, 1])!, units(n, fresh, (i) => i, n + fresh), 0.95)!;
    const only = (values: Float64Array, group: number): Float64Array => values.map((value, i) => (codes[i] === group ? value : Number.NaN)), match = matchRows(keysOf(n), keysOf(n, fresh));
    const plain = gapChange(meanChange(only(first, 0), only(second, 0), match)!, meanChange(only(first, 1), only(second, 1), match)!, 0.95);
    expect(found.value).toBeCloseTo(plain.value, 12);
    expect((found.interval[1] - found.interval[0]) / (plain.interval[1] - plain.interval[0])).toBeCloseTo(1, 2);
  });

  it('of rows in clusters hold no change in nineteen of twenty audits, which rows taken for independent do not', () => {
    const random = randomStream(2, 'clusters'), clusters = 60, size = 20, n = clusters * size, codes = Int32Array.from({ length: n }, (_, i) => (Math.floor(i / size) % 2));
    let held = 0, plain = 0;
    for (let trial = 0; trial < 300; trial++) {
      // Each cluster moves by itself between the audits.
      const draw = (): Float64Array => { const moved = Float64Array.from({ length: clusters }, () => random.normal()); return Float64Array.from({ length: n }, (_, i) => moved[Math.floor(i / size)]! + random.normal()); };
      const a = designedGap(draw(), codes, null, [0, 1])!, b = designedGap(draw(), codes, null, [0, 1])!, holds = (of: (row: number) => number, count: number): number => { const [low, high] = designedChange(a, b, units(n, 0, of, count), 0.95)!.interval; return low <= 0 && 0 <= high ? 1 : 0; };
      held += holds((i) => Math.floor(i / size), clusters);
      plain += holds((i) => i, n);
    }
    expect(held / 300).toBeGreaterThan(0.92);
    expect(plain / 300).toBeLessThan(0.7);
  });

  it('are exactly nothing where nothing changed, swap with the audits, and are not told of a handful of units or a group without weight', () => {
    const x = Float64Array.from({ length: 40 }, (_, i) => (i * 7) % 11), y = x.map((value, i) => value + (i % 3)), w = x.map((value) => value + 1), codes = Int32Array.from(x, (_, i) => i % 2), of = units(40, 0, (i) => i % 20, 20);
    const a = designedGap(x, codes, w, [0, 1])!, b = designedGap(y, codes, w, [0, 1])!, found = designedChange(a, b, of, 0.95)!, back = designedChange(b, a, of, 0.95)!;
    expect(designedChange(a, a, of, 0.95)!.interval.map(Math.abs)).toEqual([0, 0]);
    expect([-back.interval[1], -back.interval[0]]).toEqual([expect.closeTo(found.interval[0], 12), expect.closeTo(found.interval[1], 12)]);
    expect(designedChange(a, b, units(40, 0, (i) => i % 7, 7), 0.95)).toBeNull();
    expect(designedGap(x, codes, w, [0, 2])).toBeNull();
  });
});
