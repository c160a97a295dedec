import type { RandomStream } from '../engine/random.ts';
import { tCritical } from '../stats/student.ts';
import { confusion, type GroupCounts } from './counts.ts';
import type { Marginal } from './marginal.ts';
import { groupStatistics, wholeStatistic, wholeTally, type Statistic } from './smooth-estimates.ts';
import { OUTCOMES, type Tally } from './tally.ts';
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

/** Fewest draws that place a 95 % quantile to a hundredth of its size. */
const NULL_DRAWS = 1_000;

/**
 * Interval of an index of all rows: the delta method over rows or clusters, Student's t with clusters.
 * @param least the smallest value there can be
 */
function smoothInterval({ tally, marginal, level }: IndexInput, statistic: Statistic, least = 0): Interval {
  const { variance, degrees } = wholeStatistic(tally, marginal, statistic);
  const value = statistic(marginal.counts.cells), half = tCritical(level, degrees) * Math.sqrt(Math.max(0, variance));
  return [Math.max(least, value - half), value + half];
}

const NAMES = ['theil_index', 'generalized_entropy_2', 'coefficient_of_variation'] as const;

export interface IndexInput {
  readonly tally: Tally;
  readonly marginal: Marginal;
  readonly level: number;
}

/** Benefits from the outcome totals of one group after the other. */
function benefitsOf(totals: Float64Array): number[] {
  const cells: number[] = [];
  for (let at = 0; at < totals.length; at += OUTCOMES) cells.push(totals[at + 3]!, totals[at]! + totals[at + 4]!, totals[at + 1]!);
  return cells;
}

/** AIF360's benefit-based indices over all rows with a label and a decision. */
export function benefitIndices(tally: Tally | null, level: number): IndividualMetric[] {
  const whole = tally === null ? null : wholeTally(tally);
  const total = whole === null ? [0, 0, 0] : benefits(whole.counts, 0);
  if (tally === null || whole === null || !((total[1] ?? 0) + (total[2] ?? 0) > 0)) {
    return NAMES.map((metric) => ({ attribute: null, metric, value: null, interval: null, note: 'needs labels and decisions with some benefit' }));
  }
  const statistics = [theil, entropy2, (cells: Benefits): number => Math.sqrt(2 * entropy2(cells))];
  return NAMES.map((metric, i) => {
    const statistic = (totals: Float64Array): number => statistics[i]!(benefitsOf(totals) as unknown as Benefits);
    return { attribute: null, metric, value: statistic(whole.counts.cells), interval: smoothInterval({ tally, marginal: whole, level }, statistic), note: null };
  });
}

/**
 * What the index of equal groups exceeds with probability 1 − level: group means of benefits drawn around one mean, with the spread that
 * they have by rows or clusters.
 */
function noiseQuantile({ tally, marginal, level }: IndexInput, random: RandomStream): number {
  const { variance } = groupStatistics(tally, marginal, (totals) => meanBenefit(benefitsOf(totals) as unknown as Benefits));
  const totals = benefitsOf(marginal.counts.cells), groups = Array.from(variance.keys()).filter((g) => totals[3 * g]! + totals[3 * g + 1]! + totals[3 * g + 2]! > 0);
  const size = groups.map((g) => totals[3 * g]! + totals[3 * g + 1]! + totals[3 * g + 2]!), all = size.reduce((sum, n) => sum + n, 0);
  const mean = groups.reduce((sum, g, i) => sum + (size[i]! / all) * meanBenefit([totals[3 * g]!, totals[3 * g + 1]!, totals[3 * g + 2]!]), 0);
  const draws = Float64Array.from({ length: NULL_DRAWS }, () => {
    const error = groups.map((g) => Math.sqrt(Math.max(0, variance[g]!)) * random.normal());
    const centre = error.reduce((sum, e, i) => sum + (size[i]! / all) * e, 0);
    return error.reduce((sum, e, i) => sum + (size[i]! / all) * (e - centre) ** 2, 0) / (2 * mean * mean);
  }).sort();
  return draws[Math.ceil(level * NULL_DRAWS) - 1]!;
}

/**
 * AIF360's between-group entropy (α = 2) over all groups of one grouping. It is half a squared norm ‖d‖², so chance moves √ of it by at
 * most √ of what chance alone shows: the ends are squares of √value ∓ √noise, and the lower one is 0 where groups may be equal.
 */
export function betweenGroupEntropy(input: IndexInput, attribute: string, random: RandomStream): IndividualMetric {
  const metric = 'between_group_generalized_entropy', { marginal, level } = input;
  const value = betweenGroups(benefitsOf(marginal.counts.cells));
  if (!(value >= 0)) return { attribute, metric, value: null, interval: null, note: 'needs labels and decisions with some benefit' };
  const noise = Math.sqrt(noiseQuantile(input, random));
  const interval: Interval = [Math.max(0, Math.sqrt(value) - noise) ** 2, (Math.sqrt(value) + noise) ** 2];
  return { attribute, metric, value, interval, note: `folds at 0: of equal groups of these sizes, ${Number((100 * level).toPrecision(6))} % show no more than ${(noise * noise).toPrecision(3)}` };
}
