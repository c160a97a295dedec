import tQuantile from '@stdlib/stats-base-dists-t-quantile';
import { meanAndError } from './choose-density.ts';
import type { ObservedDifference } from './perturb-types.ts';

/** Real rows with their scores: what the model says of rows as they are, not as they are decoded. */
export interface ObservedRows {
  /** [m, units] latent means of the rows. */
  readonly mu: Float32Array;
  /** [m] the model's score of each row. */
  readonly score: Float64Array;
}

export interface BandOptions {
  readonly units: number;
  readonly latent: number;
  /** Mean and standard deviation of the unit's μ over all rows. */
  readonly centre: number;
  readonly sigma: number;
  /** The bands' middles lie this many standard deviations from the centre. */
  readonly step: number;
  readonly level: number;
}

/** Half the width of a band, in standard deviations of μ. */
export const BAND = 0.5;

function bandScores({ mu, score }: ObservedRows, { units, latent, centre, sigma }: BandOptions, middle: number): Float64Array {
  return score.filter((_, row) => Math.abs((mu[row * units + latent]! - centre) / sigma - middle) <= BAND);
}

/**
 * Mean score of the real rows whose μ lies within half a standard deviation of +step·σ less that of those around −step·σ, with
 * Welch's interval (1947), clipped to [−1, 1]. Rows of the two bands differ in whatever goes with the latent, so this is confounded
 * and no effect; it tells whether an effect of 0 on decoded rows can be the whole story. null with fewer than two rows in a band.
 */
export function observedDifference(rows: ObservedRows, options: BandOptions): ObservedDifference | null {
  const high = bandScores(rows, options, options.step), low = bandScores(rows, options, -options.step);
  if (high.length < 2 || low.length < 2) return null;
  const [upper, lower] = [meanAndError(high), meanAndError(low)], difference = upper.mean - lower.mean;
  const a = upper.error ** 2, b = lower.error ** 2, variance = a + b;
  const degrees = variance > 0 ? variance ** 2 / (a ** 2 / (high.length - 1) + b ** 2 / (low.length - 1)) : 1;
  const half = variance > 0 ? tQuantile((1 + options.level) / 2, degrees) * Math.sqrt(variance) : 0;
  return { difference, interval: [Math.max(-1, difference - half), Math.min(1, difference + half)], lowRows: low.length, highRows: high.length };
}
