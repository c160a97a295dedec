import { normalCritical } from '../stats/normal.ts';
import { tCritical } from '../stats/student.ts';
import { selectedCritical } from './selected-critical.ts';
import type { PairChange } from './paired-rates.ts';

/** What weighted or clustered rows of one audit tell of a gap of means between two groups. */
export interface DesignedGap {
  readonly value: number;
  /** [n] what each row brings to the value: ±w(y − mean)/W of its group; 0 for rows that do not count. */
  readonly influence: Float64Array;
  /** [n] 1 for rows that count */
  readonly counts: Uint8Array;
}

interface GroupSums { readonly weight: number; readonly mean: number }

function sumsOf(values: Float64Array, codes: Int32Array, weights: Float64Array | null, group: number): GroupSums {
  let weight = 0, sum = 0;
  for (let row = 0; row < values.length; row++) {
    if (codes[row] !== group || Number.isNaN(values[row]!)) continue;
    const w = weights === null ? 1 : weights[row]!;
    weight += w;
    sum += w * values[row]!;
  }
  return { weight, mean: sum / weight };
}

/** Weighted mean of one group less another's. values: [n] NaN for rows that do not count. Null when either has no weight. */
export function designedGap(values: Float64Array, codes: Int32Array, weights: Float64Array | null, [one, other]: readonly [number, number]): DesignedGap | null {
  const a = sumsOf(values, codes, weights, one), b = sumsOf(values, codes, weights, other);
  if (!(a.weight > 0 && b.weight > 0)) return null;
  const influence = new Float64Array(values.length), counts = new Uint8Array(values.length);
  for (let row = 0; row < values.length; row++) {
    const sums = codes[row] === one ? a : codes[row] === other ? b : null, w = weights === null ? 1 : weights[row]!;
    if (sums === null || Number.isNaN(values[row]!) || w === 0) continue;
    counts[row] = 1;
    influence[row] = ((sums === a ? 1 : -1) * w * (values[row]! - sums.mean)) / sums.weight;
  }
  return { value: a.mean - b.mean, influence, counts };
}

/** Units of the rows of both audits, numbered alike: what two rows of one unit bring is not independent. */
export interface SharedUnits {
  readonly first: Int32Array;
  readonly second: Int32Array;
  readonly units: number;
}

/** Clusters of fewer units than this say too little of their own spread. */
const FEWEST_UNITS = 8;

/**
 * Change of a gap of weighted or clustered rows: with u_c the sum over unit c of what its rows bring to the gap after, less what they bring before, the
 * variance is C/(C − 1)·Σ u_c², of Student's t with C − 1 degrees of freedom. A unit in both audits, or in one, counts for what it is.
 * @param candidates ordered pairs of which this one's gap was the largest before
 * @returns null with fewer than 8 units
 */
export function designedChange(before: DesignedGap, after: DesignedGap, { first, second, units }: SharedUnits, level: number, candidates = 1): PairChange | null {
  const was = new Float64Array(units), is = new Float64Array(units), counted = new Uint8Array(units);
  for (const [{ influence, counts }, unitOf, sums] of [[before, first, was], [after, second, is]] as const) {
    for (let row = 0; row < influence.length; row++) {
      if (counts[row] === 0) continue;
      counted[unitOf[row]!] = 1;
      sums[unitOf[row]!]! += influence[row]!;
    }
  }
  const change = is.map((each, unit) => each - was[unit]!);
  const count = counted.reduce((sum, each) => sum + each, 0), scale = count / (count - 1);
  if (count < FEWEST_UNITS) return null;
  const sum = (of: (unit: number) => number): number => scale * counted.reduce((total, each, unit) => total + (each === 0 ? 0 : of(unit)), 0);
  const variance = sum((unit) => change[unit]! ** 2), own = sum((unit) => was[unit]! ** 2), both = sum((unit) => change[unit]! * was[unit]!), value = after.value - before.value;
  const se = Math.sqrt(variance) * (tCritical(level, count - 1) / normalCritical(level)), r = variance > 0 && own > 0 ? Math.max(0, Math.min(1, -both / Math.sqrt(variance * own))) : 0;
  const near = normalCritical(level) * se, far = selectedCritical(level, r, candidates) * se;
  return { before: before.value, after: after.value, value, interval: before.value >= 0 ? [value - near, value + far] : [value - far, value + near] };
}
