import type { Column } from '../table.ts';

/** What stands for a missing value among marks. */
export const MISSING_MARK = 255;

/** Two texts name the same value when they are equal, or the same finite number: `1`, `1.0` and `1e0`. */
export function sameValue(a: string, b: string): boolean {
  if (a === b) return true;
  return a.trim() !== '' && b.trim() !== '' && Number.isFinite(Number(a)) && Number(a) === Number(b);
}

/** For each row 1 where the column's value is `positive` (numbers compare as numbers), 0 where it is another, 255 where it is missing. */
export function markPositive(column: Column, positive: string): Uint8Array {
  if (column.kind === 'number') {
    const target = positive.trim() === '' ? NaN : Number(positive);
    return Uint8Array.from(column.values, (value) => (Number.isNaN(value) ? MISSING_MARK : Number(value === target)));
  }
  const marks = Uint8Array.from(column.levels, (level) => Number(sameValue(level, positive)));
  return Uint8Array.from(column.codes, (code) => (code < 0 ? MISSING_MARK : marks[code]!));
}
