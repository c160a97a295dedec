import { fromFeature } from './number-transform.ts';
import type { CategoryCode, ColumnCode, NumberCode } from './types.ts';

export type DecodedValue =
  | { readonly kind: 'number'; readonly value: number | null }
  | { readonly kind: 'category'; readonly level: string };

/** A missing indicator above this reads as missing. */
const INDICATOR_THRESHOLD = 0.5;

/**
 * The readable value of one column of an encoded row: a number in original units (null when its missing indicator is up), or the
 * name of the level with the largest feature, so that soft rows (decoder means, probabilities) read as their most likely level.
 * row: encoded features; the column's first feature is at `offset + code.offset`, so `offset` is `i * encoder.width` in a matrix.
 */
export function decodeColumn(code: ColumnCode, row: ArrayLike<number>, offset = 0): DecodedValue {
  return code.kind === 'number' ? decodeNumber(code, row, offset) : { kind: 'category', level: decodeLevel(code, row, offset) };
}

function decodeNumber(code: NumberCode, row: ArrayLike<number>, offset: number): DecodedValue {
  const at = offset + code.offset;
  if (code.missingIndicator && row[at + 1]! > INDICATOR_THRESHOLD) return { kind: 'number', value: null };
  return { kind: 'number', value: fromFeature(code.transform, row[at]!) };
}

function decodeLevel(code: CategoryCode, row: ArrayLike<number>, offset: number): string {
  const first = offset + code.offset;
  let best = 0;
  for (let i = 1; i < code.width; i++) {
    if (row[first + i]! > row[first + best]!) best = i;
  }
  return code.levels[best]!;
}
