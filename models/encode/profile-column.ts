import { shortName } from '../fairness/short-name.ts';
import type { CategoryColumn, Column, NumberColumn } from '../table.ts';
import { presentValues } from './present-values.ts';
import type { ColumnProfile, ColumnRole } from './profile-types.ts';

const TOP_LEVELS = 12;
const TARGET_BINS = 20;

/** What is in a column: kind, missing and distinct values, and their distribution. */
export function profileColumn(column: Column, roles: readonly ColumnRole[], note: string | null): ColumnProfile {
  return column.kind === 'number' ? profileNumber(column, roles, note) : profileCategory(column, roles, note);
}

function profileNumber(column: NumberColumn, roles: readonly ColumnRole[], note: string | null): ColumnProfile {
  const sorted = presentValues(column.values).sort();
  const base = { name: column.name, kind: 'number' as const, roles, missing: column.values.length - sorted.length, categories: null, note };
  if (sorted.length === 0) return { ...base, distinct: 0, number: null };
  let distinct = 1, mean = 0, squares = 0;
  for (let i = 1; i < sorted.length; i++) if (sorted[i] !== sorted[i - 1]) distinct++;
  for (let i = 0; i < sorted.length; i++) mean += sorted[i]! / (i + 1) - mean / (i + 1);
  for (const value of sorted) squares += (value - mean) ** 2;
  const number = {
    min: sorted[0]!, q1: quantile(sorted, 0.25), median: quantile(sorted, 0.5), q3: quantile(sorted, 0.75), max: sorted[sorted.length - 1]!,
    mean, std: Math.sqrt(squares / sorted.length), histogram: histogramOf(sorted),
  };
  return { ...base, distinct, number };
}

/** Linear interpolation between order statistics (Hyndman and Fan 1996, type 7). sorted: increasing, not empty. */
function quantile(sorted: Float64Array, share: number): number {
  const position = share * (sorted.length - 1), below = Math.floor(position);
  const low = sorted[below]!, high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (high - low) * (position - below);
}

/** About 20 bins of a round width; the last edge lies above the largest value. */
function histogramOf(sorted: Float64Array): { readonly edges: readonly number[]; readonly counts: readonly number[] } {
  const min = sorted[0]!, max = sorted[sorted.length - 1]!;
  const width = roundWidth((max - min) / TARGET_BINS, sorted.every(Number.isInteger));
  const first = Math.floor(min / width), bins = Math.floor(max / width) - first + 1;
  if (!Number.isFinite(width) || !Number.isSafeInteger(first) || bins > 4 * TARGET_BINS) return { edges: [min, max], counts: [sorted.length] };
  const edges = Array.from({ length: bins + 1 }, (_, i) => (first + i) * width);
  const counts = new Array<number>(bins).fill(0);
  let bin = 0;
  for (const value of sorted) {
    while (bin < bins - 1 && value >= edges[bin + 1]!) bin++;
    counts[bin]!++;
  }
  return { edges, counts };
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
  const order = Array.from(column.levels.keys()).filter((code) => counts[code]! > 0);
  order.sort((a, b) => counts[b]! - counts[a]! || (column.levels[a]! < column.levels[b]! ? -1 : 1));
  const top = order.slice(0, TOP_LEVELS).map((code) => ({ value: shortName(column.levels[code]!), count: counts[code]! }));
  const others = column.codes.length - missing - top.reduce((sum, each) => sum + each.count, 0);
  return { name: column.name, kind: 'category', roles, missing, distinct: order.length, number: null, categories: { top, others }, note };
}
