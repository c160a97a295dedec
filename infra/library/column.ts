import type { CategoryColumn, Column, NumberColumn } from '../../models/table.ts';

/** Numbers, texts or booleans, one a row; null, undefined and NaN are missing. */
export type CellValues = ArrayLike<number | string | boolean | null | undefined>;

const isMissing = (value: CellValues[number]): value is null | undefined => value === null || value === undefined || Number.isNaN(value);

function numberColumn(name: string, values: CellValues): NumberColumn {
  return { kind: 'number', name, values: Float64Array.from(values, (value) => (isMissing(value) ? Number.NaN : Number(value))) };
}

function categoryColumn(name: string, values: CellValues): CategoryColumn {
  const known = new Map<string, number>(), codes = new Int32Array(values.length).fill(-1);
  for (let row = 0; row < values.length; row++) {
    const value = values[row];
    if (isMissing(value)) continue;
    const text = String(value), code = known.get(text) ?? known.size;
    known.set(text, code);
    codes[row] = code;
  }
  return { kind: 'category', name, codes, levels: [...known.keys()] };
}

/** A column from plain values: of numbers when all that are not missing are numbers, of categories otherwise, in order of first appearance. */
export function column(name: string, values: CellValues): Column {
  for (let row = 0; row < values.length; row++) {
    if (!isMissing(values[row]) && typeof values[row] !== 'number') return categoryColumn(name, values);
  }
  return numberColumn(name, values);
}
