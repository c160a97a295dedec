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

/** Models that share one way to divide rows into folds: `folds[f]` never saw a row of fold f. */
export interface FoldModels {
  readonly folds: readonly LogisticModel[];
  /** Fitted on the train part. */
  readonly model: LogisticModel;
}

export interface FoldFitInput extends Pick<CrossFitInput, 'x' | 'labels' | 'train' | 'progress'> {
  /** [n] the fold of each row */
  readonly folds: Uint8Array;
}

/** Fits a model for each fold on the labelled rows of the others, and one on the train part. */
export function fitFolds({ x, labels, train, folds, progress }: FoldFitInput): FoldModels {
  const n = x.rows;
  progress?.(0, FOLDS + 1);
  const labelledTrain = rowsWhere(n, (row) => train[row] === 1 && labels[row] !== MISSING);
  const model = fitLogistic(x, labels, labelledTrain.length > 0 ? labelledTrain : rowsWhere(n, (row) => labels[row] !== MISSING));
  return { model, folds: Array.from({ length: FOLDS }, (_, fold) => {
    progress?.(fold + 1, FOLDS + 1);
    return fitLogistic(x, labels, rowsWhere(n, (row) => folds[row] !== fold && labels[row] !== MISSING));
  }) };
}

/** [n] scores of rows with their folds and labels: out of fold with a label, from the one model without. */
export function scoreOutOfFold({ folds: models, model }: FoldModels, x: SparseRows, folds: Uint8Array, labels: Uint8Array): Float64Array {
  const score = new Float64Array(x.rows);
  const fill = (fitted: LogisticModel, rows: Uint32Array): void => predictLogistic(fitted, x, rows).forEach((value, i) => { score[rows[i]!] = value; });
  for (const [fold, fitted] of models.entries()) fill(fitted, rowsWhere(x.rows, (row) => folds[row] === fold && labels[row] !== MISSING));
  fill(model, rowsWhere(x.rows, (row) => labels[row] === MISSING));
  return score;
}

/**
 * Scores of a plain model for every row, none by a model that saw the row: each of five folds is predicted by a fit on the others.
 * All labelled rows take part, so that gaps are measured on the whole population.
 */
export function crossFitLogistic({ x, labels, train, units, seed, progress }: CrossFitInput): CrossFit {
  const folds = assignFolds(x.rows, seed, units), models = fitFolds({ x, labels, train, folds, ...(progress === undefined ? {} : { progress }) });
  return { score: scoreOutOfFold(models, x, folds, labels), model: models.model };
}
