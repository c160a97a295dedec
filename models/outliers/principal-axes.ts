import type { RandomStream } from '../engine/random.ts';
import type { Matrix } from './types.ts';

const ITERATIONS = 6;

export interface Axes {
  /** [d] */
  readonly mean: Float64Array;
  /** [count, d], orthonormal, row-major. */
  readonly vectors: Float64Array;
  readonly count: number;
}

/** Mean of each column over the named rows. */
function columnMeans(x: Matrix, rows: Uint32Array): Float64Array {
  const mean = new Float64Array(x.columns);
  for (const row of rows) for (let j = 0; j < x.columns; j++) mean[j]! += x.values[row * x.columns + j]! / rows.length;
  return mean;
}

/** Coordinates of one centred row on the axes: out [count]. Zero features of the centred row cost as much as others. */
function coordinates(x: Matrix, row: number, axes: Axes, centred: Float64Array, out: Float64Array, offset: number): void {
  const d = x.columns;
  for (let j = 0; j < d; j++) centred[j] = x.values[row * d + j]! - axes.mean[j]!;
  const { vectors, count } = axes;
  let a = 0;
  // Four axes at a time, since one sum would wait for each addition.
  for (; a + 4 <= count; a += 4) {
    const first = a * d, second = first + d, third = second + d, fourth = third + d;
    let one = 0, two = 0, three = 0, four = 0;
    for (let j = 0; j < d; j++) {
      const value = centred[j]!;
      one += value * vectors[first + j]!;
      two += value * vectors[second + j]!;
      three += value * vectors[third + j]!;
      four += value * vectors[fourth + j]!;
    }
    out[offset + a] = one;
    out[offset + a + 1] = two;
    out[offset + a + 2] = three;
    out[offset + a + 3] = four;
  }
  for (; a < count; a++) {
    let sum = 0;
    for (let j = 0; j < d; j++) sum += centred[j]! * vectors[a * d + j]!;
    out[offset + a] = sum;
  }
}

/** Modified Gram–Schmidt on the rows of vectors; one that vanishes stays zero. */
function orthonormalise(vectors: Float64Array, count: number, d: number): void {
  for (let a = 0; a < count; a++) {
    const own = vectors.subarray(a * d, (a + 1) * d);
    const before = Math.hypot(...own);
    for (let b = 0; b < a; b++) {
      let dot = 0;
      for (let j = 0; j < d; j++) dot += own[j]! * vectors[b * d + j]!;
      for (let j = 0; j < d; j++) own[j]! -= dot * vectors[b * d + j]!;
    }
    const after = Math.hypot(...own);
    for (let j = 0; j < d; j++) own[j] = after > 1e-9 * before ? own[j]! / after : 0;
  }
}

/**
 * Approximate leading principal axes of the named rows by subspace iteration (Golub and Van Loan, §8.2.4): a few steps suffice where only
 * the space that they span matters.
 */
export function principalAxes(x: Matrix, rows: Uint32Array, count: number, random: RandomStream): Axes {
  const d = x.columns;
  let axes: Axes = { mean: columnMeans(x, rows), vectors: Float64Array.from({ length: count * d }, () => random.normal()), count };
  orthonormalise(axes.vectors, count, d);
  const centred = new Float64Array(d), projected = new Float64Array(count);
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    const next = new Float64Array(count * d);
    for (const row of rows) {
      coordinates(x, row, axes, centred, projected, 0);
      for (let a = 0; a < count; a++) for (let j = 0; j < d; j++) next[a * d + j]! += projected[a]! * centred[j]!;
    }
    orthonormalise(next, count, d);
    axes = { ...axes, vectors: next };
  }
  return axes;
}

/** Coordinates of rows start … end on the axes, [end − start, count]. */
export function project(x: Matrix, axes: Axes, start: number, end: number): Float64Array {
  const out = new Float64Array((end - start) * axes.count), centred = new Float64Array(x.columns);
  for (let row = start; row < end; row++) coordinates(x, row, axes, centred, out, (row - start) * axes.count);
  return out;
}
