import { rateGap, type GapEstimate } from './rate-gap.ts';
import { normalCritical } from '../stats/normal.ts';
import { tCritical } from '../stats/student.ts';

export interface DesignRows {
  /** [rows] 1, 0, or 255 for those that do not count. */
  readonly outcomes: Uint8Array;
  /** [rows] group of each. */
  readonly codes: ArrayLike<number>;
  /** [rows] probability weights; null: one each. */
  readonly weights: ArrayLike<number> | null;
  /** [rows] cluster of each; null: each its own. */
  readonly clusters: ArrayLike<number> | null;
}

const OUT = 255, LEVEL = 0.95;

/**
 * Weighted rate of one group minus that of another over some rows, its error linearised over clusters: with u_c = Σ_{i∈c} ±w_i (y_i − p̂)/W, the
 * variance is C/(C − 1)·Σ u_c², widened as Student's t is with C − 1 degrees of freedom; at least that of as many rows as the weights are worth (Kish).
 * Null when either group has no row, or all rows are of one cluster.
 */
export function designGap({ outcomes, codes, weights, clusters }: DesignRows, rows: Uint32Array, first: number, second: number): GapEstimate | null {
  const sums = [first, second].map(() => ({ weight: 0, squares: 0, events: 0 })), sideOf = (row: number): number => (outcomes[row] === OUT ? -1 : codes[row] === first ? 0 : codes[row] === second ? 1 : -1), weightOf = (row: number): number => weights?.[row] ?? 1;
  for (const row of rows) {
    const sum = sums[sideOf(row)], w = weightOf(row);
    if (sum === undefined) continue;
    sum.weight += w;
    sum.squares += w * w;
    sum.events += w * outcomes[row]!;
  }
  const [a, b] = sums as [typeof sums[0], typeof sums[0]];
  if (!(a.weight > 0 && b.weight > 0)) return null;
  const rates = [a.events / a.weight, b.events / b.weight] as const, influence = new Map<number, number>();
  for (const row of rows) {
    const side = sideOf(row);
    if (side < 0) continue;
    const unit = clusters?.[row] ?? row, u = (weightOf(row) * (outcomes[row]! - rates[side as 0 | 1])) / sums[side]!.weight;
    influence.set(unit, (influence.get(unit) ?? 0) + (side === 0 ? u : -u));
  }
  const count = influence.size;
  if (count < 2) return null;
  const variance = [...influence.values()].reduce((sum, u) => sum + u * u, 0) * (count / (count - 1)), worth = sums.map(({ weight, squares, events }) => ({ trials: weight ** 2 / squares, events: (events / weight) * (weight ** 2 / squares) }));
  const floor = rateGap(worth[0]!, worth[1]!)!;
  return { value: floor.value, se: Math.max(floor.se, Math.sqrt(variance) * (tCritical(LEVEL, count - 1) / normalCritical(LEVEL))) };
}
