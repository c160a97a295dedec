import { normalCritical } from '../stats/normal.ts';
import { confusion, type GroupCounts } from './counts.ts';
import type { IndividualMetric, Interval } from './types.ts';

/** Rows by benefit b = decision − label + 1: 0 for a false negative, 1 for a right decision, 2 for a false positive (Speicher et al. 2018). */
type Benefits = readonly [number, number, number];

function benefits(counts: GroupCounts, group: number): Benefits {
  const { tp, fp, fn, tn } = confusion(counts, group);
  return [fn, tp + tn, fp];
}

function meanBenefit([none, right, double]: Benefits): number {
  return (right + 2 * double) / (none + right + double);
}

/** Generalised entropy with α = 1. */
export function theil(shares: Benefits): number {
  const mean = meanBenefit(shares), rows = shares[0] + shares[1] + shares[2];
  return [1, 2].reduce((sum, b) => (shares[b]! > 0 ? sum + (shares[b]! / rows) * (b / mean) * Math.log(b / mean) : sum), 0);
}

/** Generalised entropy with α = 2: half the squared coefficient of variation. */
export function entropy2(shares: Benefits): number {
  const mean = meanBenefit(shares), rows = shares[0] + shares[1] + shares[2];
  return shares.reduce((sum, share, b) => sum + (share / rows) * ((b / mean) ** 2 - 1), 0) / 2;
}

/** Entropy with α = 2 of the group means, each row given its group's: cells of three benefits per group, one group after the other. */
export function betweenGroups(cells: readonly number[]): number {
  let rows = 0, sum = 0, squares = 0;
  for (let g = 0; g < cells.length; g += 3) {
    const shares: Benefits = [cells[g]!, cells[g + 1]!, cells[g + 2]!];
    const n = shares[0] + shares[1] + shares[2];
    if (n === 0) continue;
    const mean = meanBenefit(shares);
    rows += n;
    sum += n * mean;
    squares += n * mean * mean;
  }
  const mean = sum / rows;
  return Math.max(0, (squares / rows / (mean * mean) - 1) / 2);
}

/**
 * Interval of a scale-free function of multinomial counts by the delta method: the influence of a cell is the derivative by its
 * count times the number of rows. Central differences.
 */
export function deltaInterval(cells: readonly number[], statistic: (cells: readonly number[]) => number, level: number): Interval {
  const rows = cells.reduce((sum, count) => sum + count, 0), step = rows * 1e-5;
  let variance = 0, mean = 0;
  for (const [i, count] of cells.entries()) {
    if (count === 0) continue;
    const moved = (by: number): readonly number[] => cells.map((each, j) => (j === i ? each + by : each));
    const influence = ((statistic(moved(Math.min(step, count / 2))) - statistic(moved(-Math.min(step, count / 2)))) / (2 * Math.min(step, count / 2))) * rows;
    variance += (count / rows) * influence * influence;
    mean += (count / rows) * influence;
  }
  const half = normalCritical(level) * Math.sqrt(Math.max(0, variance - mean * mean) / rows);
  const value = statistic(cells);
  return [Math.max(0, value - half), value + half];
}

const NAMES = ['theil_index', 'generalized_entropy_2', 'coefficient_of_variation'] as const;

/** AIF360's benefit-based indices over all rows with a label and a decision. */
export function benefitIndices(counts: GroupCounts | null, level: number): IndividualMetric[] {
  const total: [number, number, number] = [0, 0, 0];
  if (counts !== null) for (let g = 0; g < counts.levels.length; g++) benefits(counts, g).forEach((count, b) => { total[b]! += count; });
  if (total[0] + total[1] + total[2] === 0 || total[1] + total[2] === 0) {
    return NAMES.map((metric) => ({ attribute: null, metric, value: null, interval: null, note: 'needs labels and decisions with some benefit' }));
  }
  const statistics = [theil, entropy2, (cells: Benefits): number => Math.sqrt(2 * entropy2(cells))];
  return NAMES.map((metric, i) => {
    const statistic = (cells: readonly number[]): number => statistics[i]!([cells[0]!, cells[1]!, cells[2]!]);
    return { attribute: null, metric, value: statistic(total), interval: deltaInterval(total, statistic, level), note: null };
  });
}

/** AIF360's between-group entropy (α = 2) over all groups of one grouping. */
export function betweenGroupEntropy(counts: GroupCounts, attribute: string, level: number): IndividualMetric {
  const metric = 'between_group_generalized_entropy';
  const cells = counts.levels.flatMap((_, group) => benefits(counts, group));
  if (!(betweenGroups(cells) >= 0)) return { attribute, metric, value: null, interval: null, note: 'needs labels and decisions with some benefit' };
  return { attribute, metric, value: betweenGroups(cells), interval: deltaInterval(cells, betweenGroups, level),
    note: 'folds at 0: near 0 the interval is too narrow' };
}
