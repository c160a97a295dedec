import type { Column, Table } from '../../../models/table.ts';

export type Values = readonly (string | number | null)[];

/** A table from columns of values; a column with any text is a category. */
export function tableFrom(columns: Readonly<Record<string, Values>>): Table {
  const made = Object.entries(columns).map(([name, values]) => columnFrom(name, values));
  return { rows: Object.values(columns)[0]!.length, columns: made };
}

function columnFrom(name: string, values: Values): Column {
  if (values.every((value) => value === null || typeof value === 'number')) return { kind: 'number', name, values: Float64Array.from(values, (value) => (value === null ? NaN : Number(value))) };
  const levels = [...new Set(values.filter((value) => value !== null).map(String))];
  return { kind: 'category', name, levels, codes: Int32Array.from(values, (value) => (value === null ? -1 : levels.indexOf(String(value)))) };
}

/** n values by index. */
export function times(n: number, value: (i: number) => string | number | null): Values {
  return Array.from({ length: n }, (_, i) => value(i));
}
