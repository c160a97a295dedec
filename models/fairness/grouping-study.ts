import { randomStream, type RandomStream } from '../engine/random.ts';
import { groupSize, type GroupCounts } from './counts.ts';
import { escapeName } from './groups.ts';
import type { MaxT } from './max-t-distribution.ts';
import { drawRatesMaxT } from './max-t.ts';
import { drawAtParity, type ParityDraws } from './parity-draws.ts';
import { linearisedFamily } from './linearised.ts';
import type { Marginal } from './marginal.ts';
import type { Interval } from './types.ts';
import { BASIC_RATES, rateFamily, rateNeeds, type BasicRate, type RateFamily } from './rates.ts';
import type { FairnessSettings } from './settings.ts';
import { hasDesign, type Tally } from './tally.ts';

/** One basic rate in all groups of an attribute, with the draws that its gaps are judged by. */
export interface RateStudy {
  readonly family: RateFamily;
  readonly difference: MaxT;
  readonly ratio: MaxT;
  readonly complementRatio: MaxT;
  readonly parity: ParityDraws;
}

/** One attribute or intersection under study. */
export interface GroupingStudy {
  readonly attribute: string;
  /** As written in the result. */
  readonly levels: readonly string[];
  readonly single: boolean;
  readonly sizes: readonly number[];
  /** Position of the reference group. */
  readonly reference: number;
  readonly counts: GroupCounts;
  readonly settings: FairnessSettings;
  readonly rates: Partial<Readonly<Record<BasicRate, RateStudy>>>;
  readonly hasLabel: boolean;
  readonly hasDecision: boolean;
  /** Whether rows are weighted or clustered, so that they do not count as independent and equal. */
  readonly designed: boolean;
  readonly tally: Tally;
  readonly marginal: Marginal;
  readonly random: (purpose: string) => RandomStream;
  /** Interval of a disparity at another level, by metric. */
  readonly intervals: Map<string, (level: number) => Interval>;
}

export interface GroupingInput {
  readonly tally: Tally;
  readonly marginal: Marginal;
  readonly hasLabel: boolean;
  readonly hasDecision: boolean;
  /** Name of the reference group; null: the largest. */
  readonly reference: string | null;
  readonly settings: FairnessSettings;
  /** Part of the purpose of random streams, where one attribute is studied more than once. */
  readonly purpose?: string;
}

function studyRate(family: RateFamily, random: (purpose: string) => RandomStream): RateStudy {
  return { family, ...drawRatesMaxT(family, random('gaps')), parity: drawAtParity(family, random('parity')) };
}

/** Draws for every rate that exists in at least two groups, from counts alone. */
export function studyGrouping({ tally, marginal, hasLabel, hasDecision, reference, settings, purpose: prefix = '' }: GroupingInput): GroupingStudy {
  const { counts, levels, attribute, single } = marginal;
  const designed = hasDesign(tally);
  const sizes = levels.map((_, group) => groupSize(counts, group));
  const random = (purpose: string): RandomStream => randomStream(settings.seed, `fairness/${prefix}${attribute}/${purpose}`);
  const rates: Partial<Record<BasicRate, RateStudy>> = {};
  for (const rate of BASIC_RATES) {
    const needs = rateNeeds(rate);
    if ((needs.label && !hasLabel) || (needs.decision && !hasDecision)) continue;
    const family = designed ? linearisedFamily(rate, tally, marginal) : rateFamily(rate, counts);
    if (family.groups.length >= 2) rates[rate] = studyRate(family, (purpose) => random(`${rate}/${purpose}`));
  }
  const named = reference === null ? -1 : levels.indexOf(reference);
  return { attribute, levels: single ? levels.map(escapeName) : levels, single, sizes, reference: named < 0 ? sizes.indexOf(Math.max(...sizes)) : named,
    counts, settings, rates, hasLabel, hasDecision, designed, tally, marginal, random, intervals: new Map() };
}

export const NO_SCORE = 'needs a score, and there is none';

/** Why a rate has no gap. */
export function reasonAgainst(study: GroupingStudy, needs: { readonly label: boolean; readonly decision: boolean }): string {
  if (needs.label && !study.hasLabel) return 'needs a label, and the data has none';
  if (needs.decision && !study.hasDecision) return 'needs decisions, and there are none';
  return 'fewer than two groups have rows to compare';
}
