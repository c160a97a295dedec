import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeColumn } from '../../../models/encode/decode.ts';
import type { DecodedValue } from '../../../models/encode/decode.ts';
import { encodeRows } from '../../../models/encode/encode-rows.ts';
import { MISSING, RARE, fitEncoder } from '../../../models/encode/fit-encoder.ts';
import type { EncoderOptions } from '../../../models/encode/fit-encoder.ts';
import type { ColumnRole } from '../../../models/encode/profile-types.ts';
import type { ColumnCode, Encoder } from '../../../models/encode/types.ts';
import { TEST, TRAIN } from '../../../models/table.ts';
import type { CategoryColumn, Column, Table } from '../../../models/table.ts';

function category(name: string, values: readonly (string | null)[]): CategoryColumn {
  const levels = [...new Set(values.filter((value) => value !== null))];
  return { kind: 'category', name, levels, codes: Int32Array.from(values, (value) => (value === null ? -1 : levels.indexOf(value))) };
}

function number(name: string, values: readonly (number | null)[]): Column {
  return { kind: 'number', name, values: Float64Array.from(values, (value) => value ?? Number.NaN) };
}

function tableOf(...columns: Column[]): Table {
  const first = columns[0]!;
  return { rows: first.kind === 'number' ? first.values.length : first.codes.length, columns };
}

function fit(table: Table, options: Partial<EncoderOptions> & { roles?: Record<string, ColumnRole[]>; split?: Uint8Array } = {}): Encoder {
  const { roles = {}, split = new Uint8Array(table.rows).fill(TRAIN), numbers = 'standard' } = options;
  return fitEncoder(table, split, { numbers, rolesOf: (name) => roles[name] ?? ['feature'] });
}

function repeat<T>(value: T, times: number): T[] {
  return new Array<T>(times).fill(value);
}

function encode(encoder: Encoder, table: Table): Float32Array {
  return encodeRows(encoder, table, 0, table.rows);
}

describe('categories', () => {
  const values = [...repeat('a', 40), ...repeat('b', 20), ...repeat('c', 9), null];
  const table = tableOf(category('x', values));

  it('get one feature a level, a bucket for rare ones, and one for missing ones', () => {
    const encoder = fit(table);
    expect(encoder.columns).toEqual([{ kind: 'category', name: 'x', offset: 0, width: 4, levels: ['a', 'b', RARE, MISSING] }]);
    const x = encode(encoder, table);
    expect(Array.from(x.subarray(0, 4))).toEqual([1, 0, 0, 0]);
    expect(Array.from(x.subarray(65 * 4, 66 * 4))).toEqual([0, 0, 1, 0]);
    expect(Array.from(x.subarray(69 * 4))).toEqual([0, 0, 0, 1]);
  });

  it('count on train rows only, and a level unseen there is rare', () => {
    const split = Uint8Array.from(values, (value) => (value === 'b' ? TEST : TRAIN));
    expect(fit(table, { split }).columns[0]).toMatchObject({ levels: ['a', RARE, MISSING] });
  });

  it('need a share of a large train part', () => {
    const large = tableOf(category('x', [...repeat('a', 20_000), ...repeat('b', 20), ...repeat('c', 21)]));
    expect(fit(large).columns[0]).toMatchObject({ levels: ['a', 'c', RARE] });
  });

  it('have no bucket that nothing falls into', () => {
    expect(fit(tableOf(category('x', [...repeat('a', 20), ...repeat('b', 20)]))).columns[0]).toMatchObject({ levels: ['a', 'b'], width: 2 });
  });

  it('that call themselves (rare) or (missing) go to that bucket', () => {
    const strange = tableOf(category('x', [...repeat('a', 20), ...repeat('(rare)', 20), ...repeat('(missing)', 20), null]));
    expect(fit(strange).columns[0]).toMatchObject({ levels: ['a', RARE, MISSING] });
  });

  it('encode new rows by name, whatever their codes', () => {
    const encoder = fit(table), rows = tableOf(category('x', ['new', 'b', 'a', null]));
    const x = encode(encoder, rows);
    expect([0, 1, 2, 3].map((row) => decodeColumn(encoder.columns[0]!, x, row * encoder.width))).toEqual(
      [RARE, 'b', 'a', MISSING].map((level) => ({ kind: 'category', level })));
  });

  it('decode soft rows to the likeliest level', () => {
    const code = fit(table).columns[0]!;
    expect(decodeColumn(code, [0.2, 0.5, 0.3, 0])).toEqual({ kind: 'category', level: 'b' });
  });
});

describe('numbers', () => {
  it('get an indicator where some are missing, and the median in their place', () => {
    const table = tableOf(number('a', [1, 2, 3, 4, 100, null])), encoder = fit(table);
    expect(encoder.columns[0]).toMatchObject({ kind: 'number', width: 2, missingIndicator: true, fill: 3 });
    const x = encode(encoder, table);
    expect(x[11]).toBe(1);
    expect(x[10]).toBe(x[4]);
    expect(decodeColumn(encoder.columns[0]!, x, 10)).toEqual({ kind: 'number', value: null });
  });

  it('are fitted on train rows alone', () => {
    const split = Uint8Array.of(TRAIN, TRAIN, TRAIN, TEST);
    expect(fit(tableOf(number('a', [1, 2, 3, 1e9])), { split }).columns[0]).toMatchObject({ transform: { kind: 'standard', mean: 2 } });
  });

  it('far beyond the train part stay finite features', () => {
    const split = Uint8Array.of(TRAIN, TRAIN, TRAIN, TEST, TEST), table = tableOf(number('a', [1, 2, 3, 1e300, -1e300]));
    expect(Array.from(encode(fit(table, { split }), table).subarray(3))).toEqual([1e6, -1e6]);
  });

  it('of two values are categories', () => {
    const table = tableOf(number('a', [...repeat(0, 20), ...repeat(1, 20), null])), encoder = fit(table);
    expect(encoder.columns[0]).toEqual({ kind: 'category', name: 'a', offset: 0, width: 3, levels: ['0', '1', MISSING] });
    const x = encode(encoder, table);
    expect(decodeColumn(encoder.columns[0]!, x, 3 * 25)).toEqual({ kind: 'category', level: '1' });
    expect(decodeColumn(encoder.columns[0]!, x, 3 * 40)).toEqual({ kind: 'category', level: MISSING });
  });
});

describe('what is no feature', () => {
  it('is named with its reason', () => {
    const n = 100, ids = Array.from({ length: n }, (_, i) => `id ${i}`);
    const table = tableOf(
      number('counter', Array.from({ length: n }, (_, i) => i + 5)), number('constant', repeat(3, n)), category('same', repeat('x', n)), category('texts', ids),
      category('empty', repeat(null, n)), category('scattered', Array.from({ length: n }, (_, i) => `s${i % 50}`)), number('y', repeat(1, n)),
      category('sex', Array.from({ length: n }, (_, i) => (i % 2 === 0 ? 'f' : 'm'))), category('race', Array.from({ length: n }, (_, i) => (i % 3 === 0 ? 'u' : 'v'))),
    );
    const roles: Record<string, ColumnRole[]> = { y: ['label'], sex: ['protected', 'feature'], race: ['protected', 'excluded'] };
    const encoder = fit(table, { roles });
    expect(encoder.columns.map((column) => column.name)).toEqual(['sex']);
    expect(Object.fromEntries(encoder.omitted.map(({ name, reason }) => [name, reason]))).toEqual({
      counter: 'identifier: it counts the rows', constant: 'constant: "3"', same: 'constant: "x"', texts: 'identifier: 100 of 100 texts are distinct',
      empty: 'every value is missing', scattered: 'no value is found in 10 rows of the train part', y: 'label', race: 'excluded',
    });
  });

  it('is a number that varies only outside the train part', () => {
    const values = [...repeat(1, 50), 2, 3, 4], split = Uint8Array.from(values, (value) => (value === 1 ? TRAIN : TEST));
    expect(fit(tableOf(number('a', values)), { split }).omitted).toEqual([{ name: 'a', reason: 'constant: 1 wherever the train part has a value' }]);
  });
});

/** Whether a decoded cell is the original: numbers to float32's rounding, levels without a feature as rare ones. */
function agrees(decoded: DecodedValue, original: number | string | null, code: ColumnCode): boolean {
  if (decoded.kind === 'number') return original === null ? decoded.value === null : Math.abs(decoded.value! - Number(original)) < 2.5;
  const name = original === null ? MISSING : String(original);
  return decoded.level === (code.kind === 'category' && code.levels.includes(name) ? name : RARE);
}

const cell = { number: fc.option(fc.integer({ min: -1_000_000, max: 1_000_000 }).map((value) => value / 8), { nil: null }), level: fc.option(fc.constantFrom('a', 'b', 'c', 'd', '__proto__'), { nil: null }) };

it.each(['standard', 'quantile'] as const)('decoding gives back what was encoded, up to rounding and rare levels (%s)', (numbers) => {
  const rows = fc.array(fc.record({ n: cell.number, c: cell.level, m: cell.number }), { minLength: 20, maxLength: 80 });
  fc.assert(fc.property(rows, (cells) => {
    const table = tableOf(number('n', cells.map((each) => each.n)), category('c', cells.map((each) => each.c)), number('m', cells.map((each) => each.m)));
    const encoder = fit(table, { numbers });
    const x = encode(encoder, table);
    expect(x.length).toBe(table.rows * encoder.width);
    const wrong = encoder.columns.flatMap((code) => cells.flatMap((original, row) => {
      const decoded = decodeColumn(code, x, row * encoder.width), expected = original[code.name as 'n' | 'm' | 'c'];
      return agrees(decoded, expected, code) ? [] : [{ column: code.name, expected, decoded }];
    }));
    expect(wrong).toEqual([]);
  }), { seed: 11, numRuns: 100 });
});

it('says which column a table lacks', () => {
  const encoder = fit(tableOf(number('a', [1, 2, 3, 4])));
  expect(() => encodeRows(encoder, tableOf(number('b', [1, 2])), 0, 2)).toThrow(/no column "a"/);
  expect(() => encodeRows(encoder, tableOf(category('a', ['1', '2'])), 0, 2)).toThrow(/holds categories/);
});
