import type { Grouping } from '../table.ts';
import { aurocByGroup, aurocEstimates } from './auroc-by-group.ts';
import { disparityRow, missingDisparity } from './disparity-row.ts';
import { estimateDifferenceEnds, estimateRatioEnds, type Estimates } from './estimate-gap.ts';
import { noScore, type GroupingStudy } from './grouping-study.ts';
import { drawNormalMaxT } from './max-t.ts';
import { expectedNormalGap } from './parity-draws.ts';
import { meanEstimates, scoreMetrics, type ScoreMetrics } from './score-metrics.ts';
import { POWER_80 } from '../stats/normal.ts';
import { toleranceOf } from './settings.ts';
import type { Disparity } from './types.ts';
import type { Auroc } from '../stats/delong.ts';

/** The audited (or reference) score, ready for all groupings. */
export interface ScoreInput {
  /** [n] NaN missing */
  readonly scores: Float64Array;
  readonly labels: Uint8Array | null;
  /** Rows with score and label, by ascending score. */
  readonly ranked: Uint32Array | null;
  /** Lowest and highest score there can be. */
  readonly range: readonly [number, number];
  /** Whether scores can be read as probabilities: within [0, 1]. */
  readonly probability: boolean;
}

export interface ScoreStudy {
  readonly metrics: readonly ScoreMetrics[];
  readonly areas: readonly Auroc[] | null;
}

export function studyScores(grouping: Grouping, { scores, labels, ranked }: ScoreInput): ScoreStudy {
  return { metrics: scoreMetrics(grouping, scores, labels), areas: labels === null || ranked === null ? null : aurocByGroup(ranked, scores, labels, grouping) };
}

interface Gap {
  readonly name: string;
  readonly estimates: Estimates;
  /** Plain value and denominator of each estimate's group. */
  readonly plain: readonly number[];
  readonly denominators: ReadonlyMap<number, number>;
  readonly tolerance: number | null;
  readonly ratio: number | null;
}

function gapRows(study: GroupingStudy, { name, estimates, plain, denominators, tolerance, ratio }: Gap): Disparity[] {
  const { variance, groups } = estimates;
  const high = plain.indexOf(Math.max(...plain));
  const least = Math.min(...plain), low = plain.findIndex((value, i) => value === least && i !== high);
  const pair = [groups[high]!, groups[low]!];
  const null_ = drawNormalMaxT(variance, study.random(`${name}/difference`));
  const shared = { pair, denominators, expected: null };
  const difference = disparityRow(study, { ...shared, metric: `${name}_difference`, value: plain[high]! - least, tolerance,
    question: { ends: estimateDifferenceEnds(estimates, tolerance ?? 0), null: null_, scale: 'difference' },
    expected: expectedNormalGap(variance, study.random(`${name}/parity`)),
    detectable: (critical) => Math.min(estimates.most, (tolerance ?? 0) + (critical + POWER_80) * Math.sqrt(variance[high]! + variance[low]!)) });
  if (estimates.value.some((value) => !(value > 0))) return [difference, missingDisparity(study, `${name}_ratio`, 'a ratio needs values above 0')];
  return [difference, disparityRow(study, { ...shared, metric: `${name}_ratio`, value: least / plain[high]!, tolerance: ratio,
    question: { ends: estimateRatioEnds(estimates, ratio ?? 1), null: null_, scale: 'ratio' }, detectable: () => null })];
}

function aurocRows(study: GroupingStudy, areas: readonly Auroc[]): Disparity[] {
  const estimates = aurocEstimates(areas);
  if (estimates.groups.length < 2) return bothMissing(study, 'auroc', 'fewer than two groups have rows of both labels');
  const denominators = new Map(Array.from(estimates.groups, (group) => [group, areas[group]!.positives + areas[group]!.negatives]));
  return gapRows(study, { name: 'auroc', estimates, denominators, plain: Array.from(estimates.groups, (group) => areas[group]!.value),
    tolerance: toleranceOf(study.settings, ['auroc_difference'], study.settings.tolerance.default),
    ratio: toleranceOf(study.settings, ['auroc_ratio'], study.settings.ratio) });
}

function meanRows(study: GroupingStudy, { metrics }: ScoreStudy, name: 'mean_score' | 'brier' | 'calibration_in_the_large', range: readonly [number, number]): Disparity[] {
  const means = metrics.map((each) => each[name]);
  const estimates = meanEstimates(means, range);
  if (estimates.groups.length < 2) return bothMissing(study, name, 'fewer than two groups have rows to compare');
  return gapRows(study, { name, estimates, plain: Array.from(estimates.value), ratio: toleranceOf(study.settings, [`${name}_ratio`], null),
    denominators: new Map(Array.from(estimates.groups, (group) => [group, means[group]!.n])),
    tolerance: toleranceOf(study.settings, [`${name}_difference`], null) });
}

/** The plug-in error of calibration is biased upwards, so its gap is shown without an interval; its test is that of calibration in the large. */
function calibrationRows(study: GroupingStudy, { metrics }: ScoreStudy, inTheLarge: Disparity): Disparity[] {
  const name = 'expected_calibration_error';
  const errors = metrics.map((each) => each[name]);
  const known = errors.map(({ n, value }, group) => ({ group, n, value })).filter(({ n }) => n > 0);
  if (known.length < 2) return bothMissing(study, name, 'fewer than two groups have rows to compare');
  const values = known.map(({ value }) => value), most = Math.max(...values), least = Math.min(...values);
  const floor = Math.max(...known.map(({ group }) => errors[group]!.whenCalibrated));
  const note = `no interval: the error is biased upwards by noise (up to ${floor.toPrecision(3)} in a group even when perfectly calibrated); see calibration_in_the_large_difference`;
  const groups = [values.indexOf(most), values.indexOf(least)].map((i) => study.levels[known[i]!.group]!);
  const row = { ...missingDisparity(study, `${name}_difference`, note), value: most - least, groups };
  const tolerance = toleranceOf(study.settings, [`${name}_difference`], null);
  const tested = tolerance === null ? row : { ...row, tolerance, verdict: inTheLarge.verdict, p: inTheLarge.p, p_parity: inTheLarge.p_parity,
    alias_of: inTheLarge.metric, note: `${note}, whose test and verdict stand here` };
  return [tested, { ...row, metric: `${name}_ratio`, value: most > 0 ? least / most : null }];
}

function bothMissing(study: GroupingStudy, name: string, reason: string): Disparity[] {
  const names = name === 'calibration_in_the_large' ? [`${name}_difference`] : [`${name}_difference`, `${name}_ratio`];
  return names.map((metric) => missingDisparity(study, metric, reason));
}

const SCORE_METRICS = ['auroc', 'mean_score', 'brier', 'expected_calibration_error', 'calibration_in_the_large'] as const;

/** Gaps of AUROC, mean score, Brier score and calibration. Only AUROC is tested without a tolerance of its own. */
export function scoreDisparities(study: GroupingStudy, input: ScoreInput | null, scores: ScoreStudy | null): Disparity[] {
  if (input === null || scores === null) return SCORE_METRICS.flatMap((name) => bothMissing(study, name, noScore(study)));
  const rows = meanRows(study, scores, 'mean_score', input.range);
  if (input.labels === null || scores.areas === null) {
    return [...rows, ...SCORE_METRICS.filter((name) => name !== 'mean_score').flatMap((name) => bothMissing(study, name, 'needs a label, and the data has none'))];
  }
  const areas = aurocRows(study, scores.areas);
  if (!input.probability) {
    const outside = 'scores lie outside [0, 1], so they are no probabilities';
    return [...areas, ...rows, ...(['brier', 'expected_calibration_error', 'calibration_in_the_large'] as const).flatMap((name) => bothMissing(study, name, outside))];
  }
  const own = toleranceOf(study.settings, ['calibration_in_the_large_difference', 'expected_calibration_error_difference'], null);
  const settings = own === null ? study.settings : { ...study.settings, tolerance: { ...study.settings.tolerance, calibration_in_the_large_difference: own } };
  const [inTheLarge] = meanRows({ ...study, settings }, scores, 'calibration_in_the_large', [-1, 1]);
  return [...areas, ...rows, ...meanRows(study, scores, 'brier', [0, 1]), ...calibrationRows(study, scores, inTheLarge!), inTheLarge!];
}
