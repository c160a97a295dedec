import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatColumns } from '../../../models/encode/concat-columns.ts';
import { identifierReason } from '../../../models/encode/identifier.ts';
import { profileColumn } from '../../../models/encode/profile-column.ts';
import { takeRows } from '../../../models/encode/take-rows.ts';
import type { Column } from '../../../models/table.ts';

function number(values: readonly number[]): Column {
  return { kind: 'number', name: 'a', values: Float64Array.from(values) };
}

describe('the profile of a column', () => {
  it('describes numbers', () => {
    const profile = profileColumn(number([4, 1, Number.NaN, 2, 3, 10]), ['feature'], null);
    expect(profile).toMatchObject({ kind: 'number', missing: 1, distinct: 5, categories: null });
    expect(profile.number).toMatchObject({ min: 1, q1: 2, median: 3, q3: 4, max: 10, mean: 4 });
    expect(profile.number!.std).toBeCloseTo(Math.sqrt(10), 12);
  });

  it('has a histogram that holds every value, in bins of a round width', () => {
    const values = fc.array(fc.double({ min: -1e12, max: 1e12, noNaN: true }), { minLength: 1, maxLength: 100 });
    fc.assert(fc.property(values, (cells) => {
      const { edges, counts } = profileColumn(number(cells), [], null).number!.histogram;
      expect(edges.length).toBe(counts.length + 1);
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(cells.length);
      expect(counts.length).toBeLessThanOrEqual(80);
      for (let i = 0; i < counts.length && counts.length > 1; i++) {
        expect(counts[i]).toBe(cells.filter((cell) => cell >= edges[i]! && cell < edges[i + 1]!).length);
      }
    }), { seed: 3, numRuns: 200 });
    expect(profileColumn(number([17, 90]), [], null).number!.histogram.edges.slice(0, 3)).toEqual([15, 20, 25]);
    expect(profileColumn(number([0, 1, 1, 3]), [], null).number!.histogram).toEqual({ edges: [0, 1, 2, 3, 4], counts: [1, 2, 0, 1] });
    expect(profileColumn(number([5, 5]), [], null).number!.histogram).toEqual({ edges: [5, 6], counts: [2] });
  });

  it('counts levels, most frequent first, ties by name, and sums up the others', () => {
    const levels = Array.from({ length: 15 }, (_, i) => `l${String.fromCharCode(111 - i)}`);
    const codes = Int32Array.from([...levels.keys(), 3, 3, 5, -1]);
    const profile = profileColumn({ kind: 'category', name: 'c', codes, levels }, ['label'], 'n');
    expect(profile).toMatchObject({ missing: 1, distinct: 15, number: null, note: 'n', categories: { others: 3 } });
    expect(profile.categories!.top.slice(0, 3)).toEqual([{ value: 'll', count: 3 }, { value: 'lj', count: 2 }, { value: 'la', count: 1 }]);
  });

  it('stands without any value', () => {
    expect(profileColumn(number([Number.NaN]), [], null)).toMatchObject({ missing: 1, distinct: 0, number: null });
  });
});

describe('identifiers', () => {
  const texts = (distinct: number, rows: number): Column => ({ kind: 'category', name: 't', levels: Array.from({ length: distinct }, (_, i) => `t${i}`), codes: Int32Array.from({ length: rows }, (_, i) => i % distinct) });
  it('are texts that hardly repeat', () => {
    expect(identifierReason(texts(51, 100))).toContain('51 of 100');
    expect(identifierReason(texts(50, 60))).toBeNull();
    expect(identifierReason(texts(60, 120))).toBeNull();
  });
  it('are numbers that count the rows, and no others', () => {
    expect(identifierReason(number(Array.from({ length: 100 }, (_, i) => i)))).toContain('counts');
    expect(identifierReason(number(Array.from({ length: 100 }, (_, i) => i * 2)))).toBeNull();
    expect(identifierReason(number(Array.from({ length: 100 }, (_, i) => i + 0.5)))).toBeNull();
  });
});

describe('columns of parts', () => {
  it('are joined by the names of their levels', () => {
    const joined = concatColumns([
      { kind: 'category', name: 'c', levels: ['a', 'b'], codes: Int32Array.of(1, -1) },
      { kind: 'category', name: 'c', levels: ['c', 'a'], codes: Int32Array.of(0, 1) },
    ]);
    expect(joined).toEqual({ kind: 'category', name: 'c', levels: ['a', 'b', 'c'], codes: Int32Array.of(1, -1, 2, 0) });
    expect(concatColumns([number([1]), number([2, 3])])).toEqual(number([1, 2, 3]));
    expect(() => concatColumns([number([1]), { kind: 'category', name: 'a', levels: [], codes: new Int32Array(0) }])).toThrow(RangeError);
  });

  it('lose levels that no row has left', () => {
    const table = { rows: 4, columns: [{ kind: 'category' as const, name: 'c', levels: ['x', 'a', 'b'], codes: Int32Array.of(0, 1, -1, 2) }] };
    expect(takeRows(table, Uint32Array.of(1, 2, 3)).columns[0]).toEqual({ kind: 'category', name: 'c', levels: ['a', 'b'], codes: Int32Array.of(0, -1, 1) });
  });
});
