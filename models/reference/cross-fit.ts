import { randomStream } from '../engine/random.ts';
import { fitLogistic, predictLogistic, type LogisticModel } from './logistic.ts';
import type { SparseRows } from './sparse-rows.ts';

export const FOLDS = 5;
const MISSING = 255;

/**
 * A fold for every unit: a function of the seed and the unit's position alone, balanced by shuffling.
 * @param units [n] rows of one unit (a cluster) share a fold; null: each row is its own
 */
export function assignFolds(n: number, seed: number, units: Int32Array | null): Uint8Array {
  const count = units === null ? n : units.reduce((most, unit) => Math.max(most, unit), -1) + 1;
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  const random = randomStream(seed, 'reference/folds');
  for (let i = count - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  const fold = new Uint8Array(count);
  for (let i = 0; i < count; i++) fold[order[i]!] = i % FOLDS;
  return units === null ? fold : Uint8Array.from(units, (unit) => fold[unit]!);
}

export interface CrossFit {
  /** [n] out of fold for rows with a label, from `model` for the others. */
  readonly score: Float64Array;
  /** Fitted on the train part. */
  readonly model: LogisticModel;
}

export interface CrossFitInput {
  readonly x: SparseRows;
  /** [n] 1, 0, 255 missing */
  readonly labels: Uint8Array;
  /** [n] 1 where the row belongs to the train part */
  readonly train: Uint8Array;
  readonly units: Int32Array | null;
  readonly seed: number;
  /** Called before each fit with its number. */
  readonly progress?: (fit: number, of: number) => void;
}

function rowsWhere(n: number, holds: (row: number) => boolean): Uint32Array {
  return Uint32Array.from({ length: n }, (_, row) => row).filter(holds);
}

/**
 * Scores of a plain model for every row, none by a model that saw the row: each of five folds is predicted by a fit on the others.
 * All labelled rows take part, so that gaps are measured on the whole population.
 */
export function crossFitLogistic({ x, labels, train, units, seed, progress }: CrossFitInput): CrossFit {
  const n = x.rows;
  const folds = assignFolds(n, seed, units);
  const score = new Float64Array(n);
  progress?.(0, FOLDS + 1);
  const labelledTrain = rowsWhere(n, (row) => train[row] === 1 && labels[row] !== MISSING);
  const model = fitLogistic(x, labels, labelledTrain.length > 0 ? labelledTrain : rowsWhere(n, (row) => labels[row] !== MISSING));
  for (let fold = 0; fold < FOLDS; fold++) {
    progress?.(fold + 1, FOLDS + 1);
    const held = rowsWhere(n, (row) => folds[row] === fold && labels[row] !== MISSING);
    const rest = rowsWhere(n, (row) => folds[row] !== fold && labels[row] !== MISSING);
    predictLogistic(fitLogistic(x, labels, rest), x, held).forEach((value, i) => { score[held[i]!] = value; });
  }
  const unlabelled = rowsWhere(n, (row) => labels[row] === MISSING);
  predictLogistic(model, x, unlabelled).forEach((value, i) => { score[unlabelled[i]!] = value; });
  return { score, model };
}
