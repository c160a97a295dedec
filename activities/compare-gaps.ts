import { measuredEffect, TEXT } from '../models/compare/effect.ts';
import { LIMITS } from '../models/compare/judge.ts';
import { gapChange, ratioChange, type PairChange } from '../models/compare/paired-rates.ts';
import type { Effect } from '../models/compare/types.ts';
import type { Disparity } from '../models/fairness/types.ts';
import type { PairedChanges, Told } from './compare-changes.ts';
import type { ComparedSide } from './compare-side.ts';

const PREFIXES: readonly (readonly [prefix: string, Told])[] = [
  ['base_rate', { rate: 'base_rate' }], ['demographic_parity', { rate: 'selection_rate' }], ['selection_rate', { rate: 'selection_rate' }], ['equal_opportunity', { rate: 'true_positive_rate' }], ['true_positive_rate', { rate: 'true_positive_rate' }],
  ['false_positive_rate', { rate: 'false_positive_rate' }], ['accuracy', { rate: 'accuracy' }], ['positive_predictive_value', { rate: 'positive_predictive_value' }], ['negative_predictive_value', { rate: 'negative_predictive_value' }],
  ['true_negative_rate', { rate: 'false_positive_rate', complement: true }], ['false_negative_rate', { rate: 'true_positive_rate', complement: true }], ['false_discovery_rate', { rate: 'positive_predictive_value', complement: true }],
  ['false_omission_rate', { rate: 'negative_predictive_value', complement: true }], ['mean_score', { score: 'score' }], ['brier', { score: 'brier' }], ['calibration_in_the_large', { score: 'calibration_in_the_large' }],
  ['auroc', { of: 'auroc' }], ['average_odds', { of: 'average_odds' }],
];
export const METRICS = new Map<string, { readonly told: Told; readonly ratio: boolean }>([
  ...PREFIXES.flatMap(([prefix, told]) => [[`${prefix}_difference`, { told, ratio: false }], [`${prefix}_ratio`, { told, ratio: true }]] as const),
  ['treatment_equality', { told: { of: 'treatment_equality' }, ratio: false }],
]);

/** Events of either kind below which a ratio is not approximated by a normal variable. */
export const LEAST_EVENTS = 10;
/** What two ways to the same number may differ by, rounding in files included. */
export const SAME = 1e-6;
export const PAIRED = 'paired over the rows that are in both';

/** Whose a rate is: a reader must not take the reference classifier for the audited model. */
export function ownerOf({ decisions }: ComparedSide, metric: string): string {
  return decisions?.source === 'reference' && !metric.startsWith('base_rate') ? 'the reference classifier\'s' : 'the';
}

/** Size that counts for nothing, and how values are written: differences of rates are points, ratios and others numbers. */
export function scaleOf(metric: string): { readonly limit: number; readonly text: (value: number) => string } {
  return metric.endsWith('_difference') ? { limit: LIMITS.gap, text: TEXT.points } : { limit: LIMITS.otherGap, text: TEXT.three };
}

/**
 * Change of a gap, or ratio, of what is told of single groups: between the two groups that the first audit's value lies between.
 * @returns null for any other metric, and where what the rows tell is not what the audit says
 */
export function pairGap(side: ComparedSide, changes: PairedChanges, gap: Disparity, level: number): Effect | null {
  const metric = METRICS.get(gap.metric), [large, small] = gap.groups;
  if (metric === undefined || gap.groups.length !== 2 || gap.value === null) return null;
  const one = changes.of(gap.attribute, large!, metric.told), other = changes.of(gap.attribute, small!, metric.told);
  if (one === null || other === null || ((metric.ratio || gap.metric === 'treatment_equality') && Math.min(one.least, other.least) < LEAST_EVENTS)) return null;
  const groups = (changes.groups(gap.attribute)?.levels ?? []).filter((level) => changes.of(gap.attribute, level, metric.told) !== null).length, candidates = candidatesOf(groups, gap.metric), change = metric.ratio ? ratioChange(other, one, level, candidates) : gapChange(one, other, level, candidates);
  return change === null || Math.abs(change.before - gap.value) > SAME ? null : effectOf(side, gap, change, metric.ratio);
}

/** Ordered pairs of groups whose gap could have been the audit's: of all, or of each group with the reference. */
export function candidatesOf(groups: number, metric: string): number {
  return metric === 'average_odds_difference' || metric === 'treatment_equality' ? 2 * (groups - 1) : groups * (groups - 1);
}

/** `AUROC` stays as it is written. */
const named = (metric: string): string => metric.replace(/_(?:difference|ratio)$/, '').replace('demographic_parity', 'selection_rate').replace('equal_opportunity', 'true_positive_rate').replace('auroc', 'AUROC').replaceAll('_', ' ');

/** What is said before the numbers of a change between the pair of a gap. */
export function namedGap(side: ComparedSide, { attribute, metric, groups }: Disparity, ratio: boolean): string {
  return `${attribute}: ${ownerOf(side, metric)} ${ratio ? 'ratio' : 'gap'} in ${named(metric)} between ${groups[0]} and ${groups[1]} changes by`;
}

function effectOf(side: ComparedSide, gap: Disparity, change: PairChange, ratio: boolean): Effect {
  return measuredEffect({ kind: 'disparity', subject: gap.attribute, measure: gap.metric, ...change, ...scaleOf(gap.metric), what: namedGap(side, gap, ratio), note: PAIRED });
}
