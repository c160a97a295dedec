import type { DensityCandidate } from './types.ts';

export interface ScoredCandidate {
  readonly name: DensityCandidate['name'];
  readonly detail: string;
  /** Log-likelihood of each held-out row, in nats; the same rows for every candidate. */
  readonly heldOut: Float64Array;
}

/** Mean and standard error of the mean; the error is 0 for fewer than two values. */
export function meanAndError(values: Float64Array): { readonly mean: number; readonly error: number } {
  const n = values.length;
  if (n === 0) return { mean: 0, error: 0 };
  let sum = 0, square = 0;
  for (const value of values) sum += value;
  const mean = sum / n;
  for (const value of values) square += (value - mean) ** 2;
  return { mean, error: n < 2 ? 0 : Math.sqrt(square / (n - 1) / n) };
}

/**
 * The simplest candidate whose mean held-out log-likelihood lies within one standard error of the best one's, the error being that
 * of the paired differences (one-standard-error rule, Breiman et al. 1984, §3.4.3). candidates: simplest first.
 * @throws RangeError without a candidate
 */
export function chooseDensity(candidates: readonly ScoredCandidate[], force: 'auto' | DensityCandidate['name'] = 'auto'): DensityCandidate[] {
  if (candidates.length === 0) throw new RangeError('at least one density is needed to choose from');
  const scores = candidates.map(({ heldOut }) => meanAndError(heldOut));
  let best = 0;
  for (let i = 1; i < scores.length; i++) if (scores[i]!.mean > scores[best]!.mean) best = i;
  const close = (i: number): boolean => {
    const gap = meanAndError(candidates[i]!.heldOut.map((value, row) => candidates[best]!.heldOut[row]! - value));
    return gap.mean <= gap.error;
  };
  const simplest = candidates.findIndex((_, i) => i === best || close(i));
  const forced = candidates.findIndex(({ name }) => name === force);
  const chosen = forced < 0 ? simplest : forced;
  return candidates.map(({ name, detail }, i) => ({
    name, detail, heldOut: scores[i]!.mean, standardError: scores[i]!.error, chosen: i === chosen,
  }));
}
