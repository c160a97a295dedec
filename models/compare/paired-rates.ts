import { normalCritical } from '../stats/normal.ts';
import type { RowMatch } from './match-rows.ts';

/** Outcomes of the rows of one audit that count: 1, 0, or 255 for those that do not. */
export type Outcomes = Uint8Array;
const OUT = 255;

export interface RateChange {
  readonly before: number;
  readonly after: number;
  readonly value: number;
  /** Of the change. */
  readonly variance: number;
  /** Of what was before and of what is after, with their covariance over the rows that count in both. */
  readonly varianceBefore: number;
  readonly varianceAfter: number;
  readonly covariance: number;
  /** The rarest of events and their opposite in either audit: few make a normal approximation a poor one. */
  readonly least: number;
}

const smoothedVariance = (events: number, n: number): number => {
  const p = (events + 1) / (n + 2);
  return p * (1 - p);
};

/**
 * Change of a rate between two audits, with the covariance of rows that count in both: where nothing but the seed changed, all but the
 * rows decided otherwise cancel. Null when nobody counts in one of them.
 * @param pseudo events, and as many of their opposite, that are added to the rates themselves
 */
export function rateChange(first: Outcomes, second: Outcomes, match: RowMatch, pseudo = 0): RateChange | null {
  let n = 0, m = 0, x = 0, y = 0, both = 0, bothFirst = 0, bothSecond = 0, product = 0;
  for (const value of first) if (value !== OUT) { n++; x += value; }
  for (const value of second) if (value !== OUT) { m++; y += value; }
  if (n === 0 || m === 0) return null;
  for (let k = 0; k < match.first.length; k++) {
    const a = first[match.first[k]!]!, b = second[match.second[k]!]!;
    if (a === OUT || b === OUT) continue;
    both++;
    bothFirst += a;
    bothSecond += b;
    product += a * b;
  }
  const alone = both === 0 ? 0 : product / both - (bothFirst / both) * (bothSecond / both);
  const shared = Math.min(alone, Math.sqrt(smoothedVariance(x, n) * smoothedVariance(y, m)));
  // The same rows with the same outcomes: nothing is left to chance.
  const alike = both === n && both === m && product === x && product === y;
  const varianceBefore = smoothedVariance(x, n) / n, varianceAfter = alike ? varianceBefore : smoothedVariance(y, m) / m, covariance = alike ? varianceBefore : (both * shared) / (n * m);
  const before = (x + pseudo) / (n + 2 * pseudo), after = (y + pseudo) / (m + 2 * pseudo);
  return { before, after, value: after - before, varianceBefore, varianceAfter, covariance, variance: Math.max(0, varianceBefore + varianceAfter - 2 * covariance), least: Math.min(x, n - x, y, m - y) };
}

/** Change of the gap between two groups, each with its outcomes in both audits; groups are independent. */
export function gapChange(one: RateChange, other: RateChange, level: number): { readonly before: number; readonly after: number; readonly value: number; readonly interval: readonly [number, number] } {
  const value = one.value - other.value, half = normalCritical(level) * Math.sqrt(one.variance + other.variance);
  return { before: one.before - other.before, after: one.after - other.after, value, interval: [value - half, value + half] };
}

/** The ratio of a rate (or mean) to another's, and the variance of its change by the delta method; null where either is 0. */
export function ratioMoments(over: RateChange, under: RateChange): { readonly before: number; readonly after: number; readonly variance: number } | null {
  if (!(Math.min(under.before, under.after) > 0)) return null;
  const before = over.before / under.before, after = over.after / under.after;
  const spread = ({ varianceBefore, varianceAfter, covariance }: RateChange, first: number, second: number): number => first * first * varianceBefore + second * second * varianceAfter - 2 * first * second * covariance;
  return { before, after, variance: Math.max(0, spread(over, 1 / under.before, 1 / under.after) + spread(under, before / under.before, after / under.after)) };
}

/** Change of the ratio of a rate (or mean) to another's; null where either is 0. */
export function ratioChange(over: RateChange, under: RateChange, level: number): ReturnType<typeof gapChange> | null {
  const moments = ratioMoments(over, under);
  if (moments === null) return null;
  const { before, after, variance } = moments, half = normalCritical(level) * Math.sqrt(variance);
  return { before, after, value: after - before, interval: [after - before - half, after - before + half] };
}

/** Change of one rate with its interval. */
export function rateInterval({ value, variance }: RateChange, level: number): readonly [number, number] {
  const half = normalCritical(level) * Math.sqrt(variance);
  return [value - half, value + half];
}
