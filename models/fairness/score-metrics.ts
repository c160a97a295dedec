import type { Grouping } from '../table.ts';
import { plainLimits, type Estimates } from './estimate-gap.ts';

const BINS = 10;

/** Sums over the rows of one group. */
interface ScoreSums {
  scored: number; score: number; scoreSquares: number;
  /** Rows with a label too. */
  labelled: number; brier: number; brierSquares: number; excess: number; excessSquares: number;
  readonly binRows: Float64Array; readonly binScore: Float64Array; readonly binLabel: Float64Array; readonly binVariance: Float64Array;
}

/** Mean of a per-row quantity in one group; NaN without rows. */
export interface MeanEstimate { readonly n: number; readonly value: number; readonly variance: number }

export interface ScoreMetrics {
  readonly mean_score: MeanEstimate;
  readonly brier: MeanEstimate;
  /** E[y − s], calibration in the large: 0 when scores are right on average. */
  readonly calibration_in_the_large: MeanEstimate;
  /** Over ten bins of equal width; `whenCalibrated`: what a perfectly calibrated score would show at this size. */
  readonly expected_calibration_error: { readonly n: number; readonly value: number; readonly whenCalibrated: number };
}

function emptySums(): ScoreSums {
  const bins = (): Float64Array => new Float64Array(BINS);
  return { scored: 0, score: 0, scoreSquares: 0, labelled: 0, brier: 0, brierSquares: 0, excess: 0, excessSquares: 0,
    binRows: bins(), binScore: bins(), binLabel: bins(), binVariance: bins() };
}

function add(sums: ScoreSums, score: number, label: number): void {
  sums.scored++;
  sums.score += score;
  sums.scoreSquares += score * score;
  if (label === 255) return;
  const excess = label - score, loss = excess * excess;
  sums.labelled++;
  sums.brier += loss;
  sums.brierSquares += loss * loss;
  sums.excess += excess;
  sums.excessSquares += loss;
  const bin = Math.max(0, Math.min(BINS - 1, Math.floor(score * BINS)));
  sums.binRows[bin]!++;
  sums.binScore[bin]! += score;
  sums.binLabel[bin]! += label;
  sums.binVariance[bin]! += score * (1 - score);
}

/** Variance of the mean; of one row the largest there can be in a range of 1. */
function mean(n: number, sum: number, squares: number): MeanEstimate {
  if (n === 0) return { n, value: Number.NaN, variance: Number.NaN };
  const value = sum / n;
  const spread = n < 2 ? 0.25 : Math.max(0, (squares - n * value * value) / (n - 1));
  return { n, value, variance: Math.max(1e-18, spread / n) };
}

function calibrationError({ labelled, binRows, binScore, binLabel, binVariance }: ScoreSums): ScoreMetrics['expected_calibration_error'] {
  if (labelled === 0) return { n: 0, value: Number.NaN, whenCalibrated: Number.NaN };
  let value = 0, whenCalibrated = 0;
  for (let bin = 0; bin < BINS; bin++) {
    if (binRows[bin] === 0) continue;
    value += Math.abs(binLabel[bin]! - binScore[bin]!) / labelled;
    // E|N(0, v)| = √(2v/π), v the variance of the bin's sum of labels.
    whenCalibrated += Math.sqrt((2 * binVariance[bin]!) / Math.PI) / labelled;
  }
  return { n: labelled, value, whenCalibrated };
}

/**
 * Score metrics of each level of the grouping.
 * @param scores [n] NaN missing
 * @param labels [n] 1, 0, 255 missing
 */
export function scoreMetrics(grouping: Grouping, scores: Float64Array, labels: Uint8Array | null): ScoreMetrics[] {
  const groups = grouping.levels.map(emptySums);
  for (let row = 0; row < scores.length; row++) {
    if (!Number.isNaN(scores[row]!)) add(groups[grouping.codes[row]!]!, scores[row]!, labels === null ? 255 : labels[row]!);
  }
  return groups.map((sums) => ({
    mean_score: mean(sums.scored, sums.score, sums.scoreSquares),
    brier: mean(sums.labelled, sums.brier, sums.brierSquares),
    calibration_in_the_large: mean(sums.labelled, sums.excess, sums.excessSquares),
    expected_calibration_error: calibrationError(sums),
  }));
}

/** Means of the groups that have rows, with limits cut to the metric's range. */
export function meanEstimates(means: readonly MeanEstimate[], range: readonly [number, number]): Estimates {
  const groups = Int32Array.from(means.keys()).filter((group) => means[group]!.n > 0);
  const value = Float64Array.from(groups, (group) => means[group]!.value);
  const variance = Float64Array.from(groups, (group) => means[group]!.variance);
  return { value, variance, groups, limits: plainLimits(value, variance, range), most: range[1] - range[0] };
}
