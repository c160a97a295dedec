import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countBits, countCommon, eachBit, emptyBits, intersectBits, setBit, uniteBits, withoutBits, type Bits } from '../../../models/slices/bits.ts';
import { conditionsOn } from '../../../models/slices/conditions.ts';
import { countEvents } from '../../../models/slices/count-events.ts';
import { hypergeometricTail } from '../../../models/slices/hypergeometric-tail.ts';

const ROWS = 70;

function bitsOf(rows: readonly number[]): Bits {
  const bits = emptyBits(ROWS);
  for (const row of rows) setBit(bits, row);
  return bits;
}

describe('bits', () => {
  it('count and intersect as sets do', () => {
    const rows = fc.uniqueArray(fc.integer({ min: 0, max: ROWS - 1 }));
    fc.assert(fc.property(rows, rows, rows, (a, b, c) => {
      const both = a.filter((row) => b.includes(row)), all = both.filter((row) => c.includes(row));
      expect(countBits(bitsOf(a))).toBe(a.length);
      expect(countCommon(bitsOf(a), bitsOf(b))).toBe(both.length);
      expect(uniteBits(bitsOf(a), bitsOf(b))).toEqual(bitsOf([...new Set([...a, ...b])]));
      expect(withoutBits(bitsOf(a), bitsOf(b))).toEqual(bitsOf(a.filter((row) => !b.includes(row))));
      const visited: number[] = [];
      eachBit(bitsOf(a), (row) => visited.push(row));
      expect(visited).toEqual([...a].sort((x, y) => x - y));
      expect(intersectBits([bitsOf(a), bitsOf(b), bitsOf(c)])).toEqual(bitsOf(all));
    }));
  });
});

describe('countEvents', () => {
  const rows = bitsOf(Array.from({ length: 50 }, (_, i) => i)), event = bitsOf(Array.from({ length: 10 }, (_, i) => 3 * i));

  it('sets events beside the rates of the very rows, and one rate for all is a special case', () => {
    const rates = Float64Array.from({ length: ROWS }, (_, i) => (i % 2 === 0 ? 0.1 : 0.3));
    const own = countEvents(rows, event, rates);
    expect(own).toMatchObject({ size: 50, events: 10 });
    expect(own.expected).toBeCloseTo(10, 12);
    expect(countEvents(rows, event, new Float64Array(ROWS).fill(0.15)).deviate).toBeCloseTo(countEvents(rows, event, 0.15).deviate, 12);
    // 2.5 more than expected; the observed variance 50 × .2 × .8 is the larger one.
    expect(countEvents(rows, event, 0.15).deviate).toBeCloseTo(2.5 / Math.sqrt(8), 12);
    expect(countEvents(rows, event, 0.4).deviate).toBeCloseTo(-10 / Math.sqrt(12), 12);
  });

  it('has no deviate where nothing could happen', () => {
    expect(countEvents(rows, emptyBits(ROWS), 0).deviate).toBe(0);
    expect(countEvents(emptyBits(ROWS), event, 0.5).deviate).toBe(0);
  });
});

describe('hypergeometricTail', () => {
  it('is the share of all draws with at least k events, by enumeration', () => {
    // 7 rows of which 3 hold an event; draws of 4.
    const draws = Array.from({ length: 128 }, (_, mask) => mask).filter((mask) => mask.toString(2).replaceAll('0', '').length === 4);
    for (const k of [0, 1, 2, 3]) {
      const share = draws.filter((mask) => (mask & 7).toString(2).replaceAll('0', '').length >= k).length / draws.length;
      expect(hypergeometricTail(k, 4, 3, 7)).toBeCloseTo(share, 12);
    }
  });

  it('is the p of the lady tasting tea: 1/70 for all four, 17/70 for three', () => {
    expect(hypergeometricTail(4, 4, 4, 8)).toBeCloseTo(1 / 70, 12);
    expect(hypergeometricTail(3, 4, 4, 8)).toBeCloseTo(17 / 70, 12);
    expect(hypergeometricTail(0, 0, 4, 8)).toBe(1);
  });
});

describe('conditionsOn', () => {
  const rows = Uint32Array.from({ length: 100 }, (_, i) => i);

  it('cuts numbers at quantiles, a dominant value apart from the rest', () => {
    const column = { kind: 'number' as const, name: 'gain', values: Float64Array.from({ length: 100 }, (_, i) => (i < 80 ? 0 : i === 99 ? Number.NaN : i * 100)) };
    const conditions = conditionsOn(column, rows), texts = conditions.map(({ text }) => text);
    expect(texts).toContain('gain is missing');
    expect(texts).toContain('gain < 8,000');
    const least = conditions.find(({ text }) => text === 'gain ≥ 8,000')!;
    expect([0, 79, 80, 98, 99].map((row) => least.holds(row))).toEqual([false, false, true, true, false]);
  });

  it('names a range of one value by that value', () => {
    const column = { kind: 'number' as const, name: 'n', values: Float64Array.from({ length: 100 }, (_, i) => i % 3) };
    expect(conditionsOn(column, rows).map(({ text }) => text)).toContain('n = 1');
  });

  it('names levels that occur and the missing one', () => {
    const column = { kind: 'category' as const, name: 'c', levels: ['a', 'never', 'b'], codes: Int32Array.from({ length: 100 }, (_, i) => (i === 0 ? -1 : i % 2 === 0 ? 0 : 2)) };
    expect(conditionsOn(column, rows).map(({ text }) => text)).toEqual(['c = b', 'c = a', 'c is missing']);
  });
});
