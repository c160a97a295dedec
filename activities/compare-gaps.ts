import { measuredEffect, TEXT } from '../models/compare/effect.ts';
import { LIMITS } from '../models/compare/judge.ts';
import type { RowMatch } from '../models/compare/match-rows.ts';
import { meanChange } from '../models/compare/paired-means.ts';
import { gapChange, rateChange, ratioChange, type RateChange } from '../models/compare/paired-rates.ts';
import type { Effect } from '../models/compare/types.ts';
import type { Disparity } from '../models/fairness/types.ts';
import { groupsOfBoth, outcomesOf, scoreValuesOf, within, withinValues, type Rate, type ScoreValue } from './compare-outcomes.ts';
import type { ComparedSide } from './compare-side.ts';
import { designOf } from './row-design.ts';

/** What a metric compares between two groups: a rate or a mean over rows, or for `complement` one less a rate. */
type Told = { readonly rate: Rate; readonly complement?: true } | { readonly score: ScoreValue };

const RATES_OF: readonly (readonly [prefix: string, Told])[] = [
  ['base_rate', { rate: 'base_rate' }], ['demographic_parity', { rate: 'selection_rate' }], ['selection_rate', { rate: 'selection_rate' }], ['equal_opportunity', { rate: 'true_positive_rate' }], ['true_positive_rate', { rate: 'true_positive_rate' }],
  ['false_positive_rate', { rate: 'false_positive_rate' }], ['accuracy', { rate: 'accuracy' }], ['positive_predictive_value', { rate: 'positive_predictive_value' }], ['negative_predictive_value', { rate: 'negative_predictive_value' }],
  ['true_negative_rate', { rate: 'false_positive_rate', complement: true }], ['false_negative_rate', { rate: 'true_positive_rate', complement: true }], ['false_discovery_rate', { rate: 'positive_predictive_value', complement: true }],
  ['false_omission_rate', { rate: 'negative_predictive_value', complement: true }], ['mean_score', { score: 'score' }], ['brier', { score: 'brier' }],
];
const METRICS = new Map<string, { readonly told: Told; readonly ratio: boolean }>(RATES_OF.flatMap(([prefix, told]) => [[`${prefix}_difference`, { told, ratio: false }], [`${prefix}_ratio`, { told, ratio: true }]]));

/** Events of either kind below which a ratio is not approximated by a normal variable. */
const LEAST_EVENTS = 10;
/** What two ways to the same number may differ by, rounding in files included. */
const SAME = 1e-6;

const complemented = ({ before, after, value, ...rest }: RateChange): RateChange => ({ ...rest, before: 1 - before, after: 1 - after, value: -value });

/** Whose a rate is: a reader must not take the reference classifier for the audited model. */
export function ownerOf({ decisions }: ComparedSide, metric: string): string {
  return decisions?.source === 'reference' && !metric.startsWith('base_rate') ? 'the reference classifier\'s' : 'the';
}

/** Whether rows count one each and stand alone: paired variances hold for no others. */
function isPlain({ dataset, config }: ComparedSide): boolean {
  return designOf(dataset, config.data) === null;
}

/**
 * Changes of gaps with paired variances, for metrics that are rates or means over rows: between the two groups that the first audit's value
 * lies between.
 * @returns null for any other metric, and where what the rows tell is not what the audit says
 */
export function pairedGaps(before: ComparedSide, after: ComparedSide, match: RowMatch, level: number): (gap: Disparity) => Effect | null {
  if (!isPlain(before) || !isPlain(after)) return () => null;
  const outcomes = [outcomesOf(before), outcomesOf(after)] as const, values = [scoreValuesOf(before), scoreValuesOf(after)] as const, groups = new Map<string, ReturnType<typeof groupsOfBoth>>();
  const changeIn = (attribute: string, group: string, told: Told): RateChange | null => {
    if (!groups.has(attribute)) groups.set(attribute, groupsOfBoth(before, after, attribute));
    const both = groups.get(attribute);
    if (both === null || both === undefined) return null;
    if ('score' in told) {
      const [a, b] = values.map((side) => side.get(told.score));
      return a === undefined || b === undefined ? null : meanChange(withinValues(a, both[0], group), withinValues(b, both[1], group), match);
    }
    const [a, b] = outcomes.map((side) => side.get(told.rate)), change = a === undefined || b === undefined ? null : rateChange(within(a, both[0], group), within(b, both[1], group), match);
    return change === null || told.complement === undefined ? change : complemented(change);
  };
  return (gap) => {
    const metric = METRICS.get(gap.metric), [large, small] = gap.groups;
    if (metric === undefined || gap.groups.length !== 2 || gap.value === null) return null;
    const one = changeIn(gap.attribute, large!, metric.told), other = changeIn(gap.attribute, small!, metric.told);
    if (one === null || other === null || (metric.ratio && Math.min(one.least, other.least) < LEAST_EVENTS)) return null;
    const change = metric.ratio ? ratioChange(other, one, level) : gapChange(one, other, level);
    return change === null || Math.abs(change.before - gap.value) > SAME ? null : effectOf(before, gap, change, metric.ratio);
  };
}

function effectOf(before: ComparedSide, { attribute, metric, groups }: Disparity, change: ReturnType<typeof gapChange>, ratio: boolean): Effect {
  const what = metric.replace(/_(?:difference|ratio)$/, '').replace('demographic_parity', 'selection_rate').replace('equal_opportunity', 'true_positive_rate').replaceAll('_', ' ');
  return measuredEffect({ kind: 'disparity', subject: attribute, measure: metric, ...change, limit: ratio ? LIMITS.otherGap : LIMITS.gap, text: ratio ? TEXT.three : TEXT.points,
    what: `${attribute}: ${ownerOf(before, metric)} ${ratio ? 'ratio' : 'gap'} in ${what} between ${groups[0]} and ${groups[1]} changes by`, note: 'paired over the rows that are in both' });
}
