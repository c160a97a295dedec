import { effectiveSampleSize } from './weights.ts';

const STEPS = 40;

/**
 * Largest τ in [0, 1] at which the effective sample size of weightsAt(τ) is at least floor · n, to 2⁻⁴⁰. The effective sample size
 * must fall as τ grows: for w = e^{τv} it does, since ln ESS = 2K(τ) − K(2τ) + ln n with K convex, and weightsAt(0) must be even.
 * The τ that is given back keeps the floor also where a cap makes the fall uneven.
 */
export function largestTau(weightsAt: (tau: number) => Float64Array, floor: number): number {
  const holds = (tau: number): boolean => {
    const weights = weightsAt(tau);
    return effectiveSampleSize(weights) >= floor * weights.length;
  };
  if (holds(1)) return 1;
  let low = 0, high = 1;
  for (let step = 0; step < STEPS; step++) {
    const middle = (low + high) / 2;
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/** τ is sought on no more rows than this; their effective sample size tells that of all. */
const MOST_ROWS = 500_000;

/** Every k-th row, so that there are at most 500,000; null for all. */
export function tauRows(rows: number): Uint32Array | null {
  const stride = Math.ceil(rows / MOST_ROWS);
  return stride <= 1 ? null : Uint32Array.from({ length: Math.ceil(rows / stride) }, (_, i) => i * stride);
}
