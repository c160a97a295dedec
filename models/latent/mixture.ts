import { cholesky, invertLower, logDeterminant } from './cholesky.ts';
import type { Points } from './points.ts';
import type { MixtureComponent } from './types.ts';

const LOG_TWO_PI = Math.log(2 * Math.PI);

/** A Gaussian mixture with full covariances. means: [K, d], covariances: [K, d, d] row-major. */
export interface Mixture {
  readonly dimensions: number;
  readonly weights: Float64Array;
  readonly means: Float64Array;
  readonly covariances: Float64Array;
}

/**
 * What evaluating a mixture needs of each component. factors: [K, d(d+1)/2] inverse Cholesky factors, lower triangles by rows;
 * shifts: [K, d] factor times mean; offsets: [K] ln π_k − ½ ln det(2π Σ_k).
 */
export interface MixtureKernel {
  readonly factors: Float64Array;
  readonly shifts: Float64Array;
  readonly offsets: Float64Array;
}

/** @throws RangeError when a covariance is not positive definite */
export function mixtureKernel({ dimensions: d, weights, means, covariances }: Mixture): MixtureKernel {
  const components = weights.length, offsets = new Float64Array(components);
  const factors = new Float64Array((components * d * (d + 1)) / 2), shifts = new Float64Array(components * d);
  let at = 0;
  for (let k = 0; k < components; k++) {
    const l = cholesky(covariances.subarray(k * d * d, (k + 1) * d * d), d), inverse = invertLower(l, d);
    for (let i = 0; i < d; i++) {
      for (let j = 0; j <= i; j++) {
        const factor = inverse[i * d + j]!;
        factors[at++] = factor;
        shifts[k * d + i]! += factor * means[k * d + j]!;
      }
    }
    offsets[k] = Math.log(weights[k]!) - 0.5 * (d * LOG_TWO_PI + logDeterminant(l, d));
  }
  return { factors, shifts, offsets };
}

/**
 * ln Σ_k π_k N(z; μ_k, Σ_k) of the row that starts at z[offset], by log-sum-exp; leaves the responsibilities in `shares` [K].
 * No allocation: this is the inner loop of fitting and scoring.
 */
export function rowLogDensity(kernel: MixtureKernel, d: number, z: Float64Array, offset: number, shares: Float64Array): number {
  const { factors, shifts, offsets } = kernel, components = offsets.length;
  let largest = -Infinity, at = 0, shift = 0;
  for (let k = 0; k < components; k++) {
    let square = 0, i = 0;
    // Four rows of the factor at a time, since one sum would wait for each addition.
    for (; i + 4 <= d; i += 4) {
      const second = at + i + 1, third = second + i + 2, fourth = third + i + 3;
      let one = -shifts[shift]!, two = -shifts[shift + 1]!, three = -shifts[shift + 2]!, four = -shifts[shift + 3]!;
      for (let j = 0; j <= i; j++) {
        const value = z[offset + j]!;
        one += factors[at + j]! * value;
        two += factors[second + j]! * value;
        three += factors[third + j]! * value;
        four += factors[fourth + j]! * value;
      }
      const next = z[offset + i + 1]!, afterNext = z[offset + i + 2]!;
      two += factors[second + i + 1]! * next;
      three += factors[third + i + 1]! * next;
      four += factors[fourth + i + 1]! * next;
      three += factors[third + i + 2]! * afterNext;
      four += factors[fourth + i + 2]! * afterNext;
      four += factors[fourth + i + 3]! * z[offset + i + 3]!;
      square += one * one;
      square += two * two;
      square += three * three;
      square += four * four;
      shift += 4;
      at = fourth + i + 4;
    }
    for (; i < d; i++) {
      let whitened = -shifts[shift++]!;
      for (let j = 0; j <= i; j++) whitened += factors[at++]! * z[offset + j]!;
      square += whitened * whitened;
    }
    const value = offsets[k]! - 0.5 * square;
    shares[k] = value;
    if (value > largest) largest = value;
  }
  let sum = 0;
  for (let k = 0; k < components; k++) {
    const share = Math.exp(shares[k]! - largest);
    shares[k] = share;
    sum += share;
  }
  for (let k = 0; k < components; k++) shares[k]! /= sum;
  return largest + Math.log(sum);
}

/** ln q̂(z) of every row, [n]. */
export function mixtureLogDensity(mixture: Mixture, z: Points): Float64Array {
  const kernel = mixtureKernel(mixture), shares = new Float64Array(mixture.weights.length);
  return Float64Array.from({ length: z.rows }, (_, row) => rowLogDensity(kernel, z.dimensions, z.values, row * z.dimensions, shares));
}

/** r_ik = π_k N(z_i; μ_k, Σ_k) / q̂(z_i), [n, K]; every row sums to 1. */
export function responsibilities(mixture: Mixture, z: Points): Float64Array {
  const components = mixture.weights.length, kernel = mixtureKernel(mixture), shares = new Float64Array(z.rows * components);
  for (let row = 0; row < z.rows; row++) {
    const own = shares.subarray(row * components, (row + 1) * components);
    rowLogDensity(kernel, z.dimensions, z.values, row * z.dimensions, own);
  }
  return shares;
}

/** The form that is stored, heaviest component first. */
export function mixtureComponents({ dimensions: d, weights, means, covariances }: Mixture): MixtureComponent[] {
  return Array.from(weights, (weight, k) => ({
    weight, mean: [...means.subarray(k * d, (k + 1) * d)], covariance: [...covariances.subarray(k * d * d, (k + 1) * d * d)],
  })).sort((a, b) => b.weight - a.weight);
}

/** Back from the stored form. @throws RangeError without a component */
export function mixtureFromComponents(components: readonly MixtureComponent[]): Mixture {
  const [first] = components;
  if (first === undefined) throw new RangeError('a mixture needs at least one component');
  return {
    dimensions: first.mean.length,
    weights: Float64Array.from(components, ({ weight }) => weight),
    means: Float64Array.from(components.flatMap(({ mean }) => mean)),
    covariances: Float64Array.from(components.flatMap(({ covariance }) => covariance)),
  };
}
