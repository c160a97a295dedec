import { dot, linear, newtonStep, type Derivatives, type LogisticProblem } from './newton-step.ts';
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
  /** [x.rows] how much each row counts in the summed log loss, not negative; all 1 without. */
  readonly weights?: Float64Array;
  /** Where to start: a fit of the same width. All 0 without. */
  readonly start?: LogisticModel;
}

const sigmoid = (z: number): number => (z >= 0 ? 1 / (1 + Math.exp(-z)) : Math.exp(z) / (1 + Math.exp(z)));
/** log(1 + e^z) without overflow. */
const softplus = (z: number): number => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));

function loss({ x, labels, rows, penalty, weights }: LogisticProblem, beta: Float64Array): number {
  let sum = (penalty * (dot(beta, beta) - beta[x.width]! ** 2)) / 2;
  for (const row of rows) {
    const z = linear(x, row, beta);
    sum += (weights === null ? 1 : weights[row]!) * (softplus(z) - labels[row]! * z);
  }
  return sum;
}

function derivativesAt({ x, labels, rows, penalty, weights }: LogisticProblem, beta: Float64Array): Derivatives {
  const curvature = new Float64Array(rows.length);
  const gradient = beta.map((value, j) => (j < x.width ? penalty * value : 0));
  // All rows decided with certainty leave the intercept without curvature.
  const diagonal = gradient.map((_, j) => (j < x.width ? penalty : 1e-12));
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    const p = sigmoid(linear(x, row, beta)), counts = weights === null ? 1 : weights[row]!, residual = counts * (p - labels[row]!), weight = counts * p * (1 - p);
    curvature[i] = weight;
    gradient[x.width]! += residual;
    diagonal[x.width]! += weight;
    for (let k = x.start[row]!; k < x.start[row + 1]!; k++) {
      const j = x.columns[k]!, value = x.values[k]!;
      gradient[j]! += residual * value;
      diagonal[j]! += weight * value * value;
    }
  }
  return { curvature, gradient, diagonal };
}

/** The longest of the steps 1, ½, ¼ … that lowers the loss as Armijo asks; null when none does. */
function lineSearch(problem: LogisticProblem, beta: Float64Array, value: number, step: Float64Array, slope: number): { beta: Float64Array; value: number } | null {
  for (let scale = 1; scale > 1e-8; scale /= 2) {
    const next = beta.map((entry, j) => entry + scale * step[j]!);
    const nextValue = loss(problem, next);
    if (nextValue < value && nextValue <= value + 1e-4 * scale * slope) return { beta: next, value: nextValue };
  }
  return null;
}

/**
 * L2-penalised logistic regression by Newton's method (truncated where features are wide: Lin, Weng and Keerthi 2008).
 * @param labels [x.rows] 1 or 0 for the rows named
 * @param rows the rows to fit on
 */
export function fitLogistic(x: SparseRows, labels: Uint8Array, rows: Uint32Array, options: LogisticOptions = {}): LogisticModel {
  const { penalty = 1, maximumIterations = 50, tolerance = 1e-7, weights = null, start } = options;
  const problem: LogisticProblem = { x, labels, rows, penalty, weights };
  let beta = start === undefined ? new Float64Array(x.width + 1) : parametersOf(start), value = loss(problem, beta), iterations = 0, largest = Infinity;
  for (; iterations < maximumIterations; iterations++) {
    const derivatives = derivativesAt(problem, beta);
    largest = derivatives.gradient.reduce((most, entry) => Math.max(most, Math.abs(entry)), 0) / Math.max(1, rows.length);
    if (largest <= tolerance) break;
    const step = newtonStep(problem, derivatives, Math.min(0.1, Math.sqrt(largest)));
    const better = lineSearch(problem, beta, value, step, dot(derivatives.gradient, step));
    if (better === null) break;
    ({ beta, value } = better);
  }
  return { weights: beta.slice(0, x.width), intercept: beta[x.width]!, iterations, gradient: largest };
}

function parametersOf({ weights, intercept }: LogisticModel): Float64Array {
  const beta = new Float64Array(weights.length + 1);
  beta.set(weights);
  beta[weights.length] = intercept;
  return beta;
}

/** P(label is positive) of the rows named. */
export function predictLogistic(model: LogisticModel, x: SparseRows, rows: Uint32Array): Float64Array {
  const beta = parametersOf(model);
  return Float64Array.from(rows, (row) => sigmoid(linear(x, row, beta)));
}
