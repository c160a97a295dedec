import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../models/engine/random.ts';
import { countDuplicateRows } from '../../../models/encode/duplicate-rows.ts';
import type { Column, Table } from '../../../models/table.ts';

const number = (name: string, values: readonly number[]): Column => ({ kind: 'number', name, values: Float64Array.from(values) });
const category = (name: string, codes: readonly number[]): Column => ({ kind: 'category', name, codes: Int32Array.from(codes), levels: ['a', 'b', 'c'] });
const table = (...columns: Column[]): Table => ({ rows: columns[0]!.kind === 'number' ? columns[0]!.values.length : columns[0]!.codes.length, columns });

describe('rows that repeat an earlier one', () => {
  it('are those whose every column is equal; missing equals missing and 0 equals -0', () => {
    expect(countDuplicateRows(table(number('x', [1, 1, 1, 2, Number.NaN, Number.NaN, 0, -0]), category('c', [0, 0, 1, 0, -1, -1, 2, 2])))).toBe(3);
  });

  it('do not count an ignored column', () => {
    const rows = table(number('id', [1, 2, 3]), category('c', [0, 0, 1]));
    expect([countDuplicateRows(rows), countDuplicateRows(rows, new Set(['id']))]).toEqual([0, 1]);
  });

  it('are found as text comparison finds them', () => {
    const random = randomStream(1, 'duplicates'), rows = 20_000;
    const a = Array.from({ length: rows }, () => random.integer(40)), b = Array.from({ length: rows }, () => random.integer(400) / 7), c = Array.from({ length: rows }, () => random.integer(4) - 1);
    const distinct = new Set(a.map((value, i) => `${value} ${b[i]} ${c[i]}`)).size;
    expect(countDuplicateRows(table(number('a', a), number('b', b), category('c', c)))).toBe(rows - distinct);
  });
});
