import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import type { NumberTransform } from './number-transform.ts';

const MAXIMUM_KNOTS = 1000;

export interface FittedNumber {
  readonly transform: NumberTransform;
  /** Median of the values. */
  readonly fill: number;
}

/**
 * Fits the transform of one number column. sorted: its finite values on the train part, increasing, at least two distinct.
 * `standard`: mean and population standard deviation. `quantile`: the normal scores of the mid-ranks, Φ⁻¹((below + equal/2)/n), at up
 * to 1,000 knots evenly spaced in rank (rank-based normalisation; Beasley, Erickson and Allison 2009, Behav. Genet. 39:580).
 */
export function fitNumber(sorted: Float64Array, numbers: 'standard' | 'quantile'): FittedNumber {
  const n = sorted.length;
  const fill = sorted[(n - 1) >>> 1]! / 2 + sorted[n >>> 1]! / 2;
  return { transform: numbers === 'standard' ? fitStandard(sorted) : fitQuantile(sorted), fill };
}

function fitStandard(sorted: Float64Array): NumberTransform {
  const n = sorted.length;
  let mean = 0;
  for (let i = 0; i < n; i++) mean += sorted[i]! / (i + 1) - mean / (i + 1);
  let squares = 0;
  for (const value of sorted) squares += (value - mean) ** 2;
  const std = Math.sqrt(squares / n);
  // Squares leave the range of doubles before the values do (near 1e±200): the half range then, which does not.
  const usable = Number.isFinite(std) && std > 0 ? std : sorted[n - 1]! / 2 - sorted[0]! / 2 || sorted[n - 1]! - sorted[0]!;
  return { kind: 'standard', mean, std: usable };
}

function fitQuantile(sorted: Float64Array): NumberTransform {
  const n = sorted.length, values: number[] = [], normal: number[] = [];
  const steps = Math.min(n, MAXIMUM_KNOTS);
  for (let step = 0; step < steps; step++) {
    const value = sorted[Math.round((step * (n - 1)) / (steps - 1))]!;
    if (values.length > 0 && value <= values[values.length - 1]!) continue;
    const rank = (lowerBound(sorted, value) + upperBound(sorted, value)) / 2;
    const score = normalQuantile(rank / n, 0, 1);
    if (normal.length > 0 && score <= normal[normal.length - 1]!) continue;
    values.push(value);
    normal.push(score);
  }
  return values.length > 1 ? { kind: 'quantile', values, normal } : fitStandard(sorted);
}

/** Number of entries below `value`. */
function lowerBound(sorted: Float64Array, value: number): number {
  let low = 0, high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Number of entries at or below `value`. */
function upperBound(sorted: Float64Array, value: number): number {
  let low = 0, high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
