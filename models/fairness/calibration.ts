import type { RandomStream } from '../engine/random.ts';
import { normalCritical } from '../stats/normal.ts';
import { wilson } from '../stats/wilson.ts';
import type { Design } from './influence.ts';
import type { Interval } from './types.ts';

export const BINS = 10;
const DRAWS = 2_000;

/** Rows with a score and a label, by bin of equal width over [0, 1]. */
export interface CalibrationBins {
  readonly rows: Float64Array;
  /** Sums, of weights or of rows. */
  readonly weight: Float64Array;
  readonly score: Float64Array;
  readonly label: Float64Array;
  /** Σ w² s(1 − s): the variance of a calibrated score's sum of labels. */
  readonly variance: Float64Array;
}

export interface CalibrationInput {
  readonly codes: Int32Array;
  readonly groups: number;
  /** [n] in [0, 1], NaN missing */
  readonly scores: Float64Array;
  /** [n] 1, 0, 255 missing */
  readonly labels: Uint8Array;
  readonly design: Design | null;
}

export function calibrationBins({ codes, groups, scores, labels, design }: CalibrationInput): CalibrationBins[] {
  const empty = (): Float64Array => new Float64Array(BINS), weights = design?.weights ?? null;
  const all = Array.from({ length: groups }, () => ({ rows: empty(), weight: empty(), score: empty(), label: empty(), variance: empty() }));
  for (let row = 0; row < codes.length; row++) {
    const score = scores[row]!, w = weights === null ? 1 : weights[row]!;
    if (Number.isNaN(score) || labels[row] === 255 || w === 0) continue;
    const bins = all[codes[row]!]!, bin = Math.max(0, Math.min(BINS - 1, Math.floor(score * BINS)));
    bins.rows[bin]!++;
    bins.weight[bin]! += w;
    bins.score[bin]! += w * score;
    bins.label[bin]! += w * labels[row]!;
    bins.variance[bin]! += w * w * score * (1 - score);
  }
  return all;
}

/** Expected calibration error of one group. */
export interface CalibrationError {
  /** Rows with a score and a label. */
  readonly n: number;
  readonly value: number;
  /** What a perfectly calibrated score would show at this size. */
  readonly whenCalibrated: number;
  /** [bins] standard error of a bin's share of the error, from its own smoothed rate */
  readonly spread: Float64Array;
}

const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);

export function calibrationError({ rows, weight, score, label, variance }: CalibrationBins): CalibrationError {
  const n = sum(rows), all = sum(weight);
  if (n === 0) return { n, value: Number.NaN, whenCalibrated: Number.NaN, spread: new Float64Array(BINS) };
  let value = 0, whenCalibrated = 0;
  for (let bin = 0; bin < BINS; bin++) {
    if (rows[bin] === 0) continue;
    value += Math.abs(label[bin]! - score[bin]!) / all;
    // E|N(0, v)| = √(2v/π), v the variance of the bin's sum of labels.
    whenCalibrated += Math.sqrt((2 * variance[bin]!) / Math.PI) / all;
  }
  const spread = rows.map((size, bin) => {
    if (size === 0) return 0;
    const rate = ((label[bin]! / weight[bin]!) * size + 1) / (size + 2);
    return (Math.sqrt(size * rate * (1 - rate)) * weight[bin]!) / size / all;
  });
  return { n, value, whenCalibrated, spread };
}

/** Standard normal draws shared by all groups. [draws · bins] */
export function calibrationNoise(random: RandomStream): Float64Array {
  return Float64Array.from({ length: DRAWS * BINS }, () => random.normal());
}

/**
 * Interval of Σ_b |μ_b|, the binned error given the scores, from estimates d_b = μ_b + e_b with independent errors. Since
 * Σ|d| ≤ Σ|μ| + Σ|e|, the lower end takes off the quantile of Σ|e|: it is exact for a calibrated score, where the plug-in error is all
 * noise. Since |·| is convex, Σ|d| ≥ Σ|μ| + Σ±e with fixed signs, so the upper end adds z·√Σ var e.
 */
export function calibrationInterval({ value, spread }: CalibrationError, noise: Float64Array, level: number): Interval {
  const sums = new Float64Array(DRAWS);
  for (let b = 0; b < DRAWS; b++) for (let bin = 0; bin < BINS; bin++) sums[b]! += spread[bin]! * Math.abs(noise[b * BINS + bin]!);
  sums.sort();
  const tail = sums[Math.min(DRAWS - 1, Math.ceil(((1 + level) / 2) * DRAWS) - 1)]!;
  const half = normalCritical(level) * Math.sqrt(spread.reduce((total, each) => total + each * each, 0));
  return [Math.max(0, value - tail), Math.min(1, value + half)];
}

export interface ReliabilityPoint {
  readonly from: number;
  readonly to: number;
  readonly n: number;
  readonly mean_score: number;
  readonly rate: number;
  readonly interval: Interval | null;
}

/** Share of positive labels beside the mean score, bin by bin; Wilson's intervals, none with weights or clusters. */
export function reliabilityCurve({ rows, weight, score, label }: CalibrationBins, level: number, designed: boolean): ReliabilityPoint[] {
  return Array.from(rows.keys()).filter((bin) => rows[bin]! > 0).map((bin) => ({ from: bin / BINS, to: (bin + 1) / BINS, n: rows[bin]!,
    mean_score: score[bin]! / weight[bin]!, rate: label[bin]! / weight[bin]!, interval: designed ? null : wilson(label[bin]!, rows[bin]!, level) }));
}
