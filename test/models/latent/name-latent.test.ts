import { describe, expect, it } from 'vitest';
import type { ColumnCode } from '../../../models/encode/types.ts';
import { nameLatent } from '../../../models/latent/name-latent.ts';

const CODES: readonly ColumnCode[] = [
  { kind: 'number', name: 'age', offset: 0, width: 2, missingIndicator: true, transform: { kind: 'standard', mean: 40, std: 10 }, fill: 38 },
  { kind: 'category', name: 'sex', offset: 2, width: 2, levels: ['Female', '<Male>'] },
  { kind: 'number', name: 'hours', offset: 4, width: 1, missingIndicator: false, transform: { kind: 'standard', mean: 40, std: 12 }, fill: 40 },
];
const name = (low: readonly number[], high: readonly number[]) => nameLatent(CODES, Float32Array.from(low), Float32Array.from(high), 5);

describe('nameLatent', () => {
  it('names the columns that move most, with direction and readable ends', () => {
    const { name: text, columns } = name([-0.5, 0, 0.75, 0.25, 0.9], [0.5, 0, 0.25, 0.75, 0.6]);
    expect(text).toBe('age ↑, sex → <Male>, hours ↓');
    expect(columns.map(({ column, change }) => [column, change])).toEqual([
      ['age', '↑ 35 to 45'], ['sex', '→ <Male> (25 % to 75 %)'], ['hours', '↓ 50.8 to 47.2'],
    ]);
    expect(columns[0]!.size).toBeCloseTo(0.5, 6);
    expect(columns[1]!.size).toBeCloseTo(0.5, 6);
  });

  it('compares means over rows, and the other way round when the ends are swapped', () => {
    const low = [-1, 0, 0.5, 0.5, 0, 0, 0, 0.5, 0.5, 0], high = [1, 0, 0.5, 0.5, 0, 0, 0, 0.5, 0.5, 0];
    expect(name(low, high)).toEqual({ name: 'age ↑', columns: [{ column: 'age', change: '↑ 35 to 45', size: 0.5 }] });
    expect(name(high, low).name).toBe('age ↓');
  });

  it('says that values go missing when that is what moves', () => {
    expect(name([0, 0.1, 1, 0, 0], [0.1, 0.8, 1, 0, 0]).columns[0]).toMatchObject({ change: '(missing) 10 % to 80 %' });
    expect(name([0, 0.8, 1, 0, 0], [0, 0.1, 1, 0, 0]).name).toBe('age ← (missing)');
  });

  it('has words for a latent that moves nothing', () => {
    expect(name([0, 0, 1, 0, 0], [0.01, 0, 1, 0, 0])).toEqual({ name: 'moves no column much', columns: [] });
  });
});
