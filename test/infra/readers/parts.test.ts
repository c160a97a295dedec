import { describe, expect, it } from 'vitest';
import { readMatrixPart, writeMatrixPart } from '../../../infra/readers/matrix-part.ts';
import { readTablePart, writeTablePart } from '../../../infra/readers/table-part.ts';

// Arrow pads every buffer to eight bytes: what is read must be as long as what was written, whatever the number of rows.
describe.each([1, 2, 3, 7, 8, 9, 64, 65])('a part of %i rows', (rows) => {
  const rowNumbers = Uint32Array.from({ length: rows }, (_, i) => i * 3), split = Uint8Array.from({ length: rows }, (_, i) => i % 3);

  it('comes back as it was written', () => {
    const columns = [
      { kind: 'number', name: 'a', values: Float64Array.from({ length: rows }, (_, i) => (i % 4 === 1 ? Number.NaN : i / 7)) },
      { kind: 'category', name: 'b', codes: Int32Array.from({ length: rows }, (_, i) => (i % 5) - 1), levels: ['x', 'y', '', '<b>'] },
    ] as const;
    const part = readTablePart(writeTablePart({ table: { rows, columns }, rowNumbers, split }, new Map(), 0, rows));
    expect(part.table).toEqual({ rows, columns });
    expect(part.rowNumbers).toEqual(rowNumbers);
    expect(part.split).toEqual(split);
  });

  it('holds its matrix and nothing behind it', () => {
    const x = Float32Array.from({ length: rows * 3 }, (_, i) => i / 4);
    expect(readMatrixPart(writeMatrixPart({ x, width: 3, rowNumbers, split }, 'abc'))).toEqual({ x, width: 3, rowNumbers, split, encoder: 'abc' });
  });
});
