import type { NumberCode } from './types.ts';

export type NumberTransform = NumberCode['transform'];

/** The feature of a value in original units. */
export function toFeature(transform: NumberTransform, value: number): number {
  if (transform.kind === 'standard') return (value - transform.mean) / transform.std;
  return alongKnots(transform.values, transform.normal, value);
}

/** The value in original units of a feature: the inverse of `toFeature`. */
export function fromFeature(transform: NumberTransform, feature: number): number {
  if (transform.kind === 'standard') return transform.mean + feature * transform.std;
  return alongKnots(transform.normal, transform.values, feature);
}

/**
 * Piecewise linear through the knots (from[i], to[i]), both strictly increasing, at least two. Outside them it goes on with the mean
 * slope of all knots: a clamped end would make every extreme value look alike, and could not be inverted.
 */
function alongKnots(from: readonly number[], to: readonly number[], x: number): number {
  const last = from.length - 1;
  if (x <= from[0]! || x >= from[last]!) {
    const slope = (to[last]! - to[0]!) / (from[last]! - from[0]!);
    return x <= from[0]! ? to[0]! + (x - from[0]!) * slope : to[last]! + (x - from[last]!) * slope;
  }
  let low = 0, high = last;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (from[middle]! <= x) low = middle;
    else high = middle;
  }
  const share = (x - from[low]!) / (from[high]! - from[low]!);
  return to[low]! + share * (to[high]! - to[low]!);
}
