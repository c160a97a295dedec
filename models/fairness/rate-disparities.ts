import { detectableDifference, detectableRatio } from './detectable.ts';
import { aliasRow, disparityRow, missingDisparity } from './disparity-row.ts';
import { reasonAgainst, type GroupingStudy, type RateStudy } from './grouping-study.ts';
import type { MaxT } from './max-t-distribution.ts';
import { complementDraws, expectedDifference, expectedRatio, pooledRate, type ParityDraws } from './parity-draws.ts';
import { differenceEnds, ratioEnds } from './rate-gap.ts';
import { BASIC_RATES, complementFamily, COMPLEMENTS, rateNeeds, type BasicRate, type ComplementRate, type RateFamily } from './rates.ts';
import { toleranceOf } from './settings.ts';
import type { Disparity } from './types.ts';

/** Names of one difference: the first is the estimand, the others its aliases. */
export const DIFFERENCE_NAMES: Readonly<Record<BasicRate, readonly string[]>> = {
  base_rate: ['base_rate_difference'],
  selection_rate: ['demographic_parity_difference', 'selection_rate_difference'],
  true_positive_rate: ['true_positive_rate_difference', 'equal_opportunity_difference', 'false_negative_rate_difference'],
  false_positive_rate: ['false_positive_rate_difference', 'true_negative_rate_difference'],
  positive_predictive_value: ['positive_predictive_value_difference', 'false_discovery_rate_difference'],
  negative_predictive_value: ['negative_predictive_value_difference', 'false_omission_rate_difference'],
  accuracy: ['accuracy_difference'],
};

export const RATIO_NAMES: Readonly<Record<BasicRate, readonly string[]>> = {
  base_rate: ['base_rate_ratio'],
  selection_rate: ['demographic_parity_ratio', 'selection_rate_ratio'],
  true_positive_rate: ['true_positive_rate_ratio', 'equal_opportunity_ratio'],
  false_positive_rate: ['false_positive_rate_ratio'],
  positive_predictive_value: ['positive_predictive_value_ratio'],
  negative_predictive_value: ['negative_predictive_value_ratio'],
  accuracy: ['accuracy_ratio'],
};

/** Positions (in the family) of the largest and the smallest plain rate. */
export function extremes({ x, n }: RateFamily): { readonly high: number; readonly low: number; readonly most: number; readonly least: number } {
  const rate = x.map((events, i) => events / n[i]!);
  const most = Math.max(...rate), least = Math.min(...rate);
  const high = rate.indexOf(most);
  const low = rate.findIndex((value, i) => value === least && i !== high);
  return { high, low, most, least };
}

/** Rows behind each compared group. */
export function denominatorsOf({ n, groups, design }: RateFamily): Map<number, number> {
  return new Map(Array.from(groups, (group, i) => [group, (design?.rows ?? n)[i]!]));
}

export function pairSizes({ n }: RateFamily, high: number, low: number): readonly [number, number] {
  return [n[high]!, n[low]!];
}

function difference(study: GroupingStudy, names: readonly string[], { family, difference: null_, parity }: RateStudy): Disparity {
  const tolerance = toleranceOf(study.settings, names, study.settings.tolerance.default)!;
  const { high, low, most, least } = extremes(family);
  return disparityRow(study, { metric: names[0]!, value: most - least, tolerance, pair: [family.groups[high]!, family.groups[low]!],
    denominators: denominatorsOf(family), question: { ends: differenceEnds([family], tolerance), null: null_, scale: 'difference' },
    expected: expectedDifference([parity]),
    detectable: (critical) => detectableDifference({ n: pairSizes(family, high, low), pooled: pooledRate(family), critical, tolerance }) });
}

export interface RatioParts { readonly family: RateFamily; readonly null: MaxT; readonly parity: ParityDraws }

export function ratioValue(family: RateFamily): { readonly value: number | null; readonly note: string | null } {
  const { most, least } = extremes(family);
  return most > 0 ? { value: least / most, note: null } : { value: null, note: 'no group has any event: the ratio is 0/0' };
}

function ratio(study: GroupingStudy, names: readonly string[], { family, null: null_, parity }: RatioParts): Disparity {
  const tolerance = toleranceOf(study.settings, names, study.settings.ratio)!;
  const { high, low } = extremes(family);
  return disparityRow(study, { metric: names[0]!, ...ratioValue(family), tolerance, pair: [family.groups[high]!, family.groups[low]!],
    denominators: denominatorsOf(family), question: { ends: ratioEnds([family], tolerance), null: null_, scale: 'ratio' },
    expected: expectedRatio([parity]),
    detectable: (critical) => detectableRatio({ n: pairSizes(family, low, high), pooled: pooledRate(family), critical, tolerance }) });
}

function complementOf(rate: BasicRate): ComplementRate | null {
  return (Object.keys(COMPLEMENTS) as ComplementRate[]).find((complement) => COMPLEMENTS[complement] === rate) ?? null;
}

/** Differences and ratios of every rate, with their aliases. */
export function rateDisparities(study: GroupingStudy): Disparity[] {
  return BASIC_RATES.flatMap((rate) => {
    const complement = complementOf(rate), rateStudy = study.rates[rate];
    const complementRatio = complement === null ? [] : [`${complement}_ratio`];
    if (rateStudy === undefined) {
      const reason = reasonAgainst(study, rateNeeds(rate));
      return [...DIFFERENCE_NAMES[rate], ...RATIO_NAMES[rate], ...complementRatio].map((metric) => missingDisparity(study, metric, reason));
    }
    const gap = difference(study, DIFFERENCE_NAMES[rate], rateStudy);
    const share = ratio(study, RATIO_NAMES[rate], { family: rateStudy.family, null: rateStudy.ratio, parity: rateStudy.parity });
    const others = complementRatio.map((name) => ratio(study, [name],
      { family: complementFamily(rateStudy.family), null: rateStudy.complementRatio, parity: complementDraws(rateStudy.parity) }));
    return [gap, ...DIFFERENCE_NAMES[rate].slice(1).map((name) => aliasRow(gap, name, complement !== null && name === `${complement}_difference`)),
      share, ...RATIO_NAMES[rate].slice(1).map((name) => aliasRow(share, name, false)), ...others];
  });
}
