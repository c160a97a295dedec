import { POWER_80 } from '../stats/normal.ts';
import { ratioScore } from '../stats/score-ratio.ts';

export interface PairAtPooledRate {
  readonly n: readonly [number, number];
  readonly pooled: number;
  readonly critical: number;
  readonly tolerance: number;
}

/** Smallest value in [low, high] that holds, for a condition that turns true once. null when it never does. */
function smallest(low: number, high: number, holds: (value: number) => boolean): number | null {
  if (!holds(high)) return null;
  let from = low, to = high;
  for (let i = 0; i < 60; i++) {
    const middle = (from + to) / 2;
    if (holds(middle)) to = middle; else from = middle;
  }
  return to;
}

/**
 * The smallest true difference whose lower interval end lies above the tolerance with probability .8, when the two groups differ
 * around the pooled rate: δ ≥ tolerance + (critical + .84)·se(δ). null: no difference is that large.
 */
export function detectableDifference({ n: [a, b], pooled, critical, tolerance }: PairAtPooledRate): number | null {
  const spread = (delta: number): readonly [number, number] => {
    const high = Math.min(1, pooled + (delta * b) / (a + b));
    return high - delta >= 0 ? [high, high - delta] : [delta, 0];
  };
  const holds = (delta: number): boolean => {
    const [high, low] = spread(delta);
    const p = (high * a + 1) / (a + 2), q = (low * b + 1) / (b + 2);
    return p - q - tolerance >= (critical + POWER_80) * Math.sqrt((p * (1 - p)) / (a + 2) + (q * (1 - q)) / (b + 2));
  };
  return smallest(tolerance, 1, holds);
}

/** The same for a ratio: the largest true ratio whose upper end lies below the tolerance with probability .8. */
export function detectableRatio({ n: [a, b], pooled, critical, tolerance }: PairAtPooledRate): number | null {
  const holds = (distance: number): boolean => {
    const ratio = tolerance * (1 - distance);
    const high = Math.min(1, (pooled * (a + b)) / (a * ratio + b));
    return -ratioScore(ratio * high * a, a, high * b, b, tolerance) >= critical + POWER_80;
  };
  const distance = smallest(0, 1, holds);
  return distance === null ? null : tolerance * (1 - distance);
}
