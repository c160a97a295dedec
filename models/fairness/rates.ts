import { confusion, type GroupCounts } from './counts.ts';

/** Rates that are estimated; every other rate is one of these or its complement. */
export const BASIC_RATES = [
  'base_rate', 'selection_rate', 'true_positive_rate', 'false_positive_rate', 'positive_predictive_value', 'negative_predictive_value', 'accuracy',
] as const;
export type BasicRate = (typeof BASIC_RATES)[number];

/** 1 − the basic rate: the same gap under another name, but a ratio of its own. */
export const COMPLEMENTS = {
  true_negative_rate: 'false_positive_rate',
  false_negative_rate: 'true_positive_rate',
  false_discovery_rate: 'positive_predictive_value',
  false_omission_rate: 'negative_predictive_value',
} as const;
export type ComplementRate = keyof typeof COMPLEMENTS;
export type Rate = BasicRate | ComplementRate;

/** In the order of the contract. */
export const RATES: readonly Rate[] = [
  'base_rate', 'selection_rate', 'true_positive_rate', 'false_positive_rate', 'true_negative_rate', 'false_negative_rate',
  'positive_predictive_value', 'negative_predictive_value', 'false_discovery_rate', 'false_omission_rate', 'accuracy',
];

export function isComplement(rate: Rate): rate is ComplementRate {
  return Object.hasOwn(COMPLEMENTS, rate);
}

/** Of one row: 1 an event, 0 a trial without one, −1 no trial. label, decision: 1, 0, 255 missing. */
export function rowEvent(rate: BasicRate, label: number, decision: number): -1 | 0 | 1 {
  const hasLabel = label !== 255, hasDecision = decision !== 255, both = hasLabel && hasDecision;
  const event = (counts: boolean, happened: boolean): -1 | 0 | 1 => (counts ? (happened ? 1 : 0) : -1);
  switch (rate) {
    case 'base_rate': return event(hasLabel, label === 1);
    case 'selection_rate': return event(hasDecision, decision === 1);
    case 'true_positive_rate': return event(both && label === 1, decision === 1);
    case 'false_positive_rate': return event(both && label === 0, decision === 1);
    case 'positive_predictive_value': return event(both && decision === 1, label === 1);
    case 'negative_predictive_value': return event(both && decision === 0, label === 0);
    case 'accuracy': return event(both, label === decision);
  }
}

/** What a rate needs to exist. */
export function rateNeeds(rate: Rate): { readonly label: boolean; readonly decision: boolean } {
  return { label: rate !== 'selection_rate', decision: rate !== 'base_rate' };
}

/** The rows a rate is a share of, in words. */
export const DENOMINATORS: Readonly<Record<Rate, string>> = {
  base_rate: 'rows with a label', selection_rate: 'rows with a decision', accuracy: 'rows with a label and a decision',
  true_positive_rate: 'rows whose label is positive', false_negative_rate: 'rows whose label is positive',
  false_positive_rate: 'rows whose label is not positive', true_negative_rate: 'rows whose label is not positive',
  positive_predictive_value: 'rows decided positively', false_discovery_rate: 'rows decided positively',
  negative_predictive_value: 'rows decided negatively', false_omission_rate: 'rows decided negatively',
};

function basicEvents(rate: BasicRate, counts: GroupCounts, group: number): readonly [number, number] {
  const { tp, fp, fn, tn } = confusion(counts, group);
  const sum = (...cells: readonly number[]): number => cells.reduce((total, cell) => total + counts.cells[group * 9 + cell]!, 0);
  switch (rate) {
    case 'base_rate': return [sum(3, 4, 5), sum(0, 1, 2, 3, 4, 5)];
    case 'selection_rate': return [sum(1, 4, 7), sum(0, 1, 3, 4, 6, 7)];
    case 'true_positive_rate': return [tp, tp + fn];
    case 'false_positive_rate': return [fp, fp + tn];
    case 'positive_predictive_value': return [tp, tp + fp];
    case 'negative_predictive_value': return [tn, tn + fn];
    case 'accuracy': return [tp + tn, tp + fp + fn + tn];
  }
}

/** Events and trials of a rate in one group. */
export function rateEvents(rate: Rate, counts: GroupCounts, group: number): { readonly x: number; readonly n: number } {
  if (!isComplement(rate)) {
    const [x, n] = basicEvents(rate, counts, group);
    return { x, n };
  }
  const [x, n] = basicEvents(COMPLEMENTS[rate], counts, group);
  return { x: n - x, n };
}

/** Events and trials of one rate in the groups where it exists (n ≥ 1). */
export interface RateFamily {
  readonly x: Float64Array;
  readonly n: Float64Array;
  /** Position of each in the grouping's levels. */
  readonly groups: Int32Array;
  /** With weights or clusters x and n are effective counts, and this says how the estimates hang together; absent: independent rows. */
  readonly design?: { readonly correlation: Float64Array /* [groups, groups] */; readonly degrees: number; /* clusters − 1 */ readonly rows: Float64Array };
}

export function rateFamily(rate: Rate, counts: GroupCounts): RateFamily {
  const events = counts.levels.map((_, group) => ({ group, ...rateEvents(rate, counts, group) })).filter(({ n }) => n > 0);
  return { x: Float64Array.from(events, ({ x }) => x), n: Float64Array.from(events, ({ n }) => n), groups: Int32Array.from(events, ({ group }) => group) };
}

/** The basic rate that a rate is, or is the complement of. */
export function basicRate(rate: Rate): BasicRate {
  return isComplement(rate) ? COMPLEMENTS[rate] : rate;
}

export function complementFamily(family: RateFamily): RateFamily {
  return { ...family, x: family.x.map((events, i) => family.n[i]! - events) };
}
