import { normalCritical } from '../stats/normal.ts';
import type { CategoryColumn, Column, NumberColumn } from '../table.ts';
import type { RowMatch } from './match-rows.ts';

/** One measured difference between two samples: 0 is none. */
export interface DriftMeasure {
  readonly measure: 'smd' | 'ks' | 'total_variation' | 'missing';
  readonly before: number | null;
  readonly after: number | null;
  readonly value: number | null;
  /** Of the size of the difference; not below 0. */
  readonly interval: readonly [number, number] | null;
  readonly note: string | null;
}

interface Sample {
  readonly first: NumberColumn;
  readonly second: NumberColumn;
  readonly match: RowMatch;
  readonly level: number;
}

/** 1/n + 1/m − 2·s/(n·m): the variance of a difference of means of a unit-variance variable when s rows are in both samples unchanged. */
export function sharedVariance(n: number, m: number, same: number): number {
  return Math.max(0, 1 / n + 1 / m - (2 * same) / (n * m));
}

/** How a column differs between two tables; pairs of the same row count once. */
export function columnDrift(first: Column, second: Column, match: RowMatch, level: number): readonly DriftMeasure[] {
  if (first.kind === 'number' && second.kind === 'number') return [smd({ first, second, match, level }), ks({ first, second, match, level }), missingShare({ first, second, match, level })];
  if (first.kind === 'category' && second.kind === 'category') return [totalVariation(first, second, match, level)];
  throw new RangeError(`the column ${JSON.stringify(first.name)} holds numbers in one audit and categories in the other`);
}

interface Moments { readonly n: number; readonly mean: number; readonly variance: number }

function momentsOf(values: Float64Array): Moments {
  let n = 0, mean = 0, squares = 0;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    const delta = value - mean;
    mean += delta / ++n;
    squares += delta * (value - mean);
  }
  return { n, mean, variance: n > 1 ? squares / (n - 1) : Number.NaN };
}

/** Σ (x − x̄)(y − ȳ) over rows of both samples that have a value in both. */
function crossProduct({ first, second, match }: Sample, a: Moments, b: Moments): number {
  let sum = 0;
  for (let k = 0; k < match.first.length; k++) {
    const x = first.values[match.first[k]!]!, y = second.values[match.second[k]!]!;
    if (!Number.isNaN(x) && !Number.isNaN(y)) sum += (x - a.mean) * (y - b.mean);
  }
  return sum;
}

/**
 * Standardised mean difference over the root of the mean variance (Austin 2009); its error with the covariance of rows that are in both
 * samples, and that of the scale by d²/(2(n + m)).
 */
function smd(sample: Sample): DriftMeasure {
  const a = momentsOf(sample.first.values), b = momentsOf(sample.second.values);
  const scale = Math.sqrt((a.variance + b.variance) / 2), shown = { measure: 'smd' as const, before: a.n === 0 ? null : a.mean, after: b.n === 0 ? null : b.mean };
  if (!(scale > 0)) return { ...shown, value: null, interval: null, note: a.n < 2 || b.n < 2 ? 'fewer than two values in one of the audits' : 'no spread: the values are all alike' };
  const d = (b.mean - a.mean) / scale, shared = crossProduct(sample, a, b);
  // Σxy/(n·m) with the divisors n − 1 and m − 1 that the variances have, so that equal samples leave nothing.
  const joint = shared / Math.sqrt(a.n * (a.n - 1) * b.n * (b.n - 1)), variance = Math.max(0, a.variance / a.n + b.variance / b.n - 2 * joint) / scale ** 2;
  const different = Math.max(0, 1 - (2 * sample.match.first.length) / (a.n + b.n));
  const half = normalCritical(sample.level) * Math.sqrt(variance + (d * d * different) / (2 * (a.n + b.n)));
  return { ...shown, value: d, interval: [Math.max(0, Math.abs(d) - half), Math.abs(d) + half], note: null };
}

function sortedValues(values: Float64Array): Float64Array {
  return values.filter((value) => !Number.isNaN(value)).sort();
}

/** sup |F̂ − Ĝ| of two ascending samples, in one walk. */
export function ksDistance(a: Float64Array, b: Float64Array): number {
  let i = 0, j = 0, most = 0;
  while (i < a.length && j < b.length) {
    const value = Math.min(a[i]!, b[j]!);
    while (i < a.length && a[i] === value) i++;
    while (j < b.length && b[j] === value) j++;
    most = Math.max(most, Math.abs(i / a.length - j / b.length));
  }
  return most;
}

/** D̂ ± the bound that sup |noise| keeps with probability `level` (Kolmogorov; Massart's constant); rows unchanged in both bring no noise. */
function ks({ first, second, match, level }: Sample): DriftMeasure {
  const a = sortedValues(first.values), b = sortedValues(second.values);
  if (a.length === 0 || b.length === 0) return { measure: 'ks', before: null, after: null, value: null, interval: null, note: 'no value in one of the audits' };
  let same = 0;
  for (let k = 0; k < match.first.length; k++) if (first.values[match.first[k]!] === second.values[match.second[k]!]) same++;
  const value = ksDistance(a, b), bound = Math.sqrt(-0.5 * Math.log((1 - level) / 2) * sharedVariance(a.length, b.length, same));
  return { measure: 'ks', before: null, after: null, value, interval: [Math.max(0, value - bound), Math.min(1, value + bound)], note: null };
}

function missingShare({ first, second, match, level }: Sample): DriftMeasure {
  const flag = ({ name, values }: NumberColumn): CategoryColumn => ({ kind: 'category', name, levels: ['value'], codes: Int32Array.from(values, (value) => (Number.isNaN(value) ? -1 : 0)) });
  const share = (values: Float64Array): number => values.reduce((sum, value) => sum + (Number.isNaN(value) ? 1 : 0), 0) / values.length;
  return { ...totalVariation(flag(first), flag(second), match, level), measure: 'missing', before: share(first.values), after: share(second.values) };
}

/**
 * ½ Σ |p − q| over the levels, a missing value being one; its bound is what ½ Σ |noise| stays below with probability `level`: its mean,
 * and its tail by Gaussian concentration (Borell, Tsirelson, Ibragimov and Sudakov), no direction of noise being wider than √v/2.
 */
function totalVariation(first: CategoryColumn, second: CategoryColumn, match: RowMatch, level: number): DriftMeasure {
  const levels = [...new Set([...first.levels, ...second.levels])], position = new Map(levels.map((name, i) => [name, i]));
  const codesOf = ({ levels: own, codes }: CategoryColumn): Int32Array => {
    const to = own.map((name) => position.get(name)!);
    return codes.map((code) => (code < 0 ? levels.length : to[code]!));
  };
  const a = codesOf(first), b = codesOf(second), n = a.length, m = b.length;
  const p = new Float64Array(levels.length + 1), q = new Float64Array(levels.length + 1);
  for (const code of a) p[code]! += 1 / n;
  for (const code of b) q[code]! += 1 / m;
  let same = 0, value = 0, meanNoise = 0;
  for (let k = 0; k < match.first.length; k++) if (a[match.first[k]!] === b[match.second[k]!]) same++;
  const variance = sharedVariance(n, m, same);
  p.forEach((share, k) => {
    const pooled = (n * share + m * q[k]!) / (n + m);
    value += Math.abs(share - q[k]!) / 2;
    meanNoise += Math.sqrt((variance * pooled * (1 - pooled)) / (2 * Math.PI));
  });
  const bound = meanNoise + Math.sqrt(-2 * Math.log(1 - level) * variance) / 2;
  return { measure: 'total_variation', before: null, after: null, value, interval: [Math.max(0, value - bound), Math.min(1, value + bound)], note: null };
}
