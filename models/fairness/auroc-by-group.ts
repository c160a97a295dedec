import type { Grouping } from '../table.ts';
import { auroc, type Auroc } from '../stats/delong.ts';
import type { Estimates } from './estimate-gap.ts';
import type { Interval } from './types.ts';

/**
 * Rows with both a score and a label, by ascending score; sorted once for all groupings.
 * @param scores [n] NaN missing
 * @param labels [n] 1, 0, 255 missing
 */
export function rankRows(scores: Float64Array, labels: Uint8Array): Uint32Array {
  const rows = Uint32Array.from(scores.keys()).filter((row) => !Number.isNaN(scores[row]!) && labels[row] !== 255);
  return rows.sort((a, b) => scores[a]! - scores[b]! || a - b);
}

/** One area per level of the grouping. */
export function aurocByGroup(ranked: Uint32Array, scores: Float64Array, labels: Uint8Array, grouping: Grouping): Auroc[] {
  const sizes = new Uint32Array(grouping.levels.length);
  for (const row of ranked) sizes[grouping.codes[row]!]!++;
  const groups = Array.from(sizes, (size) => ({ scores: new Float64Array(size), labels: new Uint8Array(size), filled: 0 }));
  for (const row of ranked) {
    const group = groups[grouping.codes[row]!]!;
    group.scores[group.filled] = scores[row]!;
    group.labels[group.filled++] = labels[row]!;
  }
  return groups.map((group) => auroc(group.scores, group.labels));
}

/**
 * Areas as estimates with limits on the logit scale. An area of 0 or 1 is drawn in by half a pair, and the variance is at least
 * A(1 − A)/(4·min(n₊, n₋)), since DeLong's vanishes where the classes separate.
 */
export function aurocEstimates(areas: readonly Auroc[]): Estimates {
  const groups = Int32Array.from(areas.keys()).filter((group) => !Number.isNaN(areas[group]!.value));
  const value = new Float64Array(groups.length), variance = new Float64Array(groups.length);
  for (const [i, group] of groups.entries()) {
    const { positives, negatives, value: area, variance: delong } = areas[group]!;
    const pairs = positives * negatives;
    value[i] = (area * pairs + 0.5) / (pairs + 1);
    const floor = (value[i]! * (1 - value[i]!)) / (4 * Math.min(positives, negatives));
    variance[i] = Number.isFinite(delong) ? Math.max(floor, delong) : Math.max(floor, 0.25);
  }
  const limits = (i: number, critical: number): Interval => {
    const odds = value[i]! / (1 - value[i]!);
    const shift = Math.exp((critical * Math.sqrt(variance[i]!)) / (value[i]! * (1 - value[i]!)));
    return [1 - 1 / (1 + odds / shift), 1 - 1 / (1 + odds * shift)];
  };
  return { value, variance, groups, limits, most: 1 };
}
