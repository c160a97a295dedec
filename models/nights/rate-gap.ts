/** Events among trials. */
export interface Tally {
  readonly events: number;
  readonly trials: number;
}

export interface GapEstimate {
  readonly value: number;
  readonly se: number;
}

const smooth = ({ events, trials }: Tally): number => (events + 1) / (trials + 2);

/**
 * Rate of the first minus rate of the second, smoothed by one event and one of its opposite each (Agresti and Caffo 2000), so that a group
 * without events has an error too. Null when either has no trial: such a night says nothing of this gap.
 */
export function rateGap(first: Tally, second: Tally): GapEstimate | null {
  if (first.trials === 0 || second.trials === 0) return null;
  const p = smooth(first), q = smooth(second);
  return { value: p - q, se: Math.sqrt((p * (1 - p)) / (first.trials + 2) + (q * (1 - q)) / (second.trials + 2)) };
}

/** Estimates of several nights as one, weighted by their precision; null of none. */
export function poolEstimates(estimates: readonly GapEstimate[]): GapEstimate | null {
  const information = estimates.reduce((sum, { se }) => sum + 1 / se ** 2, 0);
  if (information === 0) return null;
  return { value: estimates.reduce((sum, { value, se }) => sum + value / se ** 2, 0) / information, se: 1 / Math.sqrt(information) };
}

/**
 * What a removal did to a gap, as one step of its own: rows known before are taken away, and were the removal blind to the outcome, the
 * removed would be a sample without replacement of those in their group. For each group the shift of the rate is p̂_kept − p̂_before, with
 * the hypergeometric variance p̂(1 − p̂)·r/((N − r)(N − 1)) for r removed of N.
 * @returns the shift of the gap with its standard error; null when a group kept no row, or nothing was removed
 */
export function removalShift(first: { readonly before: Tally; readonly removed: Tally }, second: { readonly before: Tally; readonly removed: Tally }): GapEstimate | null {
  const parts = [first, second].map(({ before, removed }) => {
    const n = before.trials, r = removed.trials, p = before.events / n;
    if (n < 2 || r >= n) return null;
    return { shift: (before.events - removed.events) / (n - r) - p, variance: (p * (1 - p) * r) / ((n - r) * (n - 1)) };
  });
  const [a, b] = parts;
  if (a === null || b === null || a === undefined || b === undefined || a.variance + b.variance === 0) return null;
  return { value: a.shift - b.shift, se: Math.sqrt(a.variance + b.variance) };
}
