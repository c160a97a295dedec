import { describe, expect, it } from 'vitest';
import { asCategory } from '../../../models/encode/as-category.ts';
import { markPositive } from '../../../models/encode/mark-positive.ts';
import { understandLabel } from '../../../models/encode/understand-label.ts';
import type { CategoryColumn, NumberColumn } from '../../../models/table.ts';

function texts(values: readonly (string | null)[]): CategoryColumn {
  const levels = [...new Set(values.filter((value) => value !== null))];
  return { kind: 'category', name: 'y', levels, codes: Int32Array.from(values, (value) => (value === null ? -1 : levels.indexOf(value))) };
}

function numbers(values: readonly number[]): NumberColumn {
  return { kind: 'number', name: 'y', values: Float64Array.from(values) };
}

describe('the label', () => {
  it('has the positive value that is configured', () => {
    expect(understandLabel(texts(['<=50K', '>50K']), '>50K')).toEqual({ kind: 'label', positive: '>50K', how: 'configured' });
    expect(understandLabel(texts(['a', 'b', 'c']), 'b')).toMatchObject({ positive: 'b', how: 'configured; the other 2 values count as not positive' });
  });

  it.each([['1', '1.0'], ['1.0', '1'], ['1', '1'], ['0', '0.0']])('takes %s in the config for %s in the data', (configured, stored) => {
    const column = texts([stored, 'x', stored]);
    expect(understandLabel(column, configured)).toMatchObject({ kind: 'label', positive: stored });
    expect(Array.from(markPositive(column, configured))).toEqual([1, 0, 1]);
    expect(Array.from(markPositive(numbers([Number(stored), 7, Number.NaN]), configured))).toEqual([1, 0, 255]);
  });

  it.each([[['0', '1'], '1'], [['Yes', 'No'], 'Yes'], [['FALSE', 'TRUE'], 'TRUE']])('of %j is positive at %s', (values, positive) => {
    expect(understandLabel(texts([...values, ...values, positive]), null)).toMatchObject({ kind: 'label', positive, how: expect.stringContaining('1, true and yes') as string });
  });

  it('is positive at the rarer of two values, and says so', () => {
    expect(understandLabel(texts(['good', 'bad', 'good', null]), null)).toEqual({ kind: 'label', positive: 'bad', how: 'not configured; the rarer of the two values' });
    expect(understandLabel(texts(['a', 'b']), null)).toMatchObject({ positive: 'b', how: expect.stringContaining('equally frequent') as string });
    expect(understandLabel(numbers([1, 2, 2]), null)).toMatchObject({ positive: '1' });
  });

  it('is a quantity with many numbers, unless one is named', () => {
    const many = numbers(Array.from({ length: 11 }, (_, i) => i));
    expect(understandLabel(many, null)).toEqual({ kind: 'regression' });
    expect(understandLabel(many, '3.0')).toMatchObject({ kind: 'label', positive: '3' });
    expect(understandLabel(many, '30')).toMatchObject({ kind: 'problem', problem: 'absent' });
  });

  it('is a problem with one value, more than two, or a value that is not there', () => {
    expect(understandLabel(texts(['a', 'a', null]), null)).toEqual({ kind: 'problem', problem: 'few', values: ['a'] });
    expect(understandLabel(texts([null, null]), 'a')).toEqual({ kind: 'problem', problem: 'few', values: [] });
    expect(understandLabel(texts(['c', 'a', 'b']), null)).toEqual({ kind: 'problem', problem: 'choose', values: ['a', 'b', 'c'] });
    expect(understandLabel(texts(['a', 'b']), 'z')).toEqual({ kind: 'problem', problem: 'absent', values: ['a', 'b'] });
    expect(understandLabel(texts(['a', 'b']), '')).toMatchObject({ problem: 'absent' });
  });
});

it('numbers as a category come in order, and -0 is 0', () => {
  expect(asCategory(numbers([2, -0, 0, 1.5, Number.NaN]), 10)).toEqual({ kind: 'category', name: 'y', codes: Int32Array.of(2, 0, 0, 1, -1), levels: ['0', '1.5', '2'] });
  expect(asCategory(numbers([1, 2, 3]), 2)).toBeNull();
});
