import { randomStream } from '../../../models/engine/random.ts';
import type { Matrix } from '../../../models/outliers/types.ts';
import { midRanks } from '../../../models/stats/ranks.ts';

export function matrixOf(rows: readonly (readonly number[])[]): Matrix {
  return { values: Float32Array.from(rows.flat()), rows: rows.length, columns: rows[0]?.length ?? 0 };
}

/** n rows of independent standard normals; the first `outliers` moved by `shift` in every column. */
export function gaussians(n: number, d: number, outliers: number, shift: number, seed: number): Matrix {
  const random = randomStream(seed, 'test/gaussians');
  return { values: Float32Array.from({ length: n * d }, (_, i) => random.normal() + (Math.floor(i / d) < outliers ? shift : 0)), rows: n, columns: d };
}

/** Area under the ROC curve by mid-ranks. */
export function auroc(scores: ArrayLike<number>, positive: ArrayLike<number>): number {
  const ranks = midRanks(scores), n = ranks.length;
  let count = 0, sum = 0;
  for (let i = 0; i < n; i++) {
    if (positive[i] !== 1) continue;
    count++;
    sum += ranks[i]!;
  }
  return (sum - count * (count + 1) / 2) / (count * (n - count));
}

/** Every column to mean 0 and variance 1; a constant one to 0. */
export function standardise({ values, rows, columns }: Matrix): Matrix {
  const out = new Float32Array(values.length);
  for (let j = 0; j < columns; j++) {
    let mean = 0, square = 0;
    for (let i = 0; i < rows; i++) mean += values[i * columns + j]! / rows;
    for (let i = 0; i < rows; i++) square += (values[i * columns + j]! - mean) ** 2 / rows;
    for (let i = 0; i < rows; i++) out[i * columns + j] = (values[i * columns + j]! - mean) / (Math.sqrt(square) || 1);
  }
  return { values: out, rows, columns };
}
