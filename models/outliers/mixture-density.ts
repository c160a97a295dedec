import type { RandomStream } from '../engine/random.ts';
import { fitMixture } from '../latent/fit-mixture.ts';
import { type Mixture, mixtureLogDensity } from '../latent/mixture.ts';
import { type Axes, principalAxes, project } from './principal-axes.ts';
import { sampleRows } from './sample-rows.ts';
import type { Detector, FittedDetector, Matrix } from './types.ts';

const COMPONENTS = 4;
/** Full covariances cost d² a row: wider tables are seen through their leading principal axes. */
const DIMENSIONS = 48;
const FITTED_ROWS = 4096;
const STEPS = 30;
/** A component with fewer rows for each dimension closes around the very outliers that it should miss. */
const ROWS_A_DIMENSION = 10;
/** On every variance, as a share of the mean variance: columns that add up to a constant leave none of their own. */
const RIDGE = 0.3;
/** A component of a smaller weight may be a tight group of outliers that would vouch for itself: it does not count as ordinary. */
const SMALLEST_WEIGHT = 0.1;
const BLOCK = 4096;

interface Whitening {
  readonly axes: Axes;
  readonly scale: number;
}

function scaled(points: Float64Array, scale: number): Float64Array {
  for (let i = 0; i < points.length; i++) points[i]! *= scale;
  return points;
}

/** One axis a column when they are few; the mixture is indifferent to rotation. */
function columnAxes(x: Matrix, rows: Uint32Array): Axes {
  const d = x.columns, mean = new Float64Array(d), vectors = new Float64Array(d * d);
  for (const row of rows) for (let j = 0; j < d; j++) mean[j]! += x.values[row * d + j]! / rows.length;
  for (let j = 0; j < d; j++) vectors[j * d + j] = 1;
  return { mean, vectors, count: d };
}

function meanSquare(points: Float64Array): number {
  let sum = 0;
  for (const value of points) sum += value * value;
  return sum / Math.max(1, points.length);
}

function withoutSmall({ dimensions: d, weights, means, covariances }: Mixture): Mixture {
  const kept = Array.from(weights, (_, k) => k).filter((k) => weights[k]! >= SMALLEST_WEIGHT);
  return {
    dimensions: d, weights: Float64Array.from(kept, (k) => weights[k]!), means: Float64Array.from(kept.flatMap((k) => [...means.subarray(k * d, (k + 1) * d)])),
    covariances: Float64Array.from(kept.flatMap((k) => [...covariances.subarray(k * d * d, (k + 1) * d * d)])),
  };
}

function scoreRows(x: Matrix, { axes, scale }: Whitening, mixture: Mixture, report?: (fraction: number) => void): Float64Array {
  const scores = new Float64Array(x.rows);
  for (let start = 0; start < x.rows; start += BLOCK) {
    const end = Math.min(x.rows, start + BLOCK), values = scaled(project(x, axes, start, end), scale);
    scores.set(mixtureLogDensity(mixture, { values, rows: end - start, dimensions: axes.count }).map((density) => -density), start);
    report?.(end / x.rows);
  }
  return scores;
}

/**
 * Negative log density under a Gaussian mixture of up to four components with full covariances, in nats, fitted by EM to a seeded sample of the rows
 * (C. M. Bishop, "Novelty detection and neural network validation", 1994, for densities as scores).
 */
export const mixtureDensity: Detector = {
  name: 'gmm',
  fit(x: Matrix, random: RandomStream): FittedDetector {
    const rows = sampleRows(x.rows, FITTED_ROWS, random);
    const axes = x.columns <= DIMENSIONS ? columnAxes(x, rows) : principalAxes(x, rows, Math.min(DIMENSIONS, rows.length), random);
    const values = new Float64Array(rows.length * axes.count);
    for (const [i, row] of rows.entries()) values.set(project(x, axes, row, row + 1), i * axes.count);
    const scale = 1 / Math.sqrt(meanSquare(values) || 1);
    const points = { values: scaled(values, scale), rows: rows.length, dimensions: axes.count };
    const ridge = new Float64Array(axes.count).fill(RIDGE);
    const components = Math.max(1, Math.min(COMPONENTS, Math.floor(rows.length / (ROWS_A_DIMENSION * axes.count))));
    const { mixture } = fitMixture(points, components, random, { ridge, steps: STEPS, tolerance: 1e-3 });
    const ordinary = withoutSmall(mixture);
    return { score: (scored, report) => scoreRows(scored, { axes, scale }, ordinary, report) };
  },
};
