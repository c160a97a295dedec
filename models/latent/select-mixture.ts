import { randomStream } from '../engine/random.ts';
import { fitMixture } from './fit-mixture.ts';
import type { Mixture } from './mixture.ts';
import { type Points, unitMoments } from './points.ts';

export interface SelectOptions {
  readonly seed: number;
  readonly most?: number;
  /** Called with the share of the work done; may throw to stop. */
  readonly report?: (fraction: number) => void;
}

export interface SelectedMixture {
  readonly mixture: Mixture;
  readonly components: number;
  /** Smaller is better; one entry per number of components tried. */
  readonly bic: readonly { readonly components: number; readonly bic: number }[];
}

/**
 * Ridge as a share of each dimension's variance: structure finer than 3 % of a dimension's spread is not resolved, which keeps a
 * component from closing in on repeated rows.
 */
const RIDGE = 1e-3;
const RISES = 3;
/** Most fits settle within 40 steps; the bound keeps twelve components on eight dimensions and 20,000 rows under ten seconds. */
const STEPS = 50;
/** The variance that a constant dimension is given. */
const SMALLEST_VARIANCE = 1e-12;

/** Free parameters of K full-covariance components in d dimensions. */
export function mixtureParameters(components: number, d: number): number {
  return components - 1 + components * d + (components * d * (d + 1)) / 2;
}

/** Rows at which a component's covariance is of full rank with room to spare; a mixture of K needs K times as many. */
export function rowsPerComponent(d: number): number {
  return 2 * (d + 1);
}

function standardise(z: Points, means: Float64Array, scales: Float64Array): Points {
  const d = z.dimensions;
  return { ...z, values: z.values.map((value, i) => (value - means[i % d]!) / scales[i % d]!) };
}

/** Undoes `standardise` on a mixture that was fitted to standardised rows. */
function restore(mixture: Mixture, means: Float64Array, scales: Float64Array): Mixture {
  const d = mixture.dimensions;
  return {
    ...mixture,
    means: mixture.means.map((value, i) => value * scales[i % d]! + means[i % d]!),
    covariances: mixture.covariances.map((value, i) => value * scales[i % d]! * scales[Math.floor(i / d) % d]!),
  };
}

/**
 * Gaussian mixture with the number of components of least BIC (Schwarz 1978), −2 ln L + p ln n, over K = 1 … `most`; stops after
 * three rises in a row above the least. Fitted on standardised rows and given back on the scale of z.
 * @throws RangeError without a row
 */
export function selectMixture(z: Points, { seed, most = 12, report }: SelectOptions): SelectedMixture {
  if (z.rows === 0) throw new RangeError('a mixture needs at least one row');
  const d = z.dimensions, { means, variances } = unitMoments(z.values, d);
  const scales = variances.map((variance) => Math.sqrt(Math.max(variance, SMALLEST_VARIANCE)));
  const standard = standardise(z, means, scales), ridge = new Float64Array(d).fill(RIDGE);
  const bic: { components: number; bic: number }[] = [];
  let best: Mixture | null = null, last: Mixture | null = null, least = Infinity, rises = 0;
  const limit = Math.max(1, Math.min(most, Math.floor(z.rows / rowsPerComponent(d))));
  for (let components = 1; components <= limit && rises < RISES; components++) {
    const done = (components * (components - 1)) / (limit * (limit + 1));
    const random = randomStream(seed, 'mixture', components);
    const fitted = fitMixture(standard, components, random, {
      ridge, steps: STEPS, ...(last === null ? {} : { smaller: last }), onStep: () => report?.(done),
    });
    last = fitted.mixture;
    const logLikelihood = fitted.logLikelihood - z.rows * scales.reduce((sum, scale) => sum + Math.log(scale), 0);
    const value = -2 * logLikelihood + mixtureParameters(components, d) * Math.log(z.rows);
    bic.push({ components, bic: value });
    rises = value < least ? 0 : rises + 1;
    if (value >= least) continue;
    least = value;
    best = fitted.mixture;
  }
  const mixture = restore(best!, means, scales);
  return { mixture, components: mixture.weights.length, bic };
}
