import { auroc, type Auroc } from '../stats/delong.ts';
import type { Estimates } from './estimate-gap.ts';
import { subset } from './group-means.ts';
import { dependenceOf, type Dependence, type Design } from './influence.ts';
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

export interface ScoredRows {
  /** Rows with score and label, by ascending score. */
  readonly ranked: Uint32Array;
  readonly scores: Float64Array;
  readonly labels: Uint8Array;
  readonly codes: Int32Array;
  readonly groups: number;
}

/** One area per group. */
export function aurocByGroup({ ranked, scores, labels, codes, groups: count }: ScoredRows): Auroc[] {
  const sizes = new Uint32Array(count);
  for (const row of ranked) sizes[codes[row]!]!++;
  const groups = Array.from(sizes, (size) => ({ scores: new Float64Array(size), labels: new Uint8Array(size), filled: 0 }));
  for (const row of ranked) {
    const group = groups[codes[row]!]!;
    group.scores[group.filled] = scores[row]!;
    group.labels[group.filled++] = labels[row]!;
  }
  return groups.map((group) => auroc(group.scores, group.labels));
}

interface Placed { readonly positive: number; readonly negative: number; readonly value: number }

/** Weight of positives and negatives and the weighted area of one group; `placed` gets each row's placement: the share of the other kind on its wrong side. */
function placeRows(rows: readonly number[], { scores, labels }: ScoredRows, weightOf: (row: number) => number, placed: Float64Array): Placed {
  const total = (kind: number): number => rows.reduce((sum, row) => (labels[row] === kind ? sum + weightOf(row) : sum), 0);
  const positive = total(1), negative = total(0);
  let value = 0, positiveBelow = 0, negativeBelow = 0;
  for (let start = 0; start < rows.length;) {
    let end = start, positiveHere = 0, negativeHere = 0;
    for (; end < rows.length && scores[rows[end]!] === scores[rows[start]!]; end++) {
      if (labels[rows[end]!] === 1) positiveHere += weightOf(rows[end]!); else negativeHere += weightOf(rows[end]!);
    }
    for (let i = start; i < end; i++) {
      placed[rows[i]!] = labels[rows[i]!] === 1 ? (negativeBelow + negativeHere / 2) / negative : (positive - positiveBelow - positiveHere / 2) / positive;
      if (labels[rows[i]!] === 1) value += (weightOf(rows[i]!) * placed[rows[i]!]!) / positive;
    }
    positiveBelow += positiveHere;
    negativeBelow += negativeHere;
    start = end;
  }
  return { positive, negative, value };
}

/** Areas of weighted or clustered rows: DeLong's placements as influences, summed over clusters (Obuchowski 1997, Biometrics 53). */
export function designedAuroc(input: ScoredRows, { weights, clusters }: Design): { readonly areas: readonly Auroc[]; readonly dependence: Dependence } {
  const { ranked, labels, codes, groups } = input;
  const weightOf = (row: number): number => (weights === null ? 1 : weights[row]!);
  const rowsOf: number[][] = Array.from({ length: groups }, () => []);
  for (const row of ranked) if (weightOf(row) > 0) rowsOf[codes[row]!]!.push(row);
  const placed = new Float64Array(codes.length), influence = new Float64Array(codes.length), estimateOf = new Int32Array(codes.length).fill(-1);
  const areas = rowsOf.map((rows, g) => {
    const { positive, negative, value } = placeRows(rows, input, weightOf, placed);
    const positives = rows.reduce((sum, row) => sum + labels[row]!, 0), known = positive > 0 && negative > 0;
    for (const row of known ? rows : []) {
      estimateOf[row] = g;
      influence[row] = (weightOf(row) * (placed[row]! - value)) / (labels[row] === 1 ? positive : negative);
    }
    return { positives, negatives: rows.length - positives, value: known ? value : Number.NaN, variance: Number.NaN };
  });
  const dependence = dependenceOf(estimateOf, influence, groups, clusters);
  return { areas: areas.map((area, g) => ({ ...area, variance: dependence.variance[g]! })), dependence };
}

/**
 * Areas as estimates with limits on the logit scale. An area of 0 or 1 is drawn in by half a pair, and the variance is at least
 * A(1 − A)/(4·min(n₊, n₋)), since DeLong's vanishes where the classes separate.
 */
export function aurocEstimates(areas: readonly Auroc[], dependence: Dependence | null = null): Estimates {
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
  return { value, variance, groups, limits, most: 1, ...(dependence === null ? {} : { dependence: subset(dependence, groups) }) };
}
