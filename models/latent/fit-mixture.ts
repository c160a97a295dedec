import type { RandomStream } from '../engine/random.ts';
import { kMeansLabels } from './k-means-start.ts';
import { type Mixture, mixtureKernel, rowLogDensity } from './mixture.ts';
import type { Points } from './points.ts';

export interface FitOptions {
  /** Added to every covariance's diagonal; [d], in squared units of z. */
  readonly ridge: Float64Array;
  readonly steps?: number;
  /** EM stops when the mean log-likelihood per row grows by less, in nats. */
  readonly tolerance?: number;
  /** Called after every step; may throw to stop. */
  readonly onStep?: () => void;
}

export interface FittedMixture {
  readonly mixture: Mixture;
  /** Sum over the fitted rows, in nats. */
  readonly logLikelihood: number;
  readonly steps: number;
}

/** Responsibilities under this weight are left out of the sums: too little to move a mean, and most are. */
const NEGLIGIBLE = 1e-8;

/** Zeroth, first and second moments by component: what the M-step needs of the rows. second: [K, d(d+1)/2], lower triangle by rows. */
interface Moments {
  readonly counts: Float64Array;
  readonly first: Float64Array;
  readonly second: Float64Array;
}

function emptyMoments(components: number, d: number): Moments {
  return { counts: new Float64Array(components), first: new Float64Array(components * d), second: new Float64Array((components * d * (d + 1)) / 2) };
}

function accumulate({ counts, first, second }: Moments, k: number, share: number, z: Float64Array, offset: number, d: number): void {
  counts[k]! += share;
  let at = (k * d * (d + 1)) / 2;
  for (let i = 0; i < d; i++) {
    const scaled = share * z[offset + i]!;
    first[k * d + i]! += scaled;
    for (let j = 0; j <= i; j++) second[at++]! += scaled * z[offset + j]!;
  }
}

/** M-step: weights, means and regularised covariances from the moments. A component left with less than one row keeps its shape. */
function maximise(moments: Moments, rows: number, d: number, ridge: Float64Array, previous: Mixture | null): Mixture {
  const { counts, first, second } = moments, components = counts.length;
  const means = new Float64Array(components * d), covariances = new Float64Array(components * d * d);
  for (let k = 0; k < components; k++) {
    const count = counts[k]!;
    if (count < 1 && previous !== null) {
      means.set(previous.means.subarray(k * d, (k + 1) * d), k * d);
      covariances.set(previous.covariances.subarray(k * d * d, (k + 1) * d * d), k * d * d);
      continue;
    }
    for (let i = 0; i < d; i++) means[k * d + i] = count > 0 ? first[k * d + i]! / count : 0;
    let at = (k * d * (d + 1)) / 2;
    for (let i = 0; i < d; i++) {
      for (let j = 0; j <= i; j++) {
        const moment = count > 0 ? second[at]! / count - means[k * d + i]! * means[k * d + j]! : 0;
        at++;
        const value = i === j ? Math.max(0, moment) + ridge[i]! : moment;
        covariances[(k * d + i) * d + j] = value;
        covariances[(k * d + j) * d + i] = value;
      }
    }
  }
  // A weight of exactly 0 would have a logarithm of −∞.
  const weights = counts.map((count) => Math.max(count / rows, 1e-12));
  return { dimensions: d, weights, means, covariances };
}

/** E-step over all rows, fused with the sums of the M-step. Returns the log-likelihood. */
function expect(mixture: Mixture, z: Points, moments: Moments): number {
  const d = z.dimensions, components = mixture.weights.length, kernel = mixtureKernel(mixture), shares = new Float64Array(components);
  let total = 0;
  for (let row = 0; row < z.rows; row++) {
    total += rowLogDensity(kernel, d, z.values, row * d, shares);
    for (let k = 0; k < components; k++) {
      const share = shares[k]!;
      if (share > NEGLIGIBLE) accumulate(moments, k, share, z.values, row * d, d);
    }
  }
  return total;
}

/** The mixture of hard clusters from k-means++. */
function startMixture(z: Points, components: number, ridge: Float64Array, random: RandomStream): Mixture {
  const d = z.dimensions, labels = kMeansLabels(z, components, random), moments = emptyMoments(components, d);
  for (let row = 0; row < z.rows; row++) accumulate(moments, labels[row]!, 1, z.values, row * d, d);
  return maximise(moments, z.rows, d, ridge, null);
}

/**
 * Maximum likelihood of a Gaussian mixture with full covariances by EM (Dempster, Laird and Rubin 1977), from a k-means++ start.
 * z should be centred and of unit scale: second moments are taken about 0.
 */
export function fitMixture(z: Points, components: number, random: RandomStream, options: FitOptions): FittedMixture {
  const { ridge, steps = 100, tolerance = 1e-4, onStep } = options;
  let mixture = startMixture(z, components, ridge, random), logLikelihood = -Infinity, step = 0;
  while (step < steps) {
    const moments = emptyMoments(components, z.dimensions);
    const next = expect(mixture, z, moments);
    step++;
    onStep?.();
    const gain = (next - logLikelihood) / z.rows;
    logLikelihood = next;
    if (gain < tolerance) break;
    mixture = maximise(moments, z.rows, z.dimensions, ridge, mixture);
  }
  return { mixture, logLikelihood, steps: step };
}
