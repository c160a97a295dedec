import chiSquareCdf from '@stdlib/stats-base-dists-chisquare-cdf';
import normalCdf from '@stdlib/stats-base-dists-normal-cdf';
import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import { logGammaTail } from './gamma-tail.ts';
import { tailDeviate } from './tail-deviate.ts';

/** A null distribution of scores, fitted to their bulk. */
export interface Null {
  readonly family: string;
  readonly detail: string;
  /** Standard normal deviate of a score: larger is further out. */
  readonly deviate: (score: number) => number;
  /** Sum of squared differences, at the fitted quantiles, between the deviates and those of the probabilities. */
  readonly misfit: number;
}

/** Empirical quantiles of the bulk. scores: increasing; deviates: Φ⁻¹ of their probabilities. */
export interface BulkQuantiles {
  readonly scores: Float64Array;
  readonly deviates: Float64Array;
}

/** Lower ends that are tried for a family on the positive half-line: so many widths of the bulk below its smallest quantile. */
const SHIFTS = [0.05, 0.1, 0.2, 0.35, 0.6, 1, 2, 5, 10];
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/** Argument in [low, high] of the smallest value of a function with one minimum, by golden section. */
export function minimise(f: (x: number) => number, low: number, high: number, steps = 40): number {
  let a = low, b = high, c = b - GOLDEN * (b - a), d = a + GOLDEN * (b - a), fc = f(c), fd = f(d);
  for (let i = 0; i < steps; i++) {
    if (fc <= fd) {
      b = d; d = c; fd = fc;
      c = b - GOLDEN * (b - a);
      fc = f(c);
    } else {
      a = c; c = d; fc = fd;
      d = a + GOLDEN * (b - a);
      fd = f(d);
    }
  }
  return (a + b) / 2;
}

/** Least squares of y = (g − location) / scale, by regressing g on y. */
function line(g: Float64Array, y: Float64Array): { location: number; scale: number; misfit: number } {
  const n = g.length, meanG = g.reduce((s, v) => s + v / n, 0), meanY = y.reduce((s, v) => s + v / n, 0);
  let gy = 0, yy = 0;
  for (let i = 0; i < n; i++) {
    gy += (g[i]! - meanG) * (y[i]! - meanY);
    yy += (y[i]! - meanY) ** 2;
  }
  const scale = Math.max(gy / yy, Number.MIN_VALUE), location = meanG - scale * meanY;
  let misfit = 0;
  for (let i = 0; i < n; i++) misfit += ((g[i]! - location) / scale - y[i]!) ** 2;
  return { location, scale, misfit };
}

function boxCox(x: number, lambda: number): number {
  return Math.abs(lambda) < 1e-6 ? Math.log(x) : (Math.exp(lambda * Math.log(x)) - 1) / lambda;
}

function transformedNormal(lambda: number, { scores, deviates }: BulkQuantiles): Null {
  const { location, scale, misfit } = line(scores.map((x) => boxCox(x, lambda)), deviates);
  return {
    family: 'Box-Cox normal', misfit, detail: `λ = ${lambda.toFixed(2)}`,
    deviate: (x) => (x > 0 ? (boxCox(x, lambda) - location) / scale : -Infinity),
  };
}

/** The family with the lower end that fits the bulk best. */
function shifted(fit: (bulk: BulkQuantiles) => Null): (bulk: BulkQuantiles) => Null {
  return ({ scores, deviates }) => {
    const lowest = scores[0]!, width = scores.at(-1)! - lowest;
    const fits = SHIFTS.map((shift) => {
      const origin = lowest - shift * width, own = fit({ scores: scores.map((x) => x - origin), deviates });
      return { ...own, detail: `${own.detail}, from ${origin.toPrecision(3)}`, deviate: (x: number) => own.deviate(x - origin) };
    });
    return fits.reduce((best, own) => (own.misfit < best.misfit ? own : best));
  };
}

/** Normal after the power transform of G. E. P. Box and D. R. Cox (1964) whose λ in [0, 2] makes the bulk's quantiles straightest. */
export const boxCoxNormal = shifted((bulk) => transformedNormal(minimise((lambda) => transformedNormal(lambda, bulk).misfit, 0, 2, 25), bulk));

const logNormal = shifted((bulk) => ({ ...transformedNormal(0, bulk), family: 'log-normal', detail: 'three parameters' }));

/** The others' tails fall like a normal or an exponential one; this one falls like a power, so that outliers have to be clear under either. */
const logLogistic = shifted(({ scores, deviates }) => {
  const { location, scale } = line(scores.map(Math.log), deviates.map((z) => Math.log(upperTail(-z) / upperTail(z))));
  const deviate = (x: number): number => {
    const logit = x > 0 ? (Math.log(x) - location) / scale : -Infinity;
    return logit > 0 ? tailDeviate(logit + Math.log1p(Math.exp(-logit))) : normalQuantile(1 / (1 + Math.exp(-logit)), 0, 1);
  };
  return { family: 'log-logistic', detail: 'three parameters', deviate, misfit: scores.reduce((sum, x, i) => sum + (deviate(x) - deviates[i]!) ** 2, 0) };
});

/** Standard normal deviate of a standard gamma variable of that shape, from the tail that keeps its digits. */
export function gammaDeviate(x: number, shape: number): number {
  if (!(x > 0)) return -Infinity;
  if (x < shape + 1) return normalQuantile(chiSquareCdf(2 * x, 2 * shape), 0, 1);
  return tailDeviate(-logGammaTail(shape, x));
}

const gamma = shifted(({ scores, deviates }): Null => {
  const misfit = (shape: number, scale: number): number => {
    let sum = 0;
    for (let i = 0; i < scores.length; i++) sum += (Math.max(-8, gammaDeviate(scores[i]! / scale, shape)) - deviates[i]!) ** 2;
    return sum;
  };
  const middle = scores[scores.length >> 1]!;
  const scaleOf = (shape: number): number => Math.exp(minimise((log) => misfit(shape, Math.exp(log)), Math.log(middle / shape) - 2, Math.log(middle / shape) + 4, 20));
  const shape = Math.exp(minimise((log) => misfit(Math.exp(log), scaleOf(Math.exp(log))), Math.log(0.2), Math.log(500), 20));
  const scale = scaleOf(shape);
  return { family: 'gamma', detail: `shape ${shape.toPrecision(3)}`, misfit: misfit(shape, scale), deviate: (x) => gammaDeviate(x / scale, shape) };
});

/** The null families that every calibration without clean rows is held against. */
export const NULL_FAMILIES: readonly ((bulk: BulkQuantiles) => Null)[] = [boxCoxNormal, gamma, logNormal, logLogistic];

export function upperTail(deviate: number): number {
  return normalCdf(-deviate, 0, 1);
}
