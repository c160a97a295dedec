import type { Mixture } from '../latent/mixture.ts';
import type { StoredPoints } from '../latent/points.ts';

/** What a debiasing rule may use. */
export interface RuleInput {
  /** Latent means on the density's dimensions, [n, d]. */
  readonly z: StoredPoints;
  /** ln q̂(z) of the chosen density, [n]. */
  readonly logDensity: Float64Array;
  /** null when the mixture is not the chosen density or has one component. */
  readonly mixture: Mixture | null;
  /** Further fits of the mixture, which tell whether its components can be relied on: without two of them `component` is not chosen. */
  readonly furtherMixtures?: readonly Mixture[];
  /** [n] 1 for rows that are taken as outliers. */
  readonly flagged: Uint8Array;
  readonly alpha: number;
  /** Least effective sample size, as a share of the rows. */
  readonly essFloor: number;
}

export interface RuleWeights {
  /** [n], sum n */
  readonly weights: Float64Array;
  readonly tau: number | null;
  /** Flagged rows whose weight the cap lowered. */
  readonly lowered: number;
}
