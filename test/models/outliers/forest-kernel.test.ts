import { describe, expect, it, vi } from 'vitest';
import { randomStream } from '../../../models/engine/random.ts';
import { ForestKernel } from '../../../models/outliers/forest-kernel.ts';
import { isolationForest } from '../../../models/outliers/isolation-forest.ts';
import type { Matrix } from '../../../models/outliers/types.ts';
import { gaussians, matrixOf } from './planted.ts';

function scores(fitted: Matrix, scored: Matrix): Float64Array[] {
  const fit = isolationForest.fit(fitted, randomStream(0, 'iforest'));
  return [fit.score(fitted), fit.score(scored)];
}

describe('forest kernel', () => {
  it.each([
    ['rows that fill no block', gaussians(1001, 7, 3, 4, 1), gaussians(131, 7, 0, 0, 2)],
    ['a table of one row', matrixOf([[1, 2]]), matrixOf([[1, 2], [3, 4], [Infinity, -Infinity], [Number.NaN, 0]])],
    ['rows alike', matrixOf([[1], [1], [1]]), matrixOf([[0], [1], [2], [3], [4]])],
    ['few rows', matrixOf([[1], [2], [5], [5], [9]]), matrixOf([[0]])],
  ])('gives the same bits as going down one row at a time: %s', (_, fitted, scored) => {
    const made = vi.spyOn(ForestKernel, 'of'), side = scores(fitted, scored);
    expect(made.mock.results[0]!.value).toBeInstanceOf(ForestKernel);
    made.mockReturnValue(null);
    const single = scores(fitted, scored);
    made.mockRestore();
    expect(side).toEqual(single);
  });

  it('tells how far it is', () => {
    const x = gaussians(1000, 3, 0, 0, 1), told: number[] = [];
    isolationForest.fit(x, randomStream(0, 'iforest')).score(x, (fraction) => told.push(fraction));
    expect(told.at(-1)).toBe(1);
    expect(told.length).toBeGreaterThan(3);
  });
});
