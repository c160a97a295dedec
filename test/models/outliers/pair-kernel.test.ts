import { describe, expect, it, vi } from 'vitest';
import { randomStream } from '../../../models/engine/random.ts';
import { PairKernel } from '../../../models/outliers/pair-kernel.ts';
import { rarePairs } from '../../../models/outliers/rare-pairs.ts';
import type { Matrix } from '../../../models/outliers/types.ts';

/** Indicators, few values and many, some bound to each other. */
function rowsOf(n: number, columns: number, seed: number): Matrix {
  const random = randomStream(seed, 'pairs'), values = new Float32Array(n * columns);
  for (let row = 0; row < n; row++) {
    const common = random.uniform();
    for (let j = 0; j < columns; j++) values[row * columns + j] = j % 3 === 0 ? Number(common + 0.1 * random.normal() > 0.5) : j % 3 === 1 ? random.integer(6) : common + random.normal();
  }
  return { values, rows: n, columns };
}

function scores(fitted: Matrix, scored: Matrix): Float64Array[] {
  const fit = rarePairs.fit(fitted, randomStream(0, 'rare_pairs'));
  return [fit.score(fitted), fit.score(scored)];
}

describe('pair kernel', () => {
  it.each([[1500, 9, 4099], [700, 30, 3], [300, 130, 1]])('gives the same bits as one pair after another: %i rows of %i features, %i others', (n, columns, others) => {
    const fitted = rowsOf(n, columns, 1), scored = rowsOf(others, columns, 2), made = vi.spyOn(PairKernel, 'of'), side = scores(fitted, scored);
    expect(made.mock.results[0]!.value).toBeInstanceOf(PairKernel);
    made.mockReturnValue(null);
    const single = scores(fitted, scored);
    made.mockRestore();
    expect(side).toEqual(single);
    expect(side[0]!.some((score) => score > 0)).toBe(true);
  });

  it('is not made where there is nothing to add up', () => {
    expect(PairKernel.of([], 4)).toBeNull();
  });
});
