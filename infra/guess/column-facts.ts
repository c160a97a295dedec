import type { Column } from '../../models/table.ts';
import { inert } from '../cli/output.ts';
import { shown } from '../readers/reader-error.ts';
import type { ColumnFact } from './types.ts';

/** What the guesses look at again and again, found once a column. */
export interface KnownColumn extends ColumnFact {
  readonly column: Column;
  readonly position: number;
  /** Distinct values present with their counts, most frequent first; null with more than `MANY`. Numbers as their shortest text. */
  readonly values: readonly { readonly text: string; readonly count: number }[] | null;
  readonly whole: boolean;
  readonly min: number;
  readonly max: number;
}

const MANY = 200;

export function knowColumn(column: Column, position: number): KnownColumn {
  const counts = column.kind === 'number' ? countNumbers(column.values) : countCodes(column.codes);
  let present = 0;
  for (const count of counts.values()) present += count;
  const text = (key: number): string => (column.kind === 'number' ? String(key) : column.levels[key]!);
  const values = counts.size > MANY ? null : [...counts].map(([key, count]) => ({ text: text(key), count })).sort((a, b) => b.count - a.count || (a.text < b.text ? -1 : 1));
  let min = Infinity, max = -Infinity, whole = column.kind === 'number';
  if (column.kind === 'number') {
    for (const value of counts.keys()) {
      if (value < min) min = value;
      if (value > max) max = value;
      whole &&= Number.isInteger(value);
    }
  }
  const rows = column.kind === 'number' ? column.values.length : column.codes.length;
  return { column, position, name: column.name, kind: column.kind, missing: rows - present, distinct: counts.size, values, whole, min, max };
}

function countNumbers(values: Float64Array): Map<number, number> {
  const counts = new Map<number, number>();
  for (const value of values) if (!Number.isNaN(value)) counts.set(value + 0, (counts.get(value + 0) ?? 0) + 1);
  return counts;
}

function countCodes(codes: Int32Array): Map<number, number> {
  const counts = new Map<number, number>();
  for (const code of codes) if (code >= 0) counts.set(code, (counts.get(code) ?? 0) + 1);
  return counts;
}

/** Text from data inside a sentence of ours: quoted, cut when long, nothing in it can end a line or turn its direction. */
export function quoted(text: string): string {
  return inert(shown(text)).replaceAll(/[\u2028\u2029]/g, ' ');
}
