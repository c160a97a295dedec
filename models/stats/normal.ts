import normalCdf from '@stdlib/stats-base-dists-normal-cdf';
import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';

/** z with P(Z ≤ z) = .8: the power that "detectable" and "rows needed" promise. */
export const POWER_80 = 0.8416212335729143;

/** Two-sided standard normal critical value z with P(|Z| ≤ z) = level. */
export function normalCritical(level: number): number {
  return normalQuantile((1 + level) / 2, 0, 1);
}

/** P(Z > z) for a standard normal Z, accurate in the far tail. */
export function normalTail(z: number): number {
  return normalCdf(-z, 0, 1);
}

/** z with P(Z > z) = tail. */
export function normalTailQuantile(tail: number): number {
  return -normalQuantile(tail, 0, 1);
}
