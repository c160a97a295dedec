import { abroca, MOST_CURVES } from './abroca.ts';
import { aurocByGroup, aurocEstimates, designedAuroc, type ScoredRows } from './auroc-by-group.ts';
import { calibrationBins, calibrationError, calibrationInterval, calibrationNoise, type CalibrationBins, type CalibrationError } from './calibration.ts';
import { disparityRow, missingDisparity } from './disparity-row.ts';
import { drawEstimatesMaxT, estimateDifferenceEnds, estimateRatioEnds, type Estimates } from './estimate-gap.ts';
import { groupMeans, meanEstimates, type GroupMeans } from './group-means.ts';
import { NO_SCORE, type GroupingStudy } from './grouping-study.ts';
import type { Dependence, Design } from './influence.ts';
import { codesOf } from './marginal.ts';
import { expectedNormalGap } from './parity-draws.ts';
import { POWER_80 } from '../stats/normal.ts';
import { toleranceOf } from './settings.ts';
import type { Disparity, Interval } from './types.ts';
import type { Auroc } from '../stats/delong.ts';

/** The audited (or reference) score, ready for all groupings. */
export interface ScoreInput {
  /** [n] the cell of each row in the tally */
  readonly cellOfRow: Uint32Array;
  /** [n] NaN missing */
  readonly scores: Float64Array;
  readonly labels: Uint8Array | null;
  /** Rows with score and label, by ascending score. */
  readonly ranked: Uint32Array | null;
  /** Lowest and highest score there can be. */
  readonly range: readonly [number, number];
  /** Whether scores can be read as probabilities: within [0, 1]. */
  readonly probability: boolean;
  readonly design: Design | null;
}

export interface ScoreStudy {
  readonly mean_score: GroupMeans;
  /** null without labels */
  readonly labelled: {
    readonly rows: ScoredRows;
    readonly areas: readonly Auroc[];
    readonly dependence: Dependence | null;
    /** null when scores are no probabilities */
    readonly probability: {
      readonly brier: GroupMeans;
      /** E[y − s]: 0 when scores are right on average. */
      readonly calibration_in_the_large: GroupMeans;
      readonly bins: readonly CalibrationBins[];
      readonly errors: readonly CalibrationError[];
      readonly noise: Float64Array;
    } | null;
  } | null;
}

export function studyScores(study: GroupingStudy, { cellOfRow, scores, labels, ranked, probability, design }: ScoreInput): ScoreStudy {
  const codes = codesOf(study.marginal, cellOfRow), groups = study.levels.length;
  const means = (of: (row: number) => number): GroupMeans => groupMeans({ codes, groups, of, design });
  const mean_score = means((row) => scores[row]!);
  if (labels === null || ranked === null) return { mean_score, labelled: null };
  const rows: ScoredRows = { ranked, scores, labels, codes, groups };
  const { areas, dependence } = design === null ? { areas: aurocByGroup(rows), dependence: null } : designedAuroc(rows, design);
  if (!probability) return { mean_score, labelled: { rows, areas, dependence, probability: null } };
  const bins = calibrationBins({ codes, groups, scores, labels, design });
  const excess = (row: number): number => (labels[row] === 255 ? Number.NaN : labels[row]! - scores[row]!);
  return { mean_score, labelled: { rows, areas, dependence, probability: { bins, errors: bins.map(calibrationError), noise: calibrationNoise(study.random('calibration')),
    brier: means((row) => excess(row) ** 2), calibration_in_the_large: means(excess) } } };
}

export interface Gap {
  readonly name: string;
  readonly estimates: Estimates;
  /** Plain value and denominator of each estimate's group. */
  readonly plain: readonly number[];
  readonly denominators: ReadonlyMap<number, number>;
  readonly tolerance: number | null;
  readonly ratio: number | null;
}

export function gapRows(study: GroupingStudy, { name, estimates, plain, denominators, tolerance, ratio }: Gap): Disparity[] {
  const { variance, groups } = estimates;
  const high = plain.indexOf(Math.max(...plain));
  const least = Math.min(...plain), low = plain.findIndex((value, i) => value === least && i !== high);
  const pair = [groups[high]!, groups[low]!];
  const null_ = drawEstimatesMaxT(estimates, study.random(`${name}/difference`));
  const shared = { pair, denominators, expected: null };
  const difference = disparityRow(study, { ...shared, metric: `${name}_difference`, value: plain[high]! - least, tolerance,
    question: { ends: estimateDifferenceEnds(estimates, tolerance ?? 0), null: null_, scale: 'difference' },
    expected: expectedNormalGap(variance, study.random(`${name}/parity`)),
    detectable: (critical) => Math.min(estimates.most, (tolerance ?? 0) + (critical + POWER_80) * Math.sqrt(variance[high]! + variance[low]!)) });
  if (estimates.value.some((value) => !(value > 0))) return [difference, missingDisparity(study, `${name}_ratio`, 'a ratio needs values above 0')];
  return [difference, disparityRow(study, { ...shared, metric: `${name}_ratio`, value: least / plain[high]!, tolerance: ratio,
    question: { ends: estimateRatioEnds(estimates, ratio ?? 1), null: null_, scale: 'ratio' }, detectable: () => null })];
}

function aurocRows(study: GroupingStudy, { areas, dependence }: NonNullable<ScoreStudy['labelled']>): Disparity[] {
  const estimates = aurocEstimates(areas, dependence);
  if (estimates.groups.length < 2) return bothMissing(study, 'auroc', 'fewer than two groups have rows of both labels');
  const denominators = new Map(Array.from(estimates.groups, (group) => [group, areas[group]!.positives + areas[group]!.negatives]));
  return gapRows(study, { name: 'auroc', estimates, denominators, plain: Array.from(estimates.groups, (group) => areas[group]!.value),
    tolerance: toleranceOf(study.settings, ['auroc_difference'], study.settings.tolerance.default),
    ratio: toleranceOf(study.settings, ['auroc_ratio'], study.settings.ratio) });
}

/** The largest area between two groups' ROC curves; judged only with a tolerance of its own. */
function abrocaRow(study: GroupingStudy, { rows, areas }: NonNullable<ScoreStudy['labelled']>): Disparity {
  const metric = 'abroca';
  if (study.designed) return missingDisparity(study, metric, 'the noise between ROC curves is known for independent rows only, not with weights or clusters');
  const tolerance = toleranceOf(study.settings, [metric], null), gap = abroca(rows, study.random(metric), tolerance ?? 0);
  if (gap === null) return missingDisparity(study, metric, `needs 2 to ${MOST_CURVES} groups with rows of both labels`);
  const denominators = new Map(areas.flatMap(({ value, positives, negatives }, group) => (Number.isNaN(value) ? [] : [[group, positives + negatives] as const])));
  const row = disparityRow(study, { metric, value: gap.value, tolerance, pair: gap.pair, denominators, expected: null, detectable: () => null,
    question: { ends: gap.ends, null: gap.null, scale: 'difference' }, note: `folds at 0: equal groups of these sizes would show about ${gap.expected.toPrecision(3)}` });
  if (row.verdict === null) return row;
  return { ...row, p: gap.p, verdict: row.verdict === 'disparity' && gap.p > 1 - study.settings.level ? 'undecided' : row.verdict };
}

function meanRows(study: GroupingStudy, means: GroupMeans, name: 'mean_score' | 'brier' | 'calibration_in_the_large', range: readonly [number, number]): Disparity[] {
  const estimates = meanEstimates(means, range);
  if (estimates.groups.length < 2) return bothMissing(study, name, 'fewer than two groups have rows to compare');
  return gapRows(study, { name, estimates, plain: Array.from(estimates.value), ratio: toleranceOf(study.settings, [`${name}_ratio`], null),
    denominators: new Map(Array.from(estimates.groups, (group) => [group, means.n[group]!])),
    tolerance: toleranceOf(study.settings, [`${name}_difference`], null) });
}

/** Each group's interval at a level at which all hold together (Bonferroni), and what follows for the largest less the smallest. */
function calibrationGap(errors: readonly CalibrationError[], noise: Float64Array, level: number): Interval {
  const ends = errors.map((error) => calibrationInterval(error, noise, 1 - (1 - level) / errors.length));
  const most = (values: readonly number[]): number => Math.max(...values), least = (values: readonly number[]): number => Math.min(...values);
  const [lows, highs] = [ends.map(([low]) => low), ends.map(([, high]) => high)];
  return [Math.max(0, most(lows) - least(highs)), most(highs) - least(lows)];
}

/** The plug-in error of calibration is biased upwards; its gap is tested as that of calibration in the large. */
function calibrationRows(study: GroupingStudy, { errors, noise }: NonNullable<NonNullable<ScoreStudy['labelled']>['probability']>, inTheLarge: Disparity): Disparity[] {
  const name = 'expected_calibration_error';
  const known = errors.map((error, group) => ({ ...error, group })).filter(({ n }) => n > 0);
  if (known.length < 2) return bothMissing(study, name, 'fewer than two groups have rows to compare');
  const values = known.map(({ value }) => value), most = Math.max(...values), least = Math.min(...values);
  const floor = Math.max(...known.map(({ whenCalibrated }) => whenCalibrated));
  const interval = study.designed ? null : calibrationGap(known, noise, study.settings.level);
  const note = `the error is biased upwards by noise (up to ${floor.toPrecision(3)} in a group even when perfectly calibrated)${interval === null
    ? '; there is no interval with weights or clusters' : '; the interval is conservative'}; see calibration_in_the_large_difference`;
  const groups = [values.indexOf(most), values.indexOf(least)].map((i) => study.levels[known[i]!.group]!);
  const row = { ...missingDisparity(study, `${name}_difference`, note), value: most - least, interval, groups };
  const tolerance = toleranceOf(study.settings, [`${name}_difference`], null);
  const tested = tolerance === null ? row : { ...row, tolerance, verdict: inTheLarge.verdict, p: inTheLarge.p, p_parity: inTheLarge.p_parity,
    alias_of: inTheLarge.metric, note: `${note}, whose test and verdict stand here` };
  const ratio = { ...missingDisparity(study, `${name}_ratio`, `${note}; a ratio of errors that noise makes has no interval`), value: most > 0 ? least / most : null, groups };
  return [tested, ratio];
}

function bothMissing(study: GroupingStudy, name: string, reason: string): Disparity[] {
  const names = name === 'abroca' ? [name] : name === 'calibration_in_the_large' ? [`${name}_difference`] : [`${name}_difference`, `${name}_ratio`];
  return names.map((metric) => missingDisparity(study, metric, reason));
}

const SCORE_METRICS = ['auroc', 'abroca', 'mean_score', 'brier', 'expected_calibration_error', 'calibration_in_the_large'] as const;

/** Gaps of AUROC, ROC curves, mean score, Brier score and calibration. Only AUROC is tested without a tolerance of its own. */
export function scoreDisparities(study: GroupingStudy, input: ScoreInput | null, scores: ScoreStudy | null): Disparity[] {
  if (input === null || scores === null) return SCORE_METRICS.flatMap((name) => bothMissing(study, name, NO_SCORE));
  const rows = meanRows(study, scores.mean_score, 'mean_score', input.range), { labelled } = scores;
  if (labelled === null) {
    return [...rows, ...SCORE_METRICS.filter((name) => name !== 'mean_score').flatMap((name) => bothMissing(study, name, 'needs a label, and the data has none'))];
  }
  const areas = [...aurocRows(study, labelled), abrocaRow(study, labelled)], { probability } = labelled;
  if (probability === null) {
    const outside = 'scores lie outside [0, 1], so they are no probabilities';
    return [...areas, ...rows, ...(['brier', 'expected_calibration_error', 'calibration_in_the_large'] as const).flatMap((name) => bothMissing(study, name, outside))];
  }
  const own = toleranceOf(study.settings, ['calibration_in_the_large_difference', 'expected_calibration_error_difference'], null);
  const settings = own === null ? study.settings : { ...study.settings, tolerance: { ...study.settings.tolerance, calibration_in_the_large_difference: own } };
  const [inTheLarge] = meanRows({ ...study, settings }, probability.calibration_in_the_large, 'calibration_in_the_large', [-1, 1]);
  return [...areas, ...rows, ...meanRows(study, probability.brier, 'brier', [0, 1]), ...calibrationRows(study, probability, inTheLarge!), inTheLarge!];
}
