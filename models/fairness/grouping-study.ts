import { randomStream, type RandomStream } from '../engine/random.ts';
import type { Grouping } from '../table.ts';
import { countGroups, groupSize, type GroupCounts } from './counts.ts';
import { escapeName } from './groups.ts';
import type { MaxT } from './max-t-distribution.ts';
import { drawRateMaxT, drawRatioMaxT } from './max-t.ts';
import { drawAtParity, type ParityDraws } from './parity-draws.ts';
import { linearisedFamily, type Design } from './linearised.ts';
import { BASIC_RATES, rateFamily, rateNeeds, type BasicRate, type RateFamily } from './rates.ts';
import type { FairnessSettings } from './settings.ts';

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
  /** Weights or clusters; null: rows are independent and equal. */
  readonly design: Design | null;
  readonly random: (purpose: string) => RandomStream;
}

export interface GroupingInput {
  readonly grouping: Grouping;
  readonly single: boolean;
  readonly labels: Uint8Array | null;
  readonly decisions: Uint8Array | null;
  /** Name of the reference group; null: the largest. */
  readonly reference: string | null;
  readonly settings: FairnessSettings;
  readonly design: Design | null;
}

function studyRate(family: RateFamily, random: (purpose: string) => RandomStream): RateStudy {
  const ratios = drawRatioMaxT(family, random('ratio'));
  return { family, difference: drawRateMaxT(family, random('difference')), ratio: ratios.events, complementRatio: ratios.complement,
    parity: drawAtParity(family, random('parity')) };
}

/** Counts the rows once and draws for every rate that exists in at least two groups. */
export function studyGrouping({ grouping, single, labels, decisions, reference, settings, design }: GroupingInput): GroupingStudy {
  const counts = countGroups(grouping, labels, decisions, design?.weights ?? null);
  const sizes = grouping.levels.map((_, group) => groupSize(counts, group));
  const random = (purpose: string): RandomStream => randomStream(settings.seed, `fairness/${grouping.attribute}/${purpose}`);
  const rates: Partial<Record<BasicRate, RateStudy>> = {};
  const hasLabel = labels !== null, hasDecision = decisions !== null;
  for (const rate of BASIC_RATES) {
    const needs = rateNeeds(rate);
    if ((needs.label && !hasLabel) || (needs.decision && !hasDecision)) continue;
    const family = design === null ? rateFamily(rate, counts) : linearisedFamily({ rate, grouping, labels, decisions, design });
    if (family.groups.length >= 2) rates[rate] = studyRate(family, (purpose) => random(`${rate}/${purpose}`));
  }
  const named = reference === null ? -1 : grouping.levels.indexOf(reference);
  return { attribute: grouping.attribute, levels: single ? grouping.levels.map(escapeName) : grouping.levels, single, sizes,
    reference: named < 0 ? sizes.indexOf(Math.max(...sizes)) : named, counts, settings, rates, hasLabel, hasDecision, design, random };
}

export const NOT_WITH_DESIGN = 'not built for weighted or clustered rows';

/** Why there is no score metric. */
export function noScore({ design }: GroupingStudy): string {
  return design === null ? 'needs a score, and there is none' : `score metrics are ${NOT_WITH_DESIGN}`;
}

/** Why a rate has no gap. */
export function reasonAgainst(study: GroupingStudy, needs: { readonly label: boolean; readonly decision: boolean }): string {
  if (needs.label && !study.hasLabel) return 'needs a label, and the data has none';
  if (needs.decision && !study.hasDecision) return 'needs decisions, and there are none';
  return 'fewer than two groups have rows to compare';
}
