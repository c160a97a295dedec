import type { PairedFamily } from './paired-family.ts';

/** Weights and clusters of the rows of a family. */
export interface PairedDesign {
  /** [m], not negative; null: all 1. */
  readonly weights: Float64Array | null;
  /** [m] codes; null: each row stands alone. */
  readonly clusters: Int32Array | null;
}

/** Shares of events of each unit, and how surely they are known. Entry u is before, units + u after. */
export interface PairedMoments {
  readonly units: number;
  /** [units] rows. */
  readonly rows: Float64Array;
  /** [2·units] as counted (weighted with weights). */
  readonly share: Float64Array;
  /** [2·units] what intervals stand on. */
  readonly centre: Float64Array;
  /** [2·units, 2·units]; of independent rows blocks of one unit each. */
  readonly covariance: Float64Array;
  /** Clusters − 1; null: independent rows without weights. */
  readonly degrees: number | null;
}

/**
 * Independent rows: each unit is a 2 × 2 table of before and after, half a row added to each cell (Agresti and Min 2005, "Simple
 * improved confidence intervals for comparing matched proportions"), so that shares are (x + 1)/(n + 2).
 */
export function pairedMoments({ units, unit, before, after }: PairedFamily): PairedMoments {
  const cells = new Float64Array(4 * units);
  for (let i = 0; i < unit.length; i++) if (unit[i]! >= 0) cells[4 * unit[i]! + 2 * before[i]! + after[i]!]!++;
  const rows = new Float64Array(units), share = new Float64Array(2 * units), centre = new Float64Array(2 * units), covariance = new Float64Array(4 * units * units);
  for (let u = 0; u < units; u++) {
    const [none, onlyAfter, onlyBefore, both] = cells.subarray(4 * u, 4 * u + 4) as unknown as [number, number, number, number];
    const n = none + onlyAfter + onlyBefore + both, size = n + 2, was = (onlyBefore + both + 1) / size, is = (onlyAfter + both + 1) / size;
    rows[u] = n;
    share[u] = (onlyBefore + both) / n;
    share[units + u] = (onlyAfter + both) / n;
    centre[u] = was;
    centre[units + u] = is;
    covariance[at(units, u, u)] = (was * (1 - was)) / size;
    covariance[at(units, units + u, units + u)] = (is * (1 - is)) / size;
    covariance[at(units, u, units + u)] = covariance[at(units, units + u, u)] = ((both + 0.5) / size - was * is) / size;
  }
  return { units, rows, share, centre, covariance, degrees: null };
}

const at = (units: number, i: number, j: number): number => i * 2 * units + j;

/**
 * The same by linearisation over clusters: u_ci = Σ_{rows of c} w(event − share)/W, covariance C/(C − 1) Σ_c u_c u_cᵀ. A variance is
 * never taken for less than that of independent rows: see `changeVariance`.
 */
export function designMoments(family: PairedFamily, { weights, clusters }: PairedDesign): PairedMoments {
  const { units, unit, before, after } = family, { rows } = pairedMoments(family);
  const total = new Float64Array(units), share = new Float64Array(2 * units);
  const weightOf = (i: number): number => (weights === null ? 1 : weights[i]!);
  for (let i = 0; i < unit.length; i++) {
    const u = unit[i]!;
    if (u < 0) continue;
    total[u]! += weightOf(i);
    share[u]! += weightOf(i) * before[i]!;
    share[units + u]! += weightOf(i) * after[i]!;
  }
  for (let u = 0; u < 2 * units; u++) share[u]! /= total[u % units]!;
  const covariance = new Float64Array(4 * units * units), sums = new Map<number, number>();
  let count = 0;
  for (const members of byCluster(unit, clusters)) {
    sums.clear();
    for (const i of members) {
      const u = unit[i]!, scale = weightOf(i) / total[u]!;
      sums.set(u, (sums.get(u) ?? 0) + scale * (before[i]! - share[u]!));
      sums.set(units + u, (sums.get(units + u) ?? 0) + scale * (after[i]! - share[units + u]!));
    }
    count++;
    for (const [a, x] of sums) for (const [b, y] of sums) covariance[at(units, a, b)]! += x * y;
  }
  const scaled = covariance.map((value) => (count > 1 ? (value * count) / (count - 1) : 0));
  return { units, rows, share, centre: share, covariance: scaled, degrees: count - 1 };
}

/** Positions of the rows that are in a unit, cluster by cluster. */
function* byCluster(unit: Int32Array, clusters: Int32Array | null): Generator<readonly number[]> {
  const order = Array.from(unit.keys()).filter((i) => unit[i]! >= 0);
  if (clusters === null) {
    for (const i of order) yield [i];
    return;
  }
  order.sort((a, b) => clusters[a]! - clusters[b]! || a - b);
  for (let start = 0, end = 0; start < order.length; start = end) {
    while (end < order.length && clusters[order[end]!] === clusters[order[start]!]) end++;
    yield order.slice(start, end);
  }
}
