import tCdf from '@stdlib/stats-base-dists-t-cdf';
import tQuantile from '@stdlib/stats-base-dists-t-quantile';
import type { RandomStream } from '../engine/random.ts';
import { normalCritical, normalTail, normalTailQuantile } from './normal.ts';

/** Two-sided critical value of Student's t; of the normal without degrees of freedom. */
export function tCritical(level: number, degrees: number | null): number {
  return degrees === null ? normalCritical(level) : tQuantile((1 + level) / 2, degrees);
}

/** P(T > t). */
export function tTail(t: number, degrees: number | null): number {
  return degrees === null ? normalTail(t) : tCdf(-t, degrees);
}

/** t with P(T > t) = tail. */
export function tTailQuantile(tail: number, degrees: number | null): number {
  return degrees === null ? normalTailQuantile(tail) : -tQuantile(tail, degrees);
}

/** A draw of χ²/degrees, by Marsaglia and Tsang's gamma method (2000); degrees ≥ 1. */
export function drawChiSquareRatio(degrees: number, random: RandomStream): number {
  // A shape below 1 is drawn one higher and scaled back by U^(1/shape).
  const shape = degrees / 2, raised = shape < 1 ? shape + 1 : shape;
  const d = raised - 1 / 3, c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const z = random.normal(), v = (1 + c * z) ** 3;
    if (v <= 0 || Math.log(random.uniform()) >= (z * z) / 2 + d - d * v + d * Math.log(v)) continue;
    const gamma = d * v * (shape < 1 ? random.uniform() ** (1 / shape) : 1);
    return gamma / shape;
  }
}
