import { shortName } from '../fairness/short-name.ts';
import type { CategoryColumn, Column, NumberColumn } from '../table.ts';
import { type Ascending, ascending } from './ascending.ts';
import { OrderStatistics } from './order-statistics.ts';
import { presentValues } from './present-values.ts';
import type { ColumnProfile, ColumnRole } from './profile-types.ts';

export const TOP_LEVELS = 12;
const TARGET_BINS = 20;

/** What is in a column: kind, missing and distinct values, and their distribution. */
export function profileColumn(column: Column, roles: readonly ColumnRole[], note: string | null): ColumnProfile {
  return column.kind === 'number' ? profileNumber(column, roles, note) : profileCategory(column, roles, note);
}

function profileNumber(column: NumberColumn, roles: readonly ColumnRole[], note: string | null): ColumnProfile {
  const sorted = presentValues(column.values).sort();
  return { name: column.name, kind: 'number', roles, missing: column.values.length - sorted.length, categories: null, note, ...describeNumbers(ascending(sorted)) };
}

/** Distinct values and distribution of numbers; gone through twice. */
export function describeNumbers(sorted: Ascending): Pick<ColumnProfile, 'distinct' | 'number'> {
  if (sorted.length === 0) return { distinct: 0, number: null };
  const order = new OrderStatistics(sorted.length, [0, 0.25, 0.5, 0.75, 1].map((share) => share * (sorted.length - 1)));
  let distinct = 0, mean = 0, squares = 0, i = 0, whole = true, before = Number.NaN;
  for (const chunk of sorted.chunks()) {
    for (const value of chunk) {
      if (value !== before) distinct++;
      mean += value / (i + 1) - mean / (i + 1);
      whole &&= Number.isInteger(value);
      before = value;
      i++;
    }
    order.add(chunk);
  }
  const [min, q1, median, q3, max] = order.values() as [number, number, number, number, number], histogram = new Histogram(min, max, whole);
  for (const chunk of sorted.chunks()) {
    for (const value of chunk) squares += (value - mean) ** 2;
    histogram.add(chunk);
  }
  return { distinct, number: { min, q1, median, q3, max, mean, std: Math.sqrt(squares / sorted.length), histogram: histogram.counted(sorted.length) } };
}

/** About 20 bins of a round width, filled by values in ascending order; the last edge lies above the largest value. */
class Histogram {
  readonly #edges: readonly number[] | null;
  readonly #counts: number[];
  readonly #ends: readonly [number, number];
  #bin = 0;

  constructor(min: number, max: number, whole: boolean) {
    const width = roundWidth((max - min) / TARGET_BINS, whole), first = Math.floor(min / width), bins = Math.floor(max / width) - first + 1;
    const isUsable = Number.isFinite(width) && Number.isSafeInteger(first) && bins <= 4 * TARGET_BINS;
    this.#ends = [min, max];
    this.#edges = isUsable ? Array.from({ length: bins + 1 }, (_, i) => (first + i) * width) : null;
    this.#counts = new Array<number>(isUsable ? bins : 0).fill(0);
  }

  add(chunk: Float64Array): void {
    if (this.#edges === null) return;
    for (const value of chunk) {
      while (this.#bin < this.#counts.length - 1 && value >= this.#edges[this.#bin + 1]!) this.#bin++;
      this.#counts[this.#bin]!++;
    }
  }

  counted(values: number): { readonly edges: readonly number[]; readonly counts: readonly number[] } {
    return this.#edges === null ? { edges: [...this.#ends], counts: [values] } : { edges: this.#edges, counts: this.#counts };
  }
}

/** The next of 1, 2, 2.5, 5 times a power of ten; at least 1 and whole for whole numbers. */
function roundWidth(raw: number, whole: boolean): number {
  if (raw === 0) return 1;
  const power = 10 ** Math.floor(Math.log10(raw));
  const steps = whole && power < 10 ? [1, 2, 5, 10] : [1, 2, 2.5, 5, 10];
  const width = (steps.find((step) => step * power >= raw) ?? 10) * power;
  return whole ? Math.max(1, width) : width;
}

function profileCategory(column: CategoryColumn, roles: readonly ColumnRole[], note: string | null): ColumnProfile {
  const counts = new Float64Array(column.levels.length);
  let missing = 0;
  for (const code of column.codes) {
    if (code < 0) missing++;
    else counts[code]!++;
  }
  const present = Array.from(column.levels.keys()).filter((code) => counts[code]! > 0);
  const { distinct, categories } = describeLevels(present.map((code) => ({ value: column.levels[code]!, count: counts[code]! })), present.length, column.codes.length - missing);
  return { name: column.name, kind: 'category', roles, missing, distinct, number: null, categories, note };
}

/** levels: those that occur, the most frequent ones at least. rows: that have a value. */
export function describeLevels(levels: readonly { readonly value: string; readonly count: number }[], distinct: number, rows: number): Pick<ColumnProfile, 'distinct' | 'categories'> {
  const order = [...levels].sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
  const top = order.slice(0, TOP_LEVELS).map(({ value, count }) => ({ value: shortName(value), count }));
  return { distinct, categories: { top, others: rows - top.reduce((sum, each) => sum + each.count, 0) } };
}
