import type { RandomStream } from '../engine/random.ts';
import { type CovarianceFloor, floorCovariances } from './covariance-floor.ts';
import { kMeansLabels } from './k-means-start.ts';
import { type Mixture, mixtureKernel, rowLogDensity } from './mixture.ts';
import { type Moments, addRow, emptyMoments, maximise } from './mixture-moments.ts';
import type { Points } from './points.ts';
import { splitStart } from './split-start.ts';

export interface FitOptions {
  /** Added to every covariance's diagonal; [d], in squared units of z. */
  readonly ridge: Float64Array;
  /** Bound under every covariance, in squared units of z. */
  readonly floor?: CovarianceFloor;
  readonly steps?: number;
  /** EM stops when the mean log-likelihood per row grows by less, in nats. */
  readonly tolerance?: number;
  /** A fit with one component less, of which a split is tried as a second start. */
  readonly smaller?: Mixture;
  /** Called after every step; may throw to stop. */
  readonly onStep?: () => void;
}

export interface FittedMixture {
  readonly mixture: Mixture;
  /** Sum over the fitted rows, in nats. */
  readonly logLikelihood: number;
  readonly steps: number;
}

/** Responsibilities under this are left out of the sums: too little to move a mean, and most are. */
const NEGLIGIBLE = 1e-8;
/** After so many steps the better of two starts is kept. */
const TRIAL_STEPS = 8;

/** E-step over all rows, fused with the sums of the M-step. Returns the log-likelihood. */
function expect(mixture: Mixture, z: Points, moments: Moments): number {
  const d = z.dimensions, components = mixture.weights.length, kernel = mixtureKernel(mixture), shares = new Float64Array(components);
  let total = 0;
  for (let row = 0; row < z.rows; row++) {
    total += rowLogDensity(kernel, d, z.values, row * d, shares);
    for (let k = 0; k < components; k++) {
      const share = shares[k]!;
      if (share > NEGLIGIBLE) addRow(moments, k, share, z.values, row * d, d);
    }
  }
  return total;
}

/** EM from a start; `logLikelihood` is that of the mixture given back. */
export function climb(z: Points, start: Mixture, { ridge, floor, steps = 100, tolerance = 1e-4, onStep }: FitOptions): FittedMixture {
  const bounded = (mixture: Mixture): Mixture => (floor === undefined ? mixture : floorCovariances(mixture, floor));
  let mixture = bounded(start), logLikelihood = -Infinity, step = 0;
  while (step < steps) {
    const moments = emptyMoments(mixture.weights.length, z.dimensions), next = expect(mixture, z, moments);
    const gain = (next - logLikelihood) / z.rows;
    logLikelihood = next;
    step++;
    onStep?.();
    if (gain < tolerance || step === steps) break;
    mixture = bounded(maximise(moments, z.rows, z.dimensions, ridge));
  }
  return { mixture, logLikelihood, steps: step };
}

/** The mixture of hard clusters from k-means++. */
function clusterStart(z: Points, components: number, ridge: Float64Array, random: RandomStream): Mixture {
  const d = z.dimensions, labels = kMeansLabels(z, components, random), moments = emptyMoments(components, d);
  for (let row = 0; row < z.rows; row++) addRow(moments, labels[row]!, 1, z.values, row * d, d);
  return maximise(moments, z.rows, d, ridge);
}

/**
 * Maximum likelihood of a Gaussian mixture with full covariances by EM (Dempster, Laird and Rubin 1977), from k-means++ clusters or
 * from a split of a smaller fit, whichever is ahead after a few steps (short runs before a long one: Biernacki, Celeux and Govaert
 * 2003). z should be centred and of unit scale: second moments are taken about 0.
 */
export function fitMixture(z: Points, components: number, random: RandomStream, options: FitOptions): FittedMixture {
  const { ridge, smaller, steps = 100 } = options, clusters = clusterStart(z, components, ridge, random);
  if (smaller === undefined) return climb(z, clusters, options);
  const trial = { ...options, steps: Math.min(steps, TRIAL_STEPS) };
  const tried = [clusters, splitStart(z, smaller, ridge)].map((start) => climb(z, start, trial));
  const [first, second] = tried as [FittedMixture, FittedMixture], ahead = second.logLikelihood > first.logLikelihood ? second : first;
  const left = steps - first.steps - second.steps;
  if (left < 1) return ahead;
  const done = climb(z, ahead.mixture, { ...options, steps: left });
  return { ...done, steps: steps - left + done.steps };
}
