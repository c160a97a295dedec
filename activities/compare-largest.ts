import type { LargestChange } from '../models/compare/largest-change.ts';
import { calibrationGapChange } from '../models/compare/paired-calibration.ts';
import { areaBetweenChange } from '../models/compare/paired-curves.ts';
import { largestGapChange, largestLogChange, smallestRatioChange, type RateFamilyChange } from '../models/compare/paired-largest.ts';
import type { Disparity } from '../models/fairness/types.ts';
import type { PairedChanges, Told } from './compare-changes.ts';
import { LEAST_EVENTS, SAME } from './compare-gaps.ts';

const ODDS: readonly Told[] = [{ rate: 'true_positive_rate' }, { rate: 'false_positive_rate' }];
/** ½ added to both outcomes, as differential fairness is defined. */
const OUTCOMES: readonly Told[] = [{ rate: 'selection_rate', pseudo: 0.5 }, { rate: 'selection_rate', pseudo: 0.5, complement: true }];

/** Of every group that both audits tell it of. */
function families(changes: PairedChanges, attribute: string, told: readonly Told[], least = 0): readonly RateFamilyChange[] | null {
  const levels = changes.groups(attribute)?.levels ?? [], found = told.map((each) => levels.flatMap((level) => changes.of(attribute, level, each) ?? []));
  return found.every((each) => each.length > 1 && each.every((change) => change.least >= least)) ? found : null;
}

function changeOf(changes: PairedChanges, { attribute, metric }: Disparity, level: number): LargestChange | null {
  if (metric === 'expected_calibration_error_difference') {
    const rows = changes.scored(attribute);
    return rows === null ? null : calibrationGapChange(...rows, changes.match, level);
  }
  if (metric === 'abroca') {
    const rows = changes.scored(attribute);
    return rows === null ? null : areaBetweenChange(...rows, changes.match, { level, seed: 0 });
  }
  const [told, change, least] = metric === 'equalized_odds_difference' ? [ODDS, largestGapChange, 0] as const : metric === 'equalized_odds_ratio' ? [ODDS, smallestRatioChange, LEAST_EVENTS] as const
    : metric === 'differential_fairness' ? [OUTCOMES, largestLogChange, LEAST_EVENTS] as const : [null, null, 0] as const;
  const found = told === null ? null : families(changes, attribute, told, least);
  return found === null || change === null ? null : change(found, level);
}

/**
 * Change of a disparity that is the largest over groups or rates, or a sum of sizes: equalized odds, ABROCA, calibration.
 * @returns null for any other metric, and where what the rows tell is not what the audits say
 */
export function largestGap(changes: PairedChanges, before: Disparity, after: Disparity, level: number): LargestChange | null {
  const change = changeOf(changes, before, level);
  return change === null || !(Math.abs(change.before - before.value!) <= SAME && Math.abs(change.after - after.value!) <= SAME) ? null : change;
}
