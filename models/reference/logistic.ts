import type { SparseRows } from './sparse-rows.ts';

export interface LogisticModel {
  readonly weights: Float64Array;
  readonly intercept: number;
  readonly iterations: number;
  /** Largest entry of the gradient of the mean loss at the end. */
  readonly gradient: number;
}

export interface LogisticOptions {
  /** ½·penalty·‖weights‖² is added to the summed log loss; the intercept is free. 1 is scikit-learn's default. */
  readonly penalty?: number;
  readonly maximumIterations?: number;
  /** Stop when no entry of the mean loss's gradient is larger. */
  readonly tolerance?: number;
}

const sigmoid = (z: number): number => (z >= 0 ? 1 / (1 + Math.exp(-z)) : Math.exp(z) / (1 + Math.exp(z)));
/** log(1 + e^z) without overflow. */
const softplus = (z: number): number => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));

/** Intercept last. */
function linear(x: SparseRows, row: number, beta: Float64Array): number {
  let z = beta[x.width]!;
  for (let k = x.start[row]!; k < x.start[row + 1]!; k++) z += x.values[k]! * beta[x.columns[k]!]!;
  return z;
}

interface Problem { readonly x: SparseRows; readonly labels: Uint8Array; readonly rows: Uint32Array; readonly penalty: number }

function penaltyOf({ x, penalty }: Problem, beta: Float64Array): number {
  let squares = 0;
  for (let j = 0; j < x.width; j++) squares += beta[j]! * beta[j]!;
  return (penalty * squares) / 2;
}

function loss(problem: Problem, beta: Float64Array): number {
  let sum = penaltyOf(problem, beta);
  for (const row of problem.rows) {
    const z = linear(problem.x, row, beta);
    sum += softplus(z) - problem.labels[row]! * z;
  }
  return sum;
}

/** Gradient, the rows' curvatures p(1 − p), and the diagonal of the Hessian. */
function derivatives({ x, labels, rows, penalty }: Problem, beta: Float64Array, curvature: Float64Array): { gradient: Float64Array; diagonal: Float64Array } {
  const gradient = new Float64Array(x.width + 1), diagonal = new Float64Array(x.width + 1).fill(penalty);
  diagonal[x.width] = 1e-12;
  for (let j = 0; j < x.width; j++) gradient[j] = penalty * beta[j]!;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    const p = sigmoid(linear(x, row, beta)), residual = p - labels[row]!, weight = p * (1 - p);
    curvature[i] = weight;
    gradient[x.width]! += residual;
    diagonal[x.width]! += weight;
    for (let k = x.start[row]!; k < x.start[row + 1]!; k++) {
      const j = x.columns[k]!, value = x.values[k]!;
      gradient[j]! += residual * value;
      diagonal[j]! += weight * value * value;
    }
  }
  return { gradient, diagonal };
}

function hessianTimes({ x, rows, penalty }: Problem, curvature: Float64Array, v: Float64Array): Float64Array {
  const out = new Float64Array(x.width + 1);
  for (let j = 0; j < x.width; j++) out[j] = penalty * v[j]!;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!, z = curvature[i]! * linear(x, row, v);
    out[x.width]! += z;
    for (let k = x.start[row]!; k < x.start[row + 1]!; k++) out[x.columns[k]!]! += z * x.values[k]!;
  }
  return out;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** Conjugate gradients with the diagonal as preconditioner, until the residual has shrunk by `forcing`. */
function newtonStep(problem: Problem, curvature: Float64Array, gradient: Float64Array, diagonal: Float64Array, forcing: number): Float64Array {
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
 * L2-penalised logistic regression by truncated Newton steps (Lin, Weng and Keerthi 2008), each solved by conjugate gradients: no
 * matrix of features by features, so wide inputs cost no more than their non-zero entries.
 * @param labels [x.rows] 1 or 0 for the rows named
 * @param rows the rows to fit on
 */
export function fitLogistic(x: SparseRows, labels: Uint8Array, rows: Uint32Array, options: LogisticOptions = {}): LogisticModel {
  const { penalty = 1, maximumIterations = 50, tolerance = 1e-6 } = options;
  const problem: Problem = { x, labels, rows, penalty };
  const curvature = new Float64Array(rows.length);
  let beta = new Float64Array(x.width + 1), value = loss(problem, beta), iterations = 0, largest = Infinity;
  for (; iterations < maximumIterations; iterations++) {
    const { gradient, diagonal } = derivatives(problem, beta, curvature);
    largest = gradient.reduce((most, entry) => Math.max(most, Math.abs(entry)), 0) / Math.max(1, rows.length);
    if (largest <= tolerance) break;
    const step = newtonStep(problem, curvature, gradient, diagonal, Math.min(0.1, Math.sqrt(largest)));
    const slope = dot(gradient, step);
    let scale = 1, next = beta, nextValue = value;
    for (; scale > 1e-8; scale /= 2) {
      next = beta.map((entry, j) => entry + scale * step[j]!);
      nextValue = loss(problem, next);
      if (nextValue <= value + 1e-4 * scale * slope) break;
    }
    if (!(nextValue < value)) break;
    beta = next;
    value = nextValue;
  }
  return { weights: beta.slice(0, x.width), intercept: beta[x.width]!, iterations, gradient: largest };
}

/** P(label is positive) of the rows named. */
export function predictLogistic({ weights, intercept }: LogisticModel, x: SparseRows, rows: Uint32Array): Float64Array {
  const beta = new Float64Array(x.width + 1);
  beta.set(weights);
  beta[x.width] = intercept;
  return Float64Array.from(rows, (row) => sigmoid(linear(x, row, beta)));
}
