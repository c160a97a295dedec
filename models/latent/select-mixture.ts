import { randomStream } from '../engine/random.ts';
import { sampleRows } from '../outliers/sample-rows.ts';
import { type CovarianceFloor, covarianceFloor } from './covariance-floor.ts';
import { climb, fitMixture } from './fit-mixture.ts';
import type { Mixture } from './mixture.ts';
import { addRow, emptyMoments, maximise } from './mixture-moments.ts';
import { type Points, takePoints, unitMoments } from './points.ts';

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
  /** Whether the largest number of components that could be tried was taken, so that more might describe the rows better. */
  readonly capped: boolean;
}

/**
 * Ridge as a share of each dimension's variance: structure finer than 3 % of a dimension's spread is not resolved, which keeps a
 * component from closing in on repeated rows.
 */
const RIDGE = 1e-3;
/**
 * Least variance of a component in any direction, as a share of the pooled covariance: a tenth of the rows' spread. Latent means of
 * categories are nearly discrete, and a component without such a bound closes in on one value and calls its rows dense.
 */
export const COVARIANCE_FLOOR = 1e-2;
const RISES = 3;
/** Most fits settle within 40 steps; the bound keeps twelve components on eight dimensions and 20,000 rows under ten seconds. */
const STEPS = 50;
/** A further fit looks for its clusters on this share of the rows, in fewer steps, and then settles on all of them. */
const SCOUT_SHARE = 0.2;
const FEWEST_SCOUTS = 3_000;
const SCOUT_STEPS = 20;
const SETTLE_STEPS = 15;
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

interface Standard {
  readonly z: Points;
  readonly means: Float64Array;
  readonly scales: Float64Array;
  readonly ridge: Float64Array;
  readonly floor: CovarianceFloor;
}

/** Rows of mean 0 and variance 1 on each dimension, with the bounds that fits on them keep. */
function standardise(z: Points): Standard {
  const d = z.dimensions, { means, variances } = unitMoments(z.values, d);
  const scales = variances.map((variance) => Math.sqrt(Math.max(variance, SMALLEST_VARIANCE)));
  const own = { ...z, values: z.values.map((value, i) => (value - means[i % d]!) / scales[i % d]!) };
  const ridge = new Float64Array(d).fill(RIDGE), moments = emptyMoments(1, d);
  for (let row = 0; row < z.rows; row++) addRow(moments, 0, 1, own.values, row * d, d);
  const pooled = maximise(moments, z.rows, d, ridge).covariances;
  return { z: own, means, scales, ridge, floor: covarianceFloor(pooled.map((value) => COVARIANCE_FLOOR * value), d) };
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

/** The most components that the rows can hold, at least one. */
function mostComponents(z: Points, most: number): number {
  return Math.max(1, Math.min(most, Math.floor(z.rows / rowsPerComponent(z.dimensions))));
}

/**
 * Gaussian mixture with the number of components of least BIC (Schwarz 1978), −2 ln L + p ln n, over K = 1 … `most`; stops after
 * three rises in a row above the least. Fitted on standardised rows and given back on the scale of z.
 * @throws RangeError without a row
 */
export function selectMixture(z: Points, { seed, most = 12, report }: SelectOptions): SelectedMixture {
  if (z.rows === 0) throw new RangeError('a mixture needs at least one row');
  const d = z.dimensions, { z: standard, means, scales, ridge, floor } = standardise(z);
  const bic: { components: number; bic: number }[] = [];
  let best: Mixture | null = null, last: Mixture | null = null, least = Infinity, rises = 0;
  const limit = mostComponents(z, most);
  for (let components = 1; components <= limit && rises < RISES; components++) {
    const done = (components * (components - 1)) / (limit * (limit + 1));
    const random = randomStream(seed, 'mixture', components);
    const fitted = fitMixture(standard, components, random, {
      ridge, floor, steps: STEPS, ...(last === null ? {} : { smaller: last }), onStep: () => report?.(done),
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
  return { mixture, components: mixture.weights.length, bic, capped: mixture.weights.length === limit };
}

/**
 * A mixture of about as many components found anew: clusters are looked for on a sample of the rows, from other starts, and settle
 * on all of them. It takes a fraction of the time of `selectMixture` and shares nothing with its optimum, so that what two such fits
 * agree on is in the rows. Fewer components when the sample is too small for them.
 * @throws RangeError without a row
 */
export function refitMixture(z: Points, components: number, seed: number, onStep?: () => void): Mixture {
  if (z.rows === 0) throw new RangeError('a mixture needs at least one row');
  const { z: standard, means, scales, ridge, floor } = standardise(z), options = { ridge, floor, ...(onStep === undefined ? {} : { onStep }) };
  const scouts = takePoints(standard, sampleRows(z.rows, Math.max(FEWEST_SCOUTS, Math.floor(SCOUT_SHARE * z.rows)), randomStream(seed, 'mixture scouts')));
  const limit = mostComponents(scouts, components);
  let mixture: Mixture | null = null;
  for (let k = 1; k <= limit; k++) {
    mixture = fitMixture(scouts, k, randomStream(seed, 'mixture refit', k), { ...options, steps: SCOUT_STEPS, ...(mixture === null ? {} : { smaller: mixture }) }).mixture;
  }
  return restore(climb(standard, mixture!, { ...options, steps: SETTLE_STEPS }).mixture, means, scales);
}
