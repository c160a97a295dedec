import { describe, expect, it } from 'vitest';
import { columnRemarks } from '../../../models/encode/column-remarks.ts';
import type { Column } from '../../../models/table.ts';

const numbers = (values: readonly number[]): Column => ({ kind: 'number', name: 'x', values: Float64Array.from(values) });
const texts = (...levels: string[]): Column => ({ kind: 'category', name: 'x', levels, codes: Int32Array.from(levels.keys()) });
const range = (length: number, of: (i: number) => number): number[] => Array.from({ length }, (_, i) => of(i));

describe('remarks on a feature', () => {
  it.each<[string, Column, RegExp]>([
    ['keys too long for a number', numbers([2 ** 53 + 2, 3, 3]), /beyond 9007199254740992 are held rounded/],
    ['keys in any order', numbers(range(60, (i) => (i * 7919) % 100_003)), /no whole number occurs twice/],
    ['dates of programs', texts('2024-05-31', '2024-06-01T10:00:00Z'), /dates, such as "2024-05-31", are read as text/],
    ['capitals', texts('Male', 'male'), /look alike.*"Male" \(4d 61.*"male" \(6d 61/], ['letters composed and not', texts('\u00e9', 'x', 'e\u0301'), /look alike/], ['spaces that do not show', texts('a b', 'a\u00a0\u200bb'), /look alike/],
    ['dates of people', texts('31.12.2024', '1.1.25', '5/31/2024 10:30'), /dates/],
  ])('%s', (_, column, words) => {
    expect(columnRemarks(column).join()).toMatch(words);
  });

  it.each<[string, Column]>([
    ['numbers that repeat', numbers(range(60, (i) => i % 50))], ['few numbers', numbers(range(50, (i) => i))], ['fractions', numbers(range(60, (i) => i + 0.5))],
    ['quantities of any size', numbers([1e300, 1e22, 5])], ['words', texts('a', 'b')], ['one date among words', texts('2024-05-31', 'x', 'y')], ['nothing', texts()],
  ])('none on %s', (_, column) => {
    expect(columnRemarks(column)).toEqual([]);
  });
});
