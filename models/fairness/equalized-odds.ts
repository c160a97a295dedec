import { detectableDifference, detectableRatio } from './detectable.ts';
import { disparityRow, missingDisparity } from './disparity-row.ts';
import { reasonAgainst, type GroupingStudy, type RateStudy } from './grouping-study.ts';
import { joinMaxT } from './max-t-distribution.ts';
import { expectedDifference, expectedRatio, pooledRate } from './parity-draws.ts';
import { differenceEnds, ratioEnds } from './rate-gap.ts';
import { denominatorsOf, extremes, pairSizes, ratioValue } from './rate-disparities.ts';
import { toleranceOf } from './settings.ts';
import type { Disparity } from './types.ts';

const COMPONENTS = ['true_positive_rate', 'false_positive_rate'] as const;

/** The smaller denominator of each group that has both kinds of rows: the one that limits what can be said of it. */
function sharedDenominators(parts: readonly RateStudy[]): Map<number, number> {
  const [first, second] = parts.map(({ family }) => denominatorsOf(family));
  const shared = new Map<number, number>();
  for (const [group, n] of first!) if (second!.has(group)) shared.set(group, Math.min(n, second!.get(group)!));
  return shared;
}

function differenceOfOdds(study: GroupingStudy, parts: readonly RateStudy[]): Disparity {
  const metric = 'equalized_odds_difference';
  const tolerance = toleranceOf(study.settings, [metric], study.settings.tolerance.default)!;
  const gaps = parts.map(({ family }) => extremes(family)).map(({ most, least }) => most - least);
  const worst = gaps[0]! >= gaps[1]! ? 0 : 1;
  const { family } = parts[worst]!, { high, low } = extremes(family);
  return disparityRow(study, { metric, value: gaps[worst]!, tolerance, pair: [family.groups[high]!, family.groups[low]!],
    denominators: sharedDenominators(parts),
    question: { ends: differenceEnds(parts.map((part) => part.family), tolerance), null: joinMaxT(parts.map((part) => part.difference)), scale: 'difference' },
    expected: expectedDifference(parts.map((part) => part.parity)), component: COMPONENTS[worst],
    detectable: (critical) => detectableDifference({ n: pairSizes(family, high, low), pooled: pooledRate(family), critical, tolerance }) });
}

function ratioOfOdds(study: GroupingStudy, parts: readonly RateStudy[]): Disparity {
  const metric = 'equalized_odds_ratio';
  const tolerance = toleranceOf(study.settings, [metric], study.settings.ratio)!;
  const ratios = parts.map(({ family }) => ratioValue(family).value);
  const worst = (ratios[0] ?? Infinity) <= (ratios[1] ?? Infinity) ? 0 : 1;
  const { family } = parts[worst]!, { high, low } = extremes(family);
  const missing = COMPONENTS.filter((_, i) => ratios[i] === null);
  return disparityRow(study, { metric, value: ratios[worst]!, tolerance, pair: [family.groups[high]!, family.groups[low]!],
    denominators: sharedDenominators(parts), note: missing.length === 0 ? null : `no group has any event of the ${missing.join(' or the ')}`,
    question: { ends: ratioEnds(parts.map((part) => part.family), tolerance), null: joinMaxT(parts.map((part) => part.ratio)), scale: 'ratio' },
    expected: expectedRatio(parts.map((part) => part.parity)), component: COMPONENTS[worst],
    detectable: (critical) => detectableRatio({ n: pairSizes(family, low, high), pooled: pooledRate(family), critical, tolerance }) });
}

/** The larger of the gaps in true and false positive rates, and the smaller of the ratios, each with one max-T over both families. */
export function equalizedOdds(study: GroupingStudy): Disparity[] {
  const parts = COMPONENTS.map((rate) => study.rates[rate]);
  if (!parts.every((part) => part !== undefined)) {
    const reason = reasonAgainst(study, { label: true, decision: true });
    return ['equalized_odds_difference', 'equalized_odds_ratio'].map((metric) => missingDisparity(study, metric, reason));
  }
  return [differenceOfOdds(study, parts), ratioOfOdds(study, parts)];
}
