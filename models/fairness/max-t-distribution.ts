import { tTail, tTailQuantile } from '../stats/student.ts';
import type { RateFamily } from './rates.ts';

export const DRAWS = 10_000;
/** Pairs grow with the square of the groups; above this Bonferroni's bound replaces the draws. */
export const MAXIMUM_DRAWN_GROUPS = 60;
/** Below this many exceeding draws their share says too little of a small p, and the union bound is used. */
const FEW_EXCEEDANCES = 20;
/** p is never written as 0: it is at most this. */
const SMALLEST_P = 1e-300;

/** Distribution of the largest studentised error over all pairs compared. */
export interface MaxT {
  /** One per draw, in order of drawing, so that families drawn side by side can be joined; null: bounds only. */
  readonly draws: Float64Array | null;
  readonly sorted: Float64Array | null;
  /** Ordered pairs, the multiplier of the union bound. */
  readonly comparisons: number;
  /** Of Student's t, with weights or clusters; null: normal. */
  readonly degrees: number | null;
}

export function maxT(draws: Float64Array | null, comparisons: number, degrees: number | null = null): MaxT {
  return { draws, sorted: draws === null ? null : draws.toSorted(), comparisons, degrees };
}

/** The largest over families drawn side by side: draw b of each belongs together. */
export function joinMaxT(parts: readonly MaxT[]): MaxT {
  const comparisons = parts.reduce((sum, part) => sum + part.comparisons, 0);
  const all = parts.map(({ draws }) => draws);
  const degrees = parts.reduce<number | null>((least, part) => (part.degrees === null ? least : Math.min(least ?? Infinity, part.degrees)), null);
  if (!all.every((draws) => draws !== null)) return maxT(null, comparisons, degrees);
  const [first, ...others] = all;
  return maxT(first === undefined ? null : first.map((value, b) => others.reduce((largest, draws) => Math.max(largest, draws[b]!), value)), comparisons, degrees);
}

/** Each draw replaced by the larger of both distributions' quantiles of its rank: critical values and tails are the larger of the two. */
export function raiseMaxT(base: MaxT, other: MaxT): MaxT {
  const { draws, sorted } = base;
  if (draws === null || sorted === null || other.sorted === null || other.sorted.length !== sorted.length) throw new RangeError('distributions of equally many draws are needed');
  const rank = Uint32Array.from(draws.keys()).sort((a, b) => draws[a]! - draws[b]!), raised = new Float64Array(draws.length);
  rank.forEach((b, r) => { raised[b] = Math.max(draws[b]!, other.sorted![r]!); });
  return maxT(raised, base.comparisons, base.degrees);
}

/** c with P(max |T| ≤ c) = level; the union bound where too few draws lie beyond to tell. */
export function criticalValue({ sorted, comparisons, degrees }: MaxT, level: number): number {
  if (sorted === null || (sorted.length >= DRAWS && (1 - level) * sorted.length < FEW_EXCEEDANCES)) {
    return tTailQuantile(Math.min(0.5, (1 - level) / Math.max(2, comparisons)), degrees);
  }
  return sorted[Math.min(sorted.length - 1, Math.ceil(level * (sorted.length + 1)) - 1)]!;
}

/** (1 + #{max |T*| ≥ t}) / (B + 1), or the union bound k(k − 1)·P(Z > t) where too few draws exceed t. */
export function maxTailP({ sorted, comparisons, degrees }: MaxT, t: number): number {
  if (t <= 0) return 1;
  const bound = Math.max(SMALLEST_P, Math.min(1, Math.max(2, comparisons) * tTail(t, degrees)));
  if (sorted === null) return bound;
  let low = 0, high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < t) low = middle + 1; else high = middle;
  }
  const exceeding = sorted.length - low;
  return exceeding < FEW_EXCEEDANCES ? bound : (1 + exceeding) / (sorted.length + 1);
}

/** Rates drawn towards ½ by one event and one failure each (Agresti and Caffo 2000), and the variance that goes with them. */
export function smoothedRates({ x, n }: RateFamily): { readonly rate: Float64Array; readonly variance: Float64Array } {
  const rate = x.map((events, i) => (events + 1) / (n[i]! + 2));
  return { rate, variance: rate.map((p, i) => (p * (1 - p)) / (n[i]! + 2)) };
}
