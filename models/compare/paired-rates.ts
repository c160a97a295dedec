import { normalCritical } from '../stats/normal.ts';
import type { RowMatch } from './match-rows.ts';
import { selectedCritical } from './selected-critical.ts';

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

export interface PairChange {
  readonly before: number;
  readonly after: number;
  readonly value: number;
  readonly interval: readonly [number, number];
}

/** Before, after and the variances of a contrast of two groups; groups are independent. */
type Moments = Pick<RateChange, 'before' | 'after' | 'value' | 'variance' | 'varianceBefore' | 'covariance'>;

/** direction: 1 where chance made the contrast look too large before, −1 too small. candidates: ordered pairs it was chosen from */
function intervalOf({ before, after, value, variance, varianceBefore, covariance }: Moments, level: number, candidates: number, direction: number): PairChange {
  const se = Math.sqrt(variance), own = varianceBefore - covariance, r = se > 0 && varianceBefore > 0 ? Math.max(0, Math.min(1, own / Math.sqrt(variance * varianceBefore))) : 0;
  const near = normalCritical(level) * se, far = selectedCritical(level, r, candidates) * se;
  return { before, after, value, interval: direction > 0 ? [value - near, value + far] : [value - far, value + near] };
}

/**
 * Change of the gap between two groups, each with its outcomes in both audits; groups are independent.
 * @param candidates ordered pairs of which this one's gap was the largest before
 */
export function gapChange(one: RateChange, other: RateChange, level: number, candidates = 1): PairChange {
  const sum = (of: 'variance' | 'varianceBefore' | 'covariance'): number => one[of] + other[of], before = one.before - other.before;
  return intervalOf({ before, after: one.after - other.after, value: one.value - other.value, variance: sum('variance'), varianceBefore: sum('varianceBefore'), covariance: sum('covariance') }, level, candidates, Math.sign(before) || 1);
}

/** The ratio of a rate (or mean) to another's, and the variance of its change by the delta method; null where either is 0. */
export function ratioMoments(over: RateChange, under: RateChange): Moments | null {
  if (!(Math.min(under.before, under.after) > 0)) return null;
  const before = over.before / under.before, after = over.after / under.after, slopes = [[over, 1 / under.before, 1 / under.after], [under, before / under.before, after / under.after]] as const;
  const sum = (of: (change: RateChange, first: number, second: number) => number): number => slopes.reduce((total, [change, first, second]) => total + of(change, first, second), 0);
  const varianceBefore = sum((change, first) => first * first * change.varianceBefore), covariance = sum((change, first, second) => first * second * change.covariance);
  return { before, after, value: after - before, varianceBefore, covariance, variance: Math.max(0, varianceBefore + sum((change, _, second) => second * second * change.varianceAfter) - 2 * covariance) };
}

/** Change of the ratio of a rate (or mean) to another's; null where either is 0. candidates: ordered pairs of which this one's ratio was the smallest before */
export function ratioChange(over: RateChange, under: RateChange, level: number, candidates = 1): PairChange | null {
  const moments = ratioMoments(over, under);
  return moments === null ? null : intervalOf(moments, level, candidates, -1);
}

/** Change of one rate with its interval. */
export function rateInterval({ value, variance }: RateChange, level: number): readonly [number, number] {
  const half = normalCritical(level) * Math.sqrt(variance);
  return [value - half, value + half];
}
