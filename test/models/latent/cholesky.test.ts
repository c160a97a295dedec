import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../models/engine/random.ts';
import { cholesky, invertLower, logDeterminant } from '../../../models/latent/cholesky.ts';

function product(a: Float64Array, b: Float64Array, d: number, transposed = false): Float64Array {
  return Float64Array.from({ length: d * d }, (_, at) => {
    let sum = 0;
    for (let k = 0; k < d; k++) sum += a[Math.floor(at / d) * d + k]! * b[transposed ? (at % d) * d + k : k * d + (at % d)]!;
    return sum;
  });
}

function positiveDefinite(d: number, seed: number): Float64Array {
  const random = randomStream(seed, 'matrix'), m = Float64Array.from({ length: d * d }, () => random.normal());
  return product(m, m, d, true).map((value, at) => value + (at % (d + 1) === 0 ? 0.1 : 0));
}

describe('cholesky', () => {
  it.each([1, 2, 5, 12])('gives back a matrix of rank %i, and its inverse factor undoes it', (d) => {
    const a = positiveDefinite(d, d), l = cholesky(a, d), inverse = invertLower(l, d);
    for (const [at, value] of product(l, l, d, true).entries()) expect(value).toBeCloseTo(a[at]!, 10);
    for (const [at, value] of product(l, inverse, d).entries()) expect(value).toBeCloseTo(at % (d + 1) === 0 ? 1 : 0, 9);
    for (let i = 0; i < d; i++) for (let j = i + 1; j < d; j++) expect([l[i * d + j], inverse[i * d + j]]).toEqual([0, 0]);
  });

  it('knows the determinant of a matrix worked out by hand', () => {
    expect(logDeterminant(cholesky([4, 2, 2, 3], 2), 2)).toBeCloseTo(Math.log(8), 12);
  });

  it('reads the lower triangle only', () => {
    expect(cholesky([4, 99, 2, 3], 2)).toEqual(cholesky([4, 2, 2, 3], 2));
  });

  it('refuses a matrix that is not positive definite', () => {
    expect(() => cholesky([1, 2, 2, 1], 2)).toThrow(/pivot 1 is -3/);
    expect(() => cholesky([Number.NaN], 1)).toThrow(RangeError);
  });
});
