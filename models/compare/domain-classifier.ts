import type { Matrix } from '../outliers/types.ts';
import { crossFitLogistic } from '../reference/cross-fit.ts';
import { sparseRows } from '../reference/sparse-rows.ts';
import { auroc } from '../stats/delong.ts';
import { normalCritical } from '../stats/normal.ts';
import { ascendingOrder } from '../stats/ranks.ts';

export interface DomainClassifierInput {
  readonly first: Matrix;
  readonly second: Matrix;
  /** [rows of first, then of second] rows that are the same have the same unit: both copies are held out together. */
  readonly units: Int32Array;
  readonly level: number;
  readonly seed: number;
}

/** Each feature, and its square where it is no indicator: a change of spread is to be seen as one of the mean is. */
function withSquares(first: Matrix, second: Matrix): Matrix {
  const rows = first.rows + second.rows, width = first.columns, stacked = new Float32Array(rows * width);
  stacked.set(first.values);
  stacked.set(second.values, first.rows * width);
  const curved: number[] = [];
  for (let j = 0; j < width; j++) for (let i = j; i < stacked.length; i += width) if (stacked[i] !== 0 && stacked[i] !== 1) { curved.push(j); break; }
  const wide = width + curved.length, values = new Float32Array(rows * wide);
  for (let row = 0; row < rows; row++) {
    values.set(stacked.subarray(row * width, (row + 1) * width), row * wide);
    curved.forEach((j, k) => { values[row * wide + width + k] = Math.min(stacked[row * width + j]! ** 2, 100) / 3; });
  }
  return { values, rows, columns: wide };
}

/**
 * How well a plain classifier tells rows of the first sample from rows of the second that it has not seen: AUROC .5 is not at all.
 * DeLong's interval takes the samples for independent; rows that are in both make it wider than it need be.
 * @returns null when a sample has fewer than 20 rows, or there is no feature
 */
export function domainClassifier({ first, second, units, level, seed }: DomainClassifierInput): { readonly value: number; readonly interval: readonly [number, number] } | null {
  if (Math.min(first.rows, second.rows) < 20 || first.columns === 0) return null;
  const x = withSquares(first, second), labels = Uint8Array.from({ length: x.rows }, (_, row) => (row < first.rows ? 0 : 1));
  const { score } = crossFitLogistic({ x: sparseRows(x), labels, train: labels.map(() => 1), units, seed });
  // Equal rows score alike up to rounding: ties, not an order.
  const rounded = score.map((value) => Math.round(value * 1e9)), order = ascendingOrder(rounded);
  const area = auroc(Float64Array.from(order, (row) => rounded[row]!), Uint8Array.from(order, (row) => labels[row]!));
  const half = normalCritical(level) * Math.sqrt(area.variance);
  return { value: area.value, interval: [Math.max(0, area.value - half), Math.min(1, area.value + half)] };
}
