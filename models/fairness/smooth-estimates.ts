import { correlationOf, spreadOf } from './cluster-spread.ts';
import type { Dependence } from './influence.ts';
import type { Marginal } from './marginal.ts';
import { sumByGroup } from './marginal.ts';
import { OUTCOMES, type Tally } from './tally.ts';

/** A statistic of one group's outcome totals, or of all groups' one after the other; the same when all totals are doubled. */
export type Statistic = (totals: Float64Array) => number;

/** Derivatives of a statistic by each total, by central differences no longer than half of the total; NaN where there is none. */
function gradient(totals: Float64Array, statistic: Statistic): Float64Array {
  const size = totals.reduce((sum, total) => sum + total, 0), moved = totals.slice();
  return totals.map((total, i) => {
    if (!(total > 0)) return Number.NaN;
    const step = Math.min(size * 1e-5, total / 2);
    moved[i] = total + step;
    const above = statistic(moved);
    moved[i] = total - step;
    const below = statistic(moved);
    moved[i] = total;
    return (above - below) / (2 * step);
  });
}

/** Spread of one statistic per group, each of its own group's totals, by the delta method over rows or clusters. */
export function groupStatistics(tally: Tally, { groupOfCell, counts }: Marginal, statistic: Statistic): Dependence {
  const k = counts.levels.length, score = new Float64Array(k * OUTCOMES);
  for (let g = 0; g < k; g++) score.set(gradient(counts.cells.slice(g * OUTCOMES, (g + 1) * OUTCOMES), statistic), g * OUTCOMES);
  const { covariance, clusters } = spreadOf(tally, { groupOfCell, score, estimateOf: Int32Array.from({ length: k }, (_, g) => g), estimates: k });
  return { variance: Float64Array.from({ length: k }, (_, g) => covariance[g * k + g]!), correlation: correlationOf(covariance, k), degrees: Math.max(1, clusters - 1) };
}

/** Variance of one statistic of all groups' totals, and the degrees of freedom that go with it (null: independent rows). */
export function wholeStatistic(tally: Tally, { groupOfCell, counts }: Marginal, statistic: Statistic): { readonly variance: number; readonly degrees: number | null } {
  const score = gradient(counts.cells, statistic);
  const { covariance, clusters } = spreadOf(tally, { groupOfCell, score, estimateOf: new Int32Array(counts.levels.length), estimates: 1 });
  return { variance: covariance[0]!, degrees: tally.weights === null && tally.units === null ? null : Math.max(1, clusters - 1) };
}

/** All cells of the tally as one group. */
export function wholeTally(tally: Tally): Marginal {
  const groupOfCell = new Int32Array(tally.cells), rows = sumByGroup(tally.rows, groupOfCell, 1);
  const cells = tally.weights === null ? rows : sumByGroup(tally.weights, groupOfCell, 1);
  return { attribute: '', levels: [''], single: true, groupOfCell, counts: { attribute: '', levels: [''], cells, rows } };
}
