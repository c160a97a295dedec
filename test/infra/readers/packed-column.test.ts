import { array, assert, constantFrom, double, integer, oneof, property } from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { CHUNK_ROWS, codeChunks, numberChunks, packedCategory, packedNumbers, type PackedColumn } from '../../../infra/readers/packed-column.ts';
import { Spill } from '../../../infra/readers/spill.ts';
import type { Column } from '../../../models/table.ts';

const ROWS = CHUNK_ROWS + 5000;

function packColumn(column: Column, spill: Spill): PackedColumn {
  if (column.kind === 'number') {
    const chunks = numberChunks(spill);
    for (const value of column.values) chunks.push(value);
    return packedNumbers(column.name, chunks, column.values.filter(Number.isNaN).length);
  }
  const chunks = codeChunks(spill);
  for (const code of column.codes) chunks.push(code);
  return packedCategory(column.name, chunks, column.levels, column.codes.filter((code) => code < 0).length);
}

describe.each([['memory', 1e9], ['a file', 0]])('a packed column in %s', (_where, heldBytes) => {
  const spill = new Spill(heldBytes);
  afterAll(() => { spill.close(); });

  it.each([
    ['bytes', (i: number) => (i % 11 === 0 ? Number.NaN : (i % 255) - 127)], ['words', (i: number) => (i % 7 === 0 ? Number.NaN : (i % 65_535) - 32_767)],
    ['singles', (i: number) => i / 8], ['doubles', (i: number) => i / 10], ['lowest of a byte', (i: number) => (i === 3 ? -128 : 1)], ['a zero below zero', (i: number) => (i === 3 ? -0 : 1)],
    ['a double in the last chunk', (i: number) => (i === CHUNK_ROWS + 1 ? 0.1 : 1)], ['nothing', () => Number.NaN],
  ])('gives back what it took: %s', (_name, valueAt) => {
    const values = Float64Array.from({ length: ROWS }, (_, i) => valueAt(i));
    const packed = packColumn({ kind: 'number', name: 'a', values }, spill);
    expect(packed).toMatchObject({ kind: 'number', name: 'a', rows: ROWS, missing: values.filter(Number.isNaN).length });
    expect(packed.read()).toEqual({ kind: 'number', name: 'a', values });
    expect(packed.read(CHUNK_ROWS - 2, CHUNK_ROWS + 3)).toEqual({ kind: 'number', name: 'a', values: values.slice(CHUNK_ROWS - 2, CHUNK_ROWS + 3) });
    const some = Uint32Array.of(0, 5, 6, CHUNK_ROWS - 1, CHUNK_ROWS + 4, ROWS - 1);
    expect(packed.take(some)).toEqual({ kind: 'number', name: 'a', values: Float64Array.from(some, (row) => values[row]!) });
    expect(packed.read(7, 7)).toEqual({ kind: 'number', name: 'a', values: new Float64Array(0) });
  });

  it.each([3, 254, 255, 256, 65_534, 65_535, 66_000])('gives back the codes of %d levels', (count) => {
    const levels = Array.from({ length: count }, (_, i) => `l${i}`), codes = Int32Array.from({ length: ROWS }, (_, i) => (i % 13 === 0 ? -1 : i % count));
    expect(packColumn({ kind: 'category', name: 'c', codes, levels }, spill).read()).toEqual({ kind: 'category', name: 'c', codes, levels });
  });

  it('keeps every double', () => {
    const value = oneof(double(), integer({ min: -40_000, max: 40_000 }), constantFrom(Number.NaN, -0, -128, -32_768, 2 ** 53, 0.1)).filter((each) => each !== Infinity && each !== -Infinity);
    assert(property(array(value, { minLength: 1, maxLength: 50 }), (pattern) => {
      const values = Float64Array.from({ length: CHUNK_ROWS + 1 }, (_, i) => pattern[i % pattern.length]!);
      const column = packColumn({ kind: 'number', name: 'a', values }, spill).read();
      expect(column.kind === 'number' && column.values.every((each, i) => Object.is(each, values[i]))).toBe(true);
    }), { numRuns: 30, seed: 1 });
  });
});
