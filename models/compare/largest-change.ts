import { normalCritical } from '../stats/normal.ts';

/** One of the values of which a disparity is the largest, in both audits. */
export interface Candidate {
  readonly before: number;
  readonly after: number;
  /** Of after − before. */
  readonly variance: number;
}

export interface LargestChange {
  readonly before: number;
  readonly after: number;
  readonly value: number;
  readonly interval: readonly [number, number];
}

/** Share of the error that is spent on which candidates may be the largest. */
export const SCREENED = 0.1;

/** z of one end of an interval for one candidate, and z within which a candidate may be the true largest of `candidates`, so that both together err at no more than `level` allows. */
export function endCriticals(level: number, candidates: number): { readonly end: number; readonly screen: number } {
  const error = 1 - level;
  return { end: normalCritical(1 - (1 - SCREENED) * error), screen: normalCritical(1 - (SCREENED * error) / Math.max(1, candidates)) };
}

/**
 * Change of max_k θ_k between two audits, of candidates k whose changes are known with paired variances. Where k₀ is the true largest before,
 * the change is at least that of θ_k₀; where k₁ is the true largest after, it is at most that of θ_k₁. So the lower end is the least
 * lower limit over all candidates that may be k₀, the upper the largest upper limit over those that may be k₁: no correction for their
 * number, since only the true one must hold (intersection–union), and nothing is assumed of ties and folds, where a bootstrap fails.
 * What did not change at all has an interval of no width.
 * @param apart variance of θ_i − θ_j in one audit
 */
export function largestChange(candidates: readonly Candidate[], apart: (i: number, j: number, audit: 'before' | 'after') => number, level: number): LargestChange | null {
  if (candidates.length === 0) return null;
  const { end, screen } = endCriticals(level, candidates.length);
  const best = (audit: 'before' | 'after'): number => candidates.reduce((most, candidate, i) => (candidate[audit] > candidates[most]![audit] ? i : most), 0);
  const may = (audit: 'before' | 'after', top: number): readonly Candidate[] => candidates.filter((candidate, i) => i === top || candidates[top]![audit] - candidate[audit] <= screen * Math.sqrt(apart(top, i, audit)));
  const tops = { before: best('before'), after: best('after') }, before = candidates[tops.before]!.before, after = candidates[tops.after]!.after;
  const low = may('before', tops.before).reduce((least, { before: was, after: is, variance }) => Math.min(least, is - was - end * Math.sqrt(variance)), Infinity);
  const high = may('after', tops.after).reduce((most, { before: was, after: is, variance }) => Math.max(most, is - was + end * Math.sqrt(variance)), -Infinity);
  return { before, after, value: after - before, interval: [Math.min(low, after - before), Math.max(high, after - before)] };
}
