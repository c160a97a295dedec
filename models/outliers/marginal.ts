import type { CategoryColumn, Column, NumberColumn } from '../table.ts';
import { numberText, percentText, shortText } from './value-text.ts';

/** What one column alone says of a row's value. */
export interface Rarity {
  readonly value: string;
  readonly typical: string;
  /** Share of rows whose value is at least as rare or as far out on its side (twice that side), 0 to 1. */
  readonly share: number;
  /** `above 99.5 % of rows`, `0.1 % of rows`. */
  readonly text: string;
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
  return { value: '(missing)', typical, share: count / rows, text: `missing in ${percentText(count / rows)} of rows` };
}

function numberRarity({ values }: NumberColumn): (row: number) => Rarity {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort(), n = sorted.length;
  const typical = n === 0 ? '(missing)' : numberText(sorted[n >> 1]!);
  return (row) => {
    const value = values[row]!;
    if (Number.isNaN(value)) return missingRarity(values.length - n, values.length, typical);
    const below = countUpTo(sorted, value, false), above = n - countUpTo(sorted, value, true);
    const share = Math.min(1, 2 * (n - Math.max(below, above)) / n);
    return { value: numberText(value), typical, share, text: below >= above ? `above ${percentText(below / n)} of rows` : `below ${percentText(above / n)} of rows` };
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
    return { value: shortText(levels[own]!), typical, share: rarer[own]! / rows, text: `${percentText(counts[own]! / rows)} of rows` };
  };
}

/** How rare or far out each row's value is among all values of its column. */
export function rarityOf(column: Column): (row: number) => Rarity {
  return column.kind === 'number' ? numberRarity(column) : categoryRarity(column);
}
