import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../models/engine/random.ts';
import { symmetricEigen } from '../../../models/latent/symmetric-eigen.ts';

function symmetric(d: number, seed: number): Float64Array {
  const random = randomStream(seed, 'symmetric'), a = new Float64Array(d * d);
  for (let i = 0; i < d; i++) for (let j = 0; j <= i; j++) a[i * d + j] = a[j * d + i] = random.normal();
  return a;
}

describe('symmetricEigen', () => {
  it.each([1, 2, 3, 8, 20])('solves A v = λ v with unit vectors at right angles, d = %i', (d) => {
    const a = symmetric(d, d), { values, vectors } = symmetricEigen(a, d);
    for (let i = 0; i < d; i++) {
      for (let row = 0; row < d; row++) {
        let left = 0;
        for (let k = 0; k < d; k++) left += a[row * d + k]! * vectors[i * d + k]!;
        expect(left).toBeCloseTo(values[i]! * vectors[i * d + row]!, 9);
      }
      for (let other = 0; other < d; other++) {
        let dot = 0;
        for (let k = 0; k < d; k++) dot += vectors[i * d + k]! * vectors[other * d + k]!;
        expect(dot).toBeCloseTo(i === other ? 1 : 0, 9);
      }
    }
    expect(values).toEqual(values.toSorted().toReversed());
  });

  it('knows a matrix worked out by hand, its vectors with the largest entry positive', () => {
    const { values, vectors } = symmetricEigen([2, -1, -1, 2], 2);
    expect([...values].map((value) => Number(value.toFixed(12)))).toEqual([3, 1]);
    const half = Math.SQRT1_2;
    for (const [i, expected] of [half, -half, half, half].entries()) expect(vectors[i]).toBeCloseTo(expected, 12);
  });

  it('takes a matrix of zeros', () => {
    expect([...symmetricEigen(new Float64Array(4), 2).values]).toEqual([0, 0]);
  });
});
