import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import type { Matrix } from './types.ts';

/** A value in more than this share of the rows is dominant. */
const DOMINANT = 0.5;
/** The dominant value and the next: as far apart as the two values of an indicator. */
const JUMP = 1;

/** How far the values of a feature lie from the dominant one. */
interface Dominated {
  readonly feature: number;
  readonly dominant: number;
  /** Ascending distances of the fitted rows with another value. */
  readonly distances: Float64Array;
}

/** Number of ascending values below x, or at most x. */
function countUpTo(sorted: Float64Array, x: number, inclusive: boolean): number {
  let low = 0, high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1, value = sorted[middle]!;
    if (value < x || (inclusive && value === x)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The value that more than half of the rows have, if there is one: what is left when different values cancel out (R. S. Boyer and J S. Moore, 1981). */
function majority(values: Float64Array): number | undefined {
  let candidate: number | undefined, lead = 0;
  for (const value of values) {
    if (lead === 0) candidate = value;
    lead += value === candidate ? 1 : -1;
  }
  return candidate;
}

function dominatedFeature(x: Matrix, feature: number): Dominated[] {
  const values = new Float64Array(x.rows);
  for (let row = 0; row < x.rows; row++) values[row] = x.values[row * x.columns + feature]!;
  const dominant = majority(values);
  if (dominant === undefined) return [];
  const others = values.filter((value) => value !== dominant);
  if (others.length === 0 || others.length >= (1 - DOMINANT) * values.length) return [];
  return [{ feature, dominant, distances: others.map((value) => Math.abs(value - dominant)).sort() }];
}

/** 0 for the dominant value; another is 1 and the half-normal score of its distance's mid-rank, with the side's sign. */
function featureOf({ dominant, distances }: Dominated, value: number): number {
  if (value === dominant) return 0;
  const distance = Math.abs(value - dominant), rank = (countUpTo(distances, distance, false) + countUpTo(distances, distance, true)) / 2;
  return Math.sign(value - dominant) * (JUMP + normalQuantile(0.5 + (rank + 0.5) / (2 * (distances.length + 1)), 0, 1));
}

/**
 * Reads number features with a value in more than half of the rows on a robust scale: their standard deviation is that of the few other
 * values, which then lie so far out that every distance is theirs. Half-normal scores keep the order and end near 4.
 * @param fitted rows against which scores are taken; numbers: positions of number features
 */
export function robustFeatures(fitted: Matrix, numbers: readonly number[]): (x: Matrix) => Matrix {
  const dominated = numbers.flatMap((feature) => dominatedFeature(fitted, feature));
  return (x) => {
    if (dominated.length === 0) return x;
    const values = Float32Array.from(x.values);
    for (const each of dominated) for (let at = each.feature; at < values.length; at += x.columns) values[at] = featureOf(each, values[at]!);
    return { ...x, values };
  };
}
