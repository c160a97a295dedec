import type { CategoryColumn, NumberColumn } from '../table.ts';
import { distinctNumbers } from './distinct-numbers.ts';

/** A column of few numbers as a category, its levels in order of the numbers: `1.0` and `1` are the level `1`. Null with more than `limit`. */
export function asCategory(column: NumberColumn, limit: number): CategoryColumn | null {
  const distinct = distinctNumbers(column.values, limit);
  if (distinct === null) return null;
  const codeOf = new Map(distinct.map((value, code) => [value, code]));
  const codes = Int32Array.from(column.values, (value) => codeOf.get(value + 0) ?? -1);
  return { kind: 'category', name: column.name, codes, levels: distinct.map(String) };
}
