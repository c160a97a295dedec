import type { RandomStream } from '../engine/random.ts';
import { sampleRows } from '../outliers/sample-rows.ts';
import type { Grouping } from '../table.ts';
import { type Points, unitMoments } from './points.ts';
import { symmetricEigen } from './symmetric-eigen.ts';
import type { LatentMap } from './types.ts';

export const MAP_POINTS = 3_000;
export const MAP_CELLS = 40;
/** A variance under this is the rounding of a mean. */
const ROUNDING = 1e-20;

function covarianceOf({ values, rows, dimensions: d }: Points, means: Float64Array): Float64Array {
  const covariance = new Float64Array(d * d);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < d; i++) {
      const centred = values[row * d + i]! - means[i]!;
      for (let j = 0; j <= i; j++) covariance[i * d + j]! += centred * (values[row * d + j]! - means[j]!) / rows;
    }
  }
  for (let i = 0; i < d; i++) for (let j = 0; j < i; j++) covariance[j * d + i] = covariance[i * d + j]!;
  return covariance;
}

/** Coordinates of every row on the axis; zeros when there is no such axis. */
function project({ values, rows, dimensions: d }: Points, means: Float64Array, axis: Float64Array): Float64Array {
  return Float64Array.from({ length: rows }, (_, row) => {
    let sum = 0;
    for (let j = 0; j < axis.length; j++) sum += axis[j]! * (values[row * d + j]! - means[j]!);
    return sum;
  });
}

function rangeOf(values: Float64Array): readonly [number, number] {
  let low = Infinity, high = -Infinity;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low < high ? [low, high] : [low - 0.5, high + 0.5];
}

/** All rows counted in a grid over the map. */
function countCells(x: Float64Array, y: Float64Array): LatentMap['cells'] {
  const [left, right] = rangeOf(x), [bottom, top] = rangeOf(y);
  const counts = new Array<number>(MAP_CELLS * MAP_CELLS).fill(0);
  const cell = (value: number, low: number, high: number): number => Math.min(MAP_CELLS - 1, Math.floor(((value - low) / (high - low)) * MAP_CELLS));
  for (let row = 0; row < x.length; row++) counts[cell(y[row]!, bottom, top) * MAP_CELLS + cell(x[row]!, left, right)]!++;
  return { columns: MAP_CELLS, rows: MAP_CELLS, x: [left, right], y: [bottom, top], counts };
}

export interface LatentMapInput {
  readonly logDensity: Float64Array;
  /** [n] the row number that a point is named by. */
  readonly rowNumbers: ArrayLike<number>;
  readonly groupings: readonly Grouping[];
  readonly random: RandomStream;
}

/**
 * The rows on the first two principal axes of z, centred; at most 3,000 of them, drawn uniformly, and all of them counted in a grid.
 * `explained` are the axes' shares of the variance. An axis points where its largest loading is positive.
 */
export function latentMap(z: Points, { logDensity, rowNumbers, groupings, random }: LatentMapInput): LatentMap {
  const d = z.dimensions, { means } = unitMoments(z.values, d);
  const { values, vectors } = symmetricEigen(covarianceOf(z, means), d);
  const total = values.reduce((sum, value) => sum + value, 0);
  const explained = (i: number): number => (total > ROUNDING ? Math.max(0, values[i] ?? 0) / total : 0);
  const x = project(z, means, vectors.subarray(0, d)), y = project(z, means, vectors.subarray(d, 2 * d));
  const points = Array.from(sampleRows(z.rows, MAP_POINTS, random), (row) => ({
    row: rowNumbers[row]!, x: x[row]!, y: y[row]!, logDensity: logDensity[row]!,
    groups: Object.fromEntries(groupings.map(({ attribute, levels, codes }) => [attribute, levels[codes[row]!]!])),
  }));
  return { explained: [explained(0), explained(1)], points, cells: countCells(x, y) };
}
