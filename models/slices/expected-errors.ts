import { fitLogistic, predictLogistic } from '../reference/logistic.ts';
import { sparseRows } from '../reference/sparse-rows.ts';

export interface ExpectedErrorsInput {
  /** [n] any scale; NaN missing. Taken for log odds of a probability when all are in [0, 1]. */
  readonly score: Float64Array;
  /** [n] 1, 0, 255 missing */
  readonly decision: Uint8Array;
  readonly labels: Uint8Array;
  /** Rows the recalibration is fitted on: those that are searched. */
  readonly rows: Uint32Array;
}

const MISSING = 255;
/** Beyond these log odds (a probability of 10⁻⁶) a score of exactly 0 or 1 is no more certain. */
const CLIP = 1e-6;

function logOdds(p: number): number {
  const clipped = Math.min(1 - CLIP, Math.max(CLIP, p));
  return Math.log(clipped / (1 - clipped));
}

/** Scores as one standardised feature: log odds of probabilities, other scales as they are; 0 where missing. */
function featureOf(score: Float64Array, rows: Uint32Array): Float32Array {
  const isProbability = score.every((value) => Number.isNaN(value) || (value >= 0 && value <= 1));
  const raw = isProbability ? score.map((value) => (Number.isNaN(value) ? value : logOdds(value))) : score;
  const mean = rows.reduce((sum, row) => sum + raw[row]!, 0) / rows.length;
  const spread = Math.sqrt(rows.reduce((sum, row) => sum + (raw[row]! - mean) ** 2, 0) / rows.length);
  return Float32Array.from(raw, (value) => (Number.isNaN(value) || !(spread > 0) ? 0 : (value - mean) / spread));
}

/**
 * How often a decision is wrong when the score is right about every row: p where the decision is 0, 1 − p where it is 1. The score is
 * first recalibrated as a whole, by intercept and slope (Cox 1958, Biometrika 45), so that p is P(label = 1) on any scale and an overconfident
 * score does not make all hard cases look like failures.
 * @returns [n] P(decision ≠ label) in [0, 1], NaN where score or decision is missing; null when no searched row holds score, decision and label
 */
export function expectedErrors({ score, decision, labels, rows }: ExpectedErrorsInput): Float64Array | null {
  const known = rows.filter((row) => !Number.isNaN(score[row]!) && decision[row] !== MISSING && labels[row] !== MISSING);
  if (known.length === 0) return null;
  const x = sparseRows({ values: featureOf(score, known), rows: score.length, columns: 1 });
  const probability = predictLogistic(fitLogistic(x, labels, known), x, Uint32Array.from(score.keys()));
  return probability.map((p, row) => (Number.isNaN(score[row]!) || decision[row] === MISSING ? Number.NaN : decision[row] === 1 ? 1 - p : p));
}
