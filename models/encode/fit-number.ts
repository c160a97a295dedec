import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import { type Ascending, ascending } from './ascending.ts';
import { OrderStatistics } from './order-statistics.ts';
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
export function fitNumber(sorted: Float64Array | Ascending, numbers: 'standard' | 'quantile'): FittedNumber {
  const values = sorted instanceof Float64Array ? ascending(sorted) : sorted;
  const moments = momentsOf(values);
  return { transform: numbers === 'standard' ? standard(moments) : fitQuantile(values, moments), fill: moments.median };
}

interface Moments {
  readonly mean: number;
  readonly std: number;
  readonly median: number;
}

function momentsOf(sorted: Ascending): Moments {
  const n = sorted.length, order = new OrderStatistics(n, [0, (n - 1) >>> 1, n >>> 1, n - 1]);
  let i = 0, mean = 0, squares = 0;
  for (const chunk of sorted.chunks()) {
    for (const value of chunk) {
      mean += value / (i + 1) - mean / (i + 1);
      i++;
    }
    order.add(chunk);
  }
  for (const chunk of sorted.chunks()) for (const value of chunk) squares += (value - mean) ** 2;
  const std = Math.sqrt(squares / n), [min, below, above, max] = order.values() as [number, number, number, number];
  // Squares leave the range of doubles before the values do (near 1e±200): the half range then, which does not.
  return { mean, median: below / 2 + above / 2, std: Number.isFinite(std) && std > 0 ? std : max / 2 - min / 2 || max - min };
}

function standard({ mean, std }: Moments): NumberTransform {
  return { kind: 'standard', mean, std };
}

function fitQuantile(sorted: Ascending, moments: Moments): NumberTransform {
  const n = sorted.length, steps = Math.min(n, MAXIMUM_KNOTS), values: number[] = [], normal: number[] = [];
  let step = 0;
  for (const { value, below, upTo } of runsOf(sorted)) {
    const isKnot = Math.round((step * (n - 1)) / (steps - 1)) < upTo;
    while (step < steps && Math.round((step * (n - 1)) / (steps - 1)) < upTo) step++;
    if (!isKnot || step > steps) continue;
    const score = normalQuantile((below + upTo) / 2 / n, 0, 1);
    if (normal.length > 0 && score <= normal[normal.length - 1]!) continue;
    values.push(value);
    normal.push(score);
  }
  return values.length > 1 ? { kind: 'quantile', values, normal } : standard(moments);
}

/** Equal values, with the number of values below them and of those at or below. */
function* runsOf(sorted: Ascending): Generator<{ readonly value: number; readonly below: number; readonly upTo: number }> {
  let value = Number.NaN, below = 0, upTo = 0;
  for (const chunk of sorted.chunks()) {
    for (const each of chunk) {
      if (each !== value && upTo > 0) {
        yield { value, below, upTo };
        below = upTo;
      }
      value = each;
      upTo++;
    }
  }
  if (upTo > 0) yield { value, below, upTo };
}
