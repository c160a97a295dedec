import * as fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { randomStream } from '../../../models/engine/random.ts';
import { nearestNeighbours } from '../../../models/outliers/nearest-neighbours.ts';
import { NeighbourKernel } from '../../../models/outliers/neighbour-kernel.ts';
import type { Matrix } from '../../../models/outliers/types.ts';
import { gaussians } from './planted.ts';

interface Case {
  readonly fitted: Matrix;
  readonly scored: Matrix;
  readonly k: number;
  readonly reference: number;
}

/** Scores of the rows that were fitted and of others, by vectors and without them. */
function bothWays({ fitted, scored, k, reference }: Case): { vectors: Float64Array[]; plain: Float64Array[]; kernels: number } {
  const detector = nearestNeighbours({ name: 'knn', neighbours: () => k, reference });
  const scores = (): Float64Array[] => {
    const fit = detector.fit(fitted, randomStream(0, 'knn'));
    return [fit.score(fitted), fit.score(scored)];
  };
  const made = vi.spyOn(NeighbourKernel, 'of'), vectors = scores(), kernels = made.mock.results.filter(({ value }) => value instanceof NeighbourKernel).length;
  made.mockReturnValue(null);
  const plain = scores();
  made.mockRestore();
  return { vectors, plain, kernels };
}

/** Numbers and indicators, many of them zero, some rows copies of each other and one far away. */
function mixedRows(n: number, columns: number, seed: number): Matrix {
  const random = randomStream(seed, 'mixed'), values = new Float32Array(n * columns);
  for (let row = 0; row < n; row++) {
    const copied = row > 0 && random.uniform() < 0.1 ? random.integer(row) : null;
    for (let j = 0; j < columns; j++) {
      const fresh = j % 4 === 0 ? random.normal() * (row === 1 ? 1e6 : 1) : Number(random.uniform() < 0.2);
      values[row * columns + j] = copied === null ? fresh : values[copied * columns + j]!;
    }
  }
  return { values, rows: n, columns };
}

describe('neighbour kernel', () => {
  it.each([
    ['fewer rows than bounds take', 50, 5, 10, 4096], ['rows that fill no block', 1301, 70, 10, 777], ['many neighbours', 640, 33, 32, 640],
    ['more neighbours than bounds take', 600, 9, 60, 512], ['one neighbour of one', 2, 3, 1, 1], ['many features', 400, 131, 26, 300],
  ])('gives the same bits as sums without vectors: %s', (_, n, columns, k, reference) => {
    const { vectors, plain, kernels } = bothWays({ fitted: mixedRows(n, columns, 1), scored: mixedRows(90, columns, 2), k, reference });
    expect(kernels).toBeGreaterThan(0);
    expect(vectors).toEqual(plain);
  });

  it('gives the same bits for rows of any few values', () => {
    const cell = fc.constantFrom(0, 0, 0, 1, 1, -2, 0.1, 3e30), rows = fc.array(fc.array(cell, { minLength: 6, maxLength: 6 }), { minLength: 2, maxLength: 300 });
    const matrix = (table: readonly number[][]): Matrix => ({ values: Float32Array.from(table.flat()), rows: table.length, columns: 6 });
    fc.assert(fc.property(rows, rows, fc.integer({ min: 1, max: 40 }), (a, b, k) => {
      const { vectors, plain } = bothWays({ fitted: matrix(a), scored: matrix(b), k, reference: 256 });
      expect(vectors).toEqual(plain);
    }), { numRuns: 60 });
  });

  it('leaves out what has no room, to be summed without vectors', () => {
    const fitted = gaussians(20, 3, 0, 0, 1), { values } = fitted;
    expect(NeighbourKernel.of({ values, norms: new Float64Array(20) }, 3, 4)).toBeInstanceOf(NeighbourKernel);
    vi.stubGlobal('WebAssembly', undefined);
    expect(NeighbourKernel.of({ values, norms: new Float64Array(20) }, 3, 4)).toBeNull();
    vi.unstubAllGlobals();
  });
});
