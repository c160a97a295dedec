import type { RandomStream } from '../engine/random.ts';
import { cholesky } from '../latent/cholesky.ts';
import { drawChiSquareRatio } from '../stats/student.ts';
import type { Dependence } from './influence.ts';
import { DRAWS, MAXIMUM_DRAWN_GROUPS, maxT, type MaxT } from './max-t-distribution.ts';

/** Correlations of 1 (groups made of the same clusters) would leave the matrix singular. */
const RIDGE = 1e-9;

/** Variance of the difference between two groups' estimates, with the correlation that shared clusters bring. */
export function pairVariance(variance: Float64Array, design: Pick<Dependence, 'correlation'> | undefined, i: number, j: number): number {
  const independent = variance[i]! + variance[j]!;
  if (design === undefined) return independent;
  const shared = 2 * design.correlation[i * variance.length + j]! * Math.sqrt(variance[i]! * variance[j]!);
  return Math.max(1e-12 * Math.max(1e-6, independent), independent - shared);
}

/**
 * max |T| over all pairs (or those with one group alone) of clustered or weighted estimates: correlated normals over one χ draw, t with
 * C − 1 degrees.
 */
export function drawDependentMaxT({ variance, correlation, degrees }: Dependence, random: RandomStream, against: number | null = null, draws = DRAWS): MaxT {
  const groups = variance.length, comparisons = against === null ? groups * (groups - 1) : 2 * (groups - 1);
  if (groups > MAXIMUM_DRAWN_GROUPS) return maxT(null, comparisons, degrees);
  const factor = cholesky(correlation.map((value, i) => (i % (groups + 1) === 0 ? value + RIDGE : value)), groups);
  const scale = new Float64Array(groups * groups);
  for (let i = 0; i < groups; i++) {
    for (let j = 0; j < i; j++) {
      if (against === null || i === against || j === against) scale[i * groups + j] = 1 / Math.sqrt(pairVariance(variance, { correlation }, i, j));
    }
  }
  const z = new Float64Array(groups), error = new Float64Array(groups), maxima = new Float64Array(draws);
  for (let b = 0; b < draws; b++) {
    for (let i = 0; i < groups; i++) {
      z[i] = random.normal();
      let sum = 0;
      for (let j = 0; j <= i; j++) sum += factor[i * groups + j]! * z[j]!;
      error[i] = sum * Math.sqrt(variance[i]!);
    }
    let largest = 0;
    for (let i = 1; i < groups; i++) for (let j = 0; j < i; j++) largest = Math.max(largest, Math.abs(error[i]! - error[j]!) * scale[i * groups + j]!);
    maxima[b] = largest / Math.sqrt(drawChiSquareRatio(degrees, random));
  }
  return maxT(maxima, comparisons, degrees);
}
