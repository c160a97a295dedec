import { cholesky, invertLower } from './cholesky.ts';
import type { Mixture } from './mixture.ts';
import { symmetricEigen } from './symmetric-eigen.ts';

/** A bound that every component's covariance is held above. least: [d, d] symmetric positive definite, row-major. */
export interface CovarianceFloor {
  readonly least: Float64Array;
  /** Cholesky factor of `least`, and its inverse. */
  readonly factor: Float64Array;
  readonly inverse: Float64Array;
}

/** @throws RangeError when `least` is not positive definite */
export function covarianceFloor(least: Float64Array, d: number): CovarianceFloor {
  const factor = cholesky(least, d);
  return { least, factor, inverse: invertLower(factor, d) };
}

/** a b, or a bᵀ when `transposed`; all [d, d]. */
function product(a: Float64Array, b: Float64Array, d: number, transposed = false): Float64Array {
  const result = new Float64Array(d * d);
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < d; j++) {
      let sum = 0;
      for (let k = 0; k < d; k++) sum += a[i * d + k]! * (transposed ? b[j * d + k]! : b[k * d + j]!);
      result[i * d + j] = sum;
    }
  }
  return result;
}

/** Whether covariance − least is positive definite; by Cholesky's pivots, far cheaper than eigenvalues. */
function isAbove(covariance: Float64Array, least: Float64Array, d: number): boolean {
  try {
    cholesky(covariance.map((value, at) => value - least[at]!), d);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** L V max(Λ, 1) Vᵀ Lᵀ with L⁻¹ Σ L⁻ᵀ = V Λ Vᵀ. */
function raised(covariance: Float64Array, { factor, inverse }: CovarianceFloor, d: number): Float64Array {
  const { values, vectors } = symmetricEigen(product(product(inverse, covariance, d), inverse, d, true), d);
  const axes = new Float64Array(d * d);
  for (let i = 0; i < d; i++) for (let k = 0; k < d; k++) axes[i * d + k] = vectors[k * d + i]! * Math.sqrt(Math.max(1, values[k]!));
  const root = product(factor, axes, d);
  return product(root, root, d, true);
}

/**
 * Raises each component's covariance so that Σ_k − least is positive semi-definite, moving only the directions that are too narrow.
 * With `least` a share of the pooled covariance this is the maximum-likelihood M-step under that bound (Ingrassia and Rocci 2007),
 * so EM still climbs, and no component can close in on repeated rows. Kept to rounding: eigenvalues within 1e-9 of the floor count.
 */
export function floorCovariances(mixture: Mixture, floor: CovarianceFloor): Mixture {
  const d = mixture.dimensions, covariances = mixture.covariances.slice();
  for (let k = 0; k < mixture.weights.length; k++) {
    const own = covariances.subarray(k * d * d, (k + 1) * d * d);
    if (!isAbove(own, floor.least, d)) own.set(raised(own, floor, d));
  }
  return { ...mixture, covariances };
}
