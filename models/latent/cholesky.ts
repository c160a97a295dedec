/**
 * Lower triangular L with A = L Lᵀ. a: [d, d] row-major, symmetric positive definite; only its lower triangle is read.
 * @throws RangeError when a pivot is not positive: A is not positive definite
 */
export function cholesky(a: ArrayLike<number>, d: number): Float64Array {
  const l = new Float64Array(d * d);
  for (let i = 0; i < d; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * d + j]!;
      for (let k = 0; k < j; k++) sum -= l[i * d + k]! * l[j * d + k]!;
      if (i !== j) {
        l[i * d + j] = sum / l[j * d + j]!;
        continue;
      }
      if (!(sum > 0)) throw new RangeError(`the matrix is not positive definite: pivot ${i} is ${sum}`);
      l[i * d + i] = Math.sqrt(sum);
    }
  }
  return l;
}

/** L⁻¹ of a lower triangular L with positive diagonal, [d, d] row-major. */
export function invertLower(l: Float64Array, d: number): Float64Array {
  const inverse = new Float64Array(d * d);
  for (let column = 0; column < d; column++) {
    inverse[column * d + column] = 1 / l[column * d + column]!;
    for (let i = column + 1; i < d; i++) {
      let sum = 0;
      for (let k = column; k < i; k++) sum -= l[i * d + k]! * inverse[k * d + column]!;
      inverse[i * d + column] = sum / l[i * d + i]!;
    }
  }
  return inverse;
}

/** ln det A from its Cholesky factor: 2 Σ ln L_ii. */
export function logDeterminant(l: Float64Array, d: number): number {
  let sum = 0;
  for (let i = 0; i < d; i++) sum += Math.log(l[i * d + i]!);
  return 2 * sum;
}
