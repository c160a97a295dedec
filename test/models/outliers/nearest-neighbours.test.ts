import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../models/engine/random.ts';
import { nearestNeighbours } from '../../../models/outliers/nearest-neighbours.ts';
import type { Matrix } from '../../../models/outliers/types.ts';
import { auroc, gaussians, matrixOf } from './planted.ts';

const detector = (k: number, reference = 4096): ReturnType<typeof nearestNeighbours> => nearestNeighbours({ name: 'knn', neighbours: () => k, reference });

function bruteForce(x: Matrix, y: Matrix, k: number, rows = y.rows): number[] {
  const row = (m: Matrix, i: number): Float32Array => m.values.subarray(i * m.columns, (i + 1) * m.columns);
  return Array.from({ length: rows }, (_, i) => {
    const distances = Array.from({ length: x.rows }, (_, j) => Math.hypot(...row(y, i).map((value, c) => value - row(x, j)[c]!)));
    const others = (x === y ? distances.filter((_, j) => j !== i) : distances).sort((a, b) => a - b).slice(0, k);
    return others.reduce((sum, value) => sum + value, 0) / others.length;
  });
}

function largestDifference(actual: Float64Array, expected: readonly number[]): number {
  return Math.max(...expected.map((value, i) => Math.abs(actual[i]! - value)));
}

describe('nearest neighbours', () => {
  it('is the mean of the k smallest distances, by brute force, past one block of reference rows', () => {
    const x = gaussians(1300, 5, 3, 4, 1), y = gaussians(20, 5, 0, 0, 2), fitted = detector(10).fit(x, randomStream(0, 'knn'));
    expect(largestDifference(fitted.score(y), bruteForce(x, y, 10))).toBeLessThan(1e-4);
    expect(largestDifference(fitted.score(x), bruteForce(x, x, 10, 20))).toBeLessThan(1e-4);
  });

  it('agrees on rows of few values, with zeros and copies', () => {
    const cell = fc.constantFrom(0, 0, 0, 1, -2), table = fc.array(fc.tuple(cell, cell, cell, cell, cell, cell), { minLength: 3, maxLength: 30 });
    fc.assert(fc.property(table, fc.integer({ min: 1, max: 6 }), (rows, k) => {
      const x = matrixOf(rows);
      expect(largestDifference(detector(k).fit(x, randomStream(0, 'knn')).score(x), bruteForce(x, x, k))).toBeLessThan(1e-4);
    }), { numRuns: 60 });
  });

  it('gives a copy in the table distance 0, but not to itself', () => {
    expect([...detector(1).fit(matrixOf([[1], [1], [5]]), randomStream(0, 'knn')).score(matrixOf([[1], [5], [7]]))]).toEqual([0, 0, 2]);
    const x = matrixOf([[1], [1], [5]]);
    expect([...detector(1).fit(x, randomStream(0, 'knn')).score(x)]).toEqual([0, 0, 4]);
    const one = matrixOf([[1]]);
    expect([...detector(1).fit(one, randomStream(0, 'knn')).score(one)]).toEqual([0]);
  });

  it('averages samples, so that the seed says little about who is first', () => {
    const x = gaussians(4000, 6, 0, 0, 5);
    const top = (seed: number): Set<number> => {
      const score = detector(10, 256).fit(x, randomStream(seed, 'knn')).score(x);
      return new Set(Array.from(score.keys()).sort((a, b) => score[b]! - score[a]!).slice(0, 400));
    };
    const first = top(0), shared = [...top(1)].filter((row) => first.has(row)).length / 400;
    expect(shared).toBeGreaterThan(0.83);
  });

  it('takes a seeded sample of the reference rows, which ranks nearly alike', () => {
    const x = gaussians(3000, 4, 30, 4, 3), sampled = detector(10, 1000).fit(x, randomStream(0, 'knn')).score(x);
    expect(sampled).toEqual(detector(10, 1000).fit(x, randomStream(0, 'knn')).score(x));
    expect(auroc(sampled, Uint8Array.from({ length: 3000 }, (_, row) => Number(row < 30)))).toBeGreaterThan(0.99);
  });
});
