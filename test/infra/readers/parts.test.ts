import { tableFromIPC } from 'apache-arrow';
import { describe, expect, it } from 'vitest';
import { readMatrixPart, writeMatrixPart } from '../../../infra/readers/matrix-part.ts';
import { readTablePart, writeTablePart } from '../../../infra/readers/table-part.ts';
import type { Roles, TablePart } from '../../../infra/readers/table-part.ts';

const PART: TablePart = {
  table: {
    rows: 4,
    columns: [
      { kind: 'number', name: 'age', values: Float64Array.of(39, Number.NaN, -0.5, 1e300) },
      { kind: 'category', name: 'sex', codes: Int32Array.of(1, 0, -1, 1), levels: ['Female', 'Male'] },
      { kind: 'category', name: 'row', codes: Int32Array.of(0, 0, 0, 0), levels: ['a column of the data named row'] },
      { kind: 'category', name: 'empty', codes: Int32Array.of(-1, -1, -1, -1), levels: [] },
    ],
  },
  rowNumbers: Uint32Array.of(0, 2, 3, 4_000_000_000),
  split: Uint8Array.of(0, 1, 2, 0),
};
const ROLES: Roles = new Map([['age', ['protected', 'feature']], ['sex', ['label']]]);

describe('a part of a table as an Arrow file', () => {
  it('comes back as it was', () => {
    expect(readTablePart(writeTablePart(PART, ROLES, 0, 4))).toEqual(PART);
  });

  it('holds the rows asked for', () => {
    const part = readTablePart(writeTablePart(PART, ROLES, 1, 3));
    expect(Array.from(part.rowNumbers)).toEqual([2, 3]);
    expect(part.table.columns[1]).toEqual({ kind: 'category', name: 'sex', codes: Int32Array.of(0, -1), levels: ['Female', 'Male'] });
  });

  it('is the same to the byte each time, whatever was written before', () => {
    const first = writeTablePart(PART, ROLES, 0, 4);
    writeTablePart(PART, ROLES, 0, 2);
    expect(Buffer.compare(first, writeTablePart(PART, ROLES, 0, 4))).toBe(0);
  });

  it('is a plain Arrow file to others, with nulls and roles', () => {
    const arrow = tableFromIPC(writeTablePart(PART, ROLES, 0, 4));
    expect(arrow.schema.fields.map((field) => field.name)).toEqual(['row', 'split', 'age', 'sex', 'row_', 'empty']);
    expect(arrow.schema.fields[2]!.metadata.get('penumbra.roles')).toBe('protected,feature');
    expect(arrow.getChildAt(2)!.toArray()[0]).toBe(39);
    expect(arrow.getChildAt(2)!.get(1)).toBeNull();
    expect([0, 1, 2, 3].map((row) => arrow.getChildAt(3)!.get(row) as string | null)).toEqual(['Male', 'Female', null, 'Male']);
  });

  it('leaves the bytes it read untouched, and reads them at any offset', () => {
    const bytes = writeTablePart(PART, ROLES, 0, 4), before = bytes.slice();
    readTablePart(bytes);
    expect(Buffer.compare(bytes, before)).toBe(0);
    const shifted = new Uint8Array(bytes.length + 1);
    shifted.set(bytes, 1);
    expect(readTablePart(shifted.subarray(1))).toEqual(PART);
  });

  it('writes a huge dictionary with the levels of the part alone', () => {
    const levels = Array.from({ length: 5000 }, (_, i) => `text ${i}`);
    const table = { rows: 5000, columns: [{ kind: 'category' as const, name: 't', codes: Int32Array.from(levels.keys()).reverse(), levels }] };
    const part = readTablePart(writeTablePart({ table, rowNumbers: new Uint32Array(5000), split: new Uint8Array(5000) }, new Map(), 10, 13));
    expect(part.table.columns[0]).toEqual({ kind: 'category', name: 't', codes: Int32Array.of(0, 1, 2), levels: ['text 4989', 'text 4988', 'text 4987'] });
  });
});

describe('encoded rows as an Arrow file', () => {
  const part = { x: Float32Array.of(1, 2, 3, 4, 5, 6), width: 3, rowNumbers: Uint32Array.of(7, 9), split: Uint8Array.of(2, 0) };

  it('come back as they were, with their encoder', () => {
    expect(readMatrixPart(writeMatrixPart(part, 'abc'))).toEqual({ ...part, encoder: 'abc' });
  });

  it('are read without a copy', () => {
    const bytes = new Uint8Array(writeMatrixPart(part, 'abc'));
    expect(readMatrixPart(bytes).x.buffer).toBe(bytes.buffer);
  });
});
