import tCdf from '@stdlib/stats-base-dists-t-cdf';
import tQuantile from '@stdlib/stats-base-dists-t-quantile';
import { meanAndError } from './choose-density.ts';

export interface EffectTest {
  readonly effect: number;
  readonly interval: readonly [number, number];
  /** H0: |effect| ≤ tolerance. */
  readonly pValue: number;
  /** H0: |effect| > tolerance (two one-sided tests, Schuirmann 1987). */
  readonly negligiblePValue: number;
}

/** P(T ≥ t) with a standard error of 0 taken as its limit. */
function upperTail(difference: number, error: number, degrees: number): number {
  if (error > 0) return tCdf(-difference / error, degrees);
  return difference > 0 ? 0 : 1;
}

/**
 * Mean of paired changes with its t interval, clipped to [−1, 1] since scores are probabilities, and tests against a tolerance: the
 * p-value at |effect| = tolerance is P(|mean| ≥ what was seen) = P(T ≥ (|m| − tol)/se) + P(T ≥ (|m| + tol)/se). One change or none
 * decides nothing.
 */
export function effectTest(changes: Float64Array, tolerance: number, level: number): EffectTest {
  const { mean, error } = meanAndError(changes), degrees = changes.length - 1;
  if (degrees < 1) return { effect: mean, interval: [-1, 1], pValue: 1, negligiblePValue: 1 };
  const half = tQuantile((1 + level) / 2, degrees) * error, size = Math.abs(mean);
  return {
    effect: mean, interval: [Math.max(-1, mean - half), Math.min(1, mean + half)],
    pValue: Math.min(1, upperTail(size - tolerance, error, degrees) + upperTail(size + tolerance, error, degrees)),
    negligiblePValue: upperTail(tolerance - size, error, degrees),
  };
}
