import { describe, expect, it } from 'vitest';
import { protectedGroupings } from '../../../models/latent/protected-groupings.ts';
import type { Table } from '../../../models/table.ts';

const table: Table = { rows: 3, columns: [
  { kind: 'category', name: 'sex', codes: Int32Array.of(0, 1, -1), levels: ['F', 'M'] },
  { kind: 'number', name: 'age', values: Float64Array.of(20, 30, 70) },
  { kind: 'category', name: 'constructor', codes: Int32Array.of(0, 0, 0), levels: ['x'] },
] };

describe('protectedGroupings', () => {
  it('groups single attributes and pairs, numbers by their bins', () => {
    const { single, pairs } = protectedGroupings(table, ['sex', 'age', 'constructor'], { age: [0, 25, 65, 100] });
    expect(single.map(({ levels }) => levels)).toEqual([['F', 'M', '(missing)'], ['[0, 25)', '[25, 65)', '[65, 100]'], ['x']]);
    expect(pairs.map(({ attribute }) => attribute)).toEqual(['sex*age', 'sex*constructor', 'age*constructor']);
    expect(protectedGroupings(table, [], {})).toEqual({ single: [], pairs: [] });
    expect(() => protectedGroupings(table, ['race'], {})).toThrow('"race"');
  });
});
