import { cholesky } from '../latent/cholesky.ts';
import type { SparseRows } from './sparse-rows.ts';

/** Intercept last: a vector of parameters has x.width + 1 entries. */
export interface LogisticProblem {
  readonly x: SparseRows;
  readonly labels: Uint8Array;
  readonly rows: Uint32Array;
  readonly penalty: number;
  /** [x.rows], or null: all 1. */
  readonly weights: Float64Array | null;
}

/** Where a Newton step starts: curvature p(1 − p) of each row, gradient, diagonal of the Hessian. */
export interface Derivatives {
  readonly curvature: Float64Array;
  readonly gradient: Float64Array;
  readonly diagonal: Float64Array;
}

/** Up to this many squared entries a row, and this wide, the Hessian itself is cheaper than products with it. */
const DENSE_ENTRIES = 1_500;
const DENSE_WIDTH = 600;

export function linear(x: SparseRows, row: number, beta: Float64Array): number {
  let z = beta[x.width]!;
  for (let k = x.start[row]!; k < x.start[row + 1]!; k++) z += x.values[k]! * beta[x.columns[k]!]!;
  return z;
}

/** Lower triangle of Xᵀ diag(curvature) X + penalty, [width + 1, width + 1]. */
function hessian({ x, rows }: LogisticProblem, { curvature, diagonal }: Derivatives): Float64Array {
  const d = x.width + 1, h = new Float64Array(d * d);
  const { start, columns, values } = x;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!, from = start[row]!, to = start[row + 1]!, weight = curvature[i]!;
    for (let a = from; a < to; a++) {
      const scaled = weight * values[a]!, offset = columns[a]! * d;
      for (let b = from; b < a; b++) h[offset + columns[b]!]! += scaled * values[b]!;
      h[x.width * d + columns[a]!]! += scaled;
    }
  }
  for (let j = 0; j < d; j++) h[j * d + j] = diagonal[j]!;
  return h;
}

function solveCholesky(l: Float64Array, right: Float64Array): Float64Array {
  const d = right.length, solution = right.slice();
  for (let i = 0; i < d; i++) {
    for (let k = 0; k < i; k++) solution[i]! -= l[i * d + k]! * solution[k]!;
    solution[i]! /= l[i * d + i]!;
  }
  for (let i = d - 1; i >= 0; i--) {
    for (let k = i + 1; k < d; k++) solution[i]! -= l[k * d + i]! * solution[k]!;
    solution[i]! /= l[i * d + i]!;
  }
  return solution;
}

function hessianTimes({ x, rows, penalty }: LogisticProblem, curvature: Float64Array, v: Float64Array): Float64Array {
  const out = new Float64Array(x.width + 1);
  for (let j = 0; j < x.width; j++) out[j] = penalty * v[j]!;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!, z = curvature[i]! * linear(x, row, v);
    out[x.width]! += z;
    for (let k = x.start[row]!; k < x.start[row + 1]!; k++) out[x.columns[k]!]! += z * x.values[k]!;
  }
  return out;
}

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** Conjugate gradients with the diagonal as preconditioner, until the residual has shrunk by `forcing`. */
function conjugateGradients(problem: LogisticProblem, { curvature, gradient, diagonal }: Derivatives, forcing: number): Float64Array {
  const step = new Float64Array(gradient.length);
  const residual = gradient.map((value) => -value);
  let preconditioned = residual.map((value, j) => value / diagonal[j]!);
  let direction = preconditioned.slice();
  let product = dot(residual, preconditioned);
  const goal = product * forcing * forcing;
  for (let i = 0; i < 2 * gradient.length && product > goal && product > 0; i++) {
    const image = hessianTimes(problem, curvature, direction);
    const alpha = product / dot(direction, image);
    for (let j = 0; j < step.length; j++) {
      step[j]! += alpha * direction[j]!;
      residual[j]! -= alpha * image[j]!;
    }
    preconditioned = residual.map((value, j) => value / diagonal[j]!);
    const next = dot(residual, preconditioned), beta = next / product;
    direction = preconditioned.map((value, j) => value + beta * direction[j]!);
    product = next;
  }
  return step;
}

/**
 * The Newton step −H⁻¹g: by Cholesky where rows are sparse and few columns wide, else by conjugate gradients, whose cost grows with
 * the non-zero entries alone.
 * @param forcing relative accuracy asked of conjugate gradients
 */
export function newtonStep(problem: LogisticProblem, derivatives: Derivatives, forcing: number): Float64Array {
  const { x } = problem;
  const perRow = x.values.length / Math.max(1, x.rows);
  if (x.width > DENSE_WIDTH || perRow * perRow > DENSE_ENTRIES) return conjugateGradients(problem, derivatives, forcing);
  return solveCholesky(cholesky(hessian(problem, derivatives), x.width + 1), derivatives.gradient.map((value) => -value));
}
