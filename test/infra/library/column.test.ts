import { describe, expect, it } from 'vitest';
import { column } from '../../../infra/library/column.ts';

describe('column', () => {
  it('takes numbers as numbers, with whatever is missing as NaN', () => {
    expect(column('age', [31, null, undefined, Number.NaN, 0])).toEqual({ kind: 'number', name: 'age', values: Float64Array.of(31, Number.NaN, Number.NaN, Number.NaN, 0) });
    expect(column('age', Float32Array.of(1, 2))).toEqual({ kind: 'number', name: 'age', values: Float64Array.of(1, 2) });
    expect(column('nothing', [null, null]).kind).toBe('number');
  });

  it('takes everything else as categories in order of first appearance', () => {
    expect(column('sex', ['f', 'm', null, 'f'])).toEqual({ kind: 'category', name: 'sex', codes: Int32Array.of(0, 1, -1, 0), levels: ['f', 'm'] });
    expect(column('member', [true, false, undefined])).toMatchObject({ kind: 'category', levels: ['true', 'false'], codes: Int32Array.of(0, 1, -1) });
    expect(column('mixed', [1, 'two', 1])).toMatchObject({ kind: 'category', levels: ['1', 'two'] });
    expect(column('hostile', ['__proto__', 'constructor', '__proto__'])).toMatchObject({ levels: ['__proto__', 'constructor'], codes: Int32Array.of(0, 1, 0) });
  });
});
