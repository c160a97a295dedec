import { plainLimits, type Estimates } from './estimate-gap.ts';
import { dependenceOf, type Dependence, type Design } from './influence.ts';

/** Means of a per-row quantity by group; NaN without rows. */
export interface GroupMeans {
  /** [groups] rows that entered */
  readonly n: Float64Array;
  readonly value: Float64Array;
  /** [groups] of the mean */
  readonly variance: Float64Array;
  /** With weights or clusters; null: independent rows. */
  readonly dependence: Dependence | null;
}

interface MeansInput {
  /** [n] the group of each row */
  readonly codes: Int32Array;
  readonly groups: number;
  /** NaN: the row does not enter. */
  readonly of: (row: number) => number;
  readonly design: Design | null;
}

/** Variances are never below this: means of constants would otherwise divide by 0. */
const LEAST_VARIANCE = 1e-18;

function designed({ codes, groups, of, design }: MeansInput, weight: Float64Array, value: Float64Array): Dependence {
  const estimateOf = new Int32Array(codes.length).fill(-1), influence = new Float64Array(codes.length);
  for (let row = 0; row < codes.length; row++) {
    const each = of(row), w = design?.weights?.[row] ?? 1, g = codes[row]!;
    if (Number.isNaN(each) || w === 0) continue;
    estimateOf[row] = g;
    influence[row] = (w * (each - value[g]!)) / weight[g]!;
  }
  return dependenceOf(estimateOf, influence, groups, design?.clusters ?? null);
}

/** Weighted means and their spread: sample variance over n with independent rows, linearised over clusters otherwise. */
export function groupMeans(input: MeansInput): GroupMeans {
  const { codes, groups, of, design } = input, weights = design?.weights ?? null;
  const n = new Float64Array(groups), weight = new Float64Array(groups), value = new Float64Array(groups), squares = new Float64Array(groups);
  for (let row = 0; row < codes.length; row++) {
    const each = of(row), w = weights === null ? 1 : weights[row]!, g = codes[row]!;
    if (Number.isNaN(each) || w === 0) continue;
    n[g]!++;
    weight[g]! += w;
    const delta = each - value[g]!;
    value[g]! += (w * delta) / weight[g]!;
    squares[g]! += w * delta * (each - value[g]!);
  }
  for (let g = 0; g < groups; g++) if (n[g] === 0) value[g] = Number.NaN;
  const dependence = design === null ? null : designed(input, weight, value);
  // Of one row the variance is unknown: a quarter is the largest in a range of 1.
  const variance = Float64Array.from({ length: groups }, (_, g) => (n[g] === 0 ? Number.NaN
    : Math.max(LEAST_VARIANCE, n[g]! < 2 ? 0.25 : dependence?.variance[g] ?? squares[g]! / (n[g]! - 1) / n[g]!)));
  return { n, value, variance, dependence };
}

/** The groups that have rows as estimates, with limits cut to the metric's range. */
export function meanEstimates({ n, value, variance, dependence }: GroupMeans, range: readonly [number, number]): Estimates {
  const groups = Int32Array.from(n.keys()).filter((group) => n[group]! > 0);
  const kept = { value: Float64Array.from(groups, (g) => value[g]!), variance: Float64Array.from(groups, (g) => variance[g]!) };
  const base: Estimates = { ...kept, groups, limits: plainLimits(kept.value, kept.variance, range), most: range[1] - range[0] };
  return dependence === null ? base : { ...base, dependence: subset(dependence, groups) };
}

/** The dependence of some of the estimates. */
export function subset({ correlation, degrees, variance }: Dependence, kept: Int32Array): Omit<Dependence, 'variance'> {
  const k = variance.length, m = kept.length;
  return { degrees, correlation: Float64Array.from({ length: m * m }, (_, i) => correlation[kept[Math.floor(i / m)]! * k + kept[i % m]!]!) };
}
