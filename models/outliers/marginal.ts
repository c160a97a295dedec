import type { CategoryColumn, Column, NumberColumn } from '../table.ts';
import { numberText, percentText, shortText } from './value-text.ts';

/** A value in fewer rows than this share is not the column's usual one, even when no other is more frequent. */
const USUAL = 0.1;

/** What one column alone says of a row's value. */
export interface Rarity {
  readonly value: string;
  readonly typical: string;
  /** Share of rows whose value is at least as far out on its side, or whose level is at least as rare, 0 to 1: the share that the text names, or 1 at the median. */
  readonly share: number;
  /** `above 99.5 % of rows`, `the largest value, shared by 0.5 % of rows`, `0.1 % of rows`. */
  readonly text: string;
  /** The value is the column's median or its most frequent value. */
  readonly usual: boolean;
}

function countUpTo(sorted: Float64Array, x: number, inclusive: boolean): number {
  let low = 0, high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const value = sorted[middle]!;
    if (value < x || (inclusive && value === x)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function missingRarity(count: number, rows: number, typical: string): Rarity {
  return { value: '(missing)', typical, share: count / rows, text: `missing in ${percentText(count / rows)} of rows`, usual: typical === '(missing)' };
}

/** The most frequent of ascending values, the lowest of several. */
function modeOf(sorted: Float64Array): number {
  let mode = Number.NaN, most = 0;
  for (let start = 0, end = 0; start < sorted.length; start = end) {
    while (end < sorted.length && sorted[end] === sorted[start]) end++;
    if (end - start <= most) continue;
    most = end - start;
    mode = sorted[start]!;
  }
  // Values that hardly repeat have no usual one.
  return most > USUAL * sorted.length ? mode : Number.NaN;
}

/** How far out `inside` of n values lie on this value's inner side, where `tied` are equal to it. */
function sideText(end: 'largest' | 'smallest', inside: number, tied: number, n: number): string {
  if (inside + tied === n && tied > 1) return `the ${end} value, shared by ${percentText(tied / n)} of rows`;
  return `${end === 'largest' ? 'above' : 'below'} ${percentText(inside / n)} of rows`;
}

function numberRarity({ values }: NumberColumn): (row: number) => Rarity {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort(), n = sorted.length, median = sorted[n >> 1], mode = modeOf(sorted);
  const typical = median === undefined ? '(missing)' : numberText(median);
  return (row) => {
    const value = values[row]!;
    if (Number.isNaN(value)) return missingRarity(values.length - n, values.length, typical);
    const below = countUpTo(sorted, value, false), above = n - countUpTo(sorted, value, true), inside = Math.max(below, above);
    const text = sideText(below >= above ? 'largest' : 'smallest', inside, n - below - above, n);
    return { value: numberText(value), typical, share: 2 * inside <= n ? 1 : (n - inside) / n, text, usual: value === median || value === mode };
  };
}

function categoryRarity({ codes, levels }: CategoryColumn): (row: number) => Rarity {
  const rows = codes.length, counts = new Float64Array(levels.length + 1);
  const slot = (code: number): number => (code < 0 ? levels.length : code);
  for (const code of codes) counts[slot(code)]!++;
  const rarer = counts.map((count) => counts.reduce((sum, other) => sum + (other <= count ? other : 0), 0));
  const mode = counts.indexOf(Math.max(...counts)), typical = mode === levels.length ? '(missing)' : shortText(levels[mode]!);
  return (row) => {
    const own = slot(codes[row]!);
    if (own === levels.length) return missingRarity(counts[own]!, rows, typical);
    const share = rarer[own]! / rows, alone = percentText(counts[own]! / rows), together = percentText(share);
    return { value: shortText(levels[own]!), typical, share, text: `${alone} of rows${together === alone ? '' : `, ${together} with all levels as rare`}`, usual: own === mode };
  };
}

/** How rare or far out each row's value is among all values of its column. */
export function rarityOf(column: Column): (row: number) => Rarity {
  return column.kind === 'number' ? numberRarity(column) : categoryRarity(column);
}
