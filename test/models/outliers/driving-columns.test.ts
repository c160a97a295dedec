import { describe, expect, it } from 'vitest';
import { drivingNote } from '../../../models/outliers/driving-columns.ts';
import type { CategoryColumn } from '../../../models/table.ts';

const N = 400;
const column = (name: string, of: (row: number) => number): CategoryColumn => ({ kind: 'category', name, levels: ['a', 'b', 'c'], codes: Int32Array.from({ length: N }, (_, row) => of(row)) });

describe('drivingNote', () => {
  const order = Uint32Array.from({ length: N }, (_, i) => i);

  it('counts columns that tell each other once, whichever is the stronger in a row', () => {
    const left = column('left', (row) => (row < 4 ? 1 + row % 2 : 0)), right = column('right', (row) => (row < 4 ? 1 + row % 2 : 0));
    const costs = new Float32Array(2 * N);
    costs[0] = 9;
    costs[3] = 9;
    const [note] = drivingNote({ columns: [left, right], costs: [costs], rows: N }, order);
    expect(note).toBe("What drives the strangest 4 rows, by share of their reasons' weight: left + right 100 %.");
  });

  it('says nothing where no column has anything against a row', () => {
    expect(drivingNote({ columns: [column('same', () => 0)], costs: [], rows: N }, order)).toEqual([]);
  });
});
