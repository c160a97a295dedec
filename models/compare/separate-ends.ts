import type { Disparity } from '../fairness/types.ts';
import { normalCritical } from '../stats/normal.ts';

/** A disparity as its own audit tells it. */
type Told = Pick<Disparity, 'metric' | 'value' | 'interval'>;

/** Limits of a disparity at another level, as those of its own audit stretch; a size stays on its side of 0, a ratio below 1. */
function limitsAt({ metric, value, interval }: Told, scale: number): readonly [number, number] | null {
  if (value === null || interval === null) return null;
  // An end without a bound is null in the file; a smoothed value may lie a little outside of unsmoothed limits.
  const [from, to] = interval as readonly [number | null, number | null], low = from === null ? -Infinity : value - scale * Math.max(0, value - from), high = to === null ? Infinity : value + scale * Math.max(0, to - value);
  return [value >= 0 ? Math.max(0, low) : low, metric.endsWith('_ratio') ? Math.min(1, high) : value < 0 ? Math.min(0, high) : high];
}

/** Whether a limit says no more than the range does: a size above 0, a ratio below 1. */
const isTrivial = (limit: number, { metric }: Told): boolean => limit === 0 || (metric.endsWith('_ratio') && limit === 1);

/**
 * Change of a disparity by nothing but its limits in either audit: each end takes half of the error, or all of it where the other one is no more than
 * the range says. It needs no rows and knows of none that are shared. Where a disparity folds at 0 its estimate is too large by
 * chance, which no root of a sum of squares makes up for: with such the interval of a disparity that rose from parity fails one time in six.
 * @param from level of the audits' own limits
 */
export function separateEnds(before: Told, after: Told, { from, level }: { readonly from: number; readonly level: number }): readonly [number, number] | null {
  const whole = normalCritical(level) / normalCritical(from), half = normalCritical(1 - (1 - level) / 2) / normalCritical(from);
  const was = limitsAt(before, half), is = limitsAt(after, half), wasWhole = limitsAt(before, whole), isWhole = limitsAt(after, whole);
  if (was === null || is === null || wasWhole === null || isWhole === null) return null;
  const apart = (end: 0 | 1): number => (isTrivial(is[end], after) ? is[end] - wasWhole[1 - end]! : isTrivial(was[1 - end]!, before) ? isWhole[end] - was[1 - end]! : is[end] - was[1 - end]!);
  return [apart(0), apart(1)];
}

/** Share of the error for limits by rows; the audits' own ends have the rest, so that both hold at once. */
const BY_ROWS = 0.5;

/** The narrower of both at either end. byRows: limits at a level, or null where rows tell nothing. */
export function eitherEnds(byRows: (level: number) => { readonly interval: readonly [number, number] } | null, byEnds: (level: number) => readonly [number, number] | null, level: number): { readonly interval: readonly [number, number]; readonly paired: boolean } | null {
  const rows = byRows(1 - BY_ROWS * (1 - level));
  if (rows === null) {
    const ends = byEnds(level);
    return ends === null ? null : { interval: ends, paired: false };
  }
  const ends = byEnds(1 - (1 - BY_ROWS) * (1 - level)) ?? [-Infinity, Infinity];
  return { interval: [Math.max(rows.interval[0], ends[0]), Math.min(rows.interval[1], ends[1])], paired: true };
}
