import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../models/engine/random.ts';
import { rarePairs } from '../../../models/outliers/rare-pairs.ts';
import { auroc, gaussians, matrixOf } from './planted.ts';

const stream = () => randomStream(0, 'rare_pairs');

/** Rows of two indicators that exclude each other, with `both` rows that have both. */
function exclusive(rows: number, both: number): number[][] {
  return Array.from({ length: rows }, (_, i) => (i < both ? [1, 1] : [i % 2, 1 - i % 2]));
}

describe('rare pairs', () => {
  it('a combination costs the cube of ln(expected/observed) where it is rarer than chance, and nothing where it is not', () => {
    const x = matrixOf(exclusive(100, 2)), score = rarePairs.fit(x, stream()).score(x);
    // 51 of 100 rows have either indicator, 2 both.
    const expected = 51 * 51 / 100;
    expect(score[0]).toBeCloseTo(Math.log((expected + 0.5) / 2.5) ** 3, 10);
    expect(score.slice(2)).toEqual(new Float64Array(98));
  });

  it('a combination never seen is the strangest of new rows', () => {
    const fitted = rarePairs.fit(matrixOf(exclusive(100, 0)), stream());
    expect([...fitted.score(matrixOf([[1, 1], [0, 1], [1, 0], [0, 0]]))]).toEqual([Math.log(25.5 / 0.5) ** 3, 0, 0, Math.log(25.5 / 0.5) ** 3]);
  });

  it('finds modes that their device does not have, where each is common', () => {
    const random = randomStream(4, 'test/modes'), planted = Array.from({ length: 3_000 }, (_, i) => Number(i % 300 === 7));
    const x = matrixOf(planted.map((wrong) => {
      const device = random.integer(3), mode = 2 * ((device + wrong) % 3) + random.integer(2);
      return [...Array.from({ length: 3 }, (_, k) => Number(device === k)), ...Array.from({ length: 6 }, (_, k) => Number(mode === k)), random.normal(), random.normal()];
    }));
    expect(auroc(rarePairs.fit(x, stream()).score(x), planted)).toBe(1);
  });

  it('says nothing of quantities alone, of constants, and of a handful of rows', () => {
    for (const x of [gaussians(200, 4, 5, 6, 1), matrixOf(Array.from({ length: 50 }, () => [1, 0])), matrixOf([[0, 1], [1, 0]])]) expect(rarePairs.fit(x, stream()).score(x)).toEqual(new Float64Array(x.rows));
  });

  it('is the same whatever block a row is scored in, and for every order of the rows it is fitted to', () => {
    const random = randomStream(9, 'test/blocks'), x = matrixOf(Array.from({ length: 5_000 }, () => [random.integer(2), random.integer(2), random.normal(), random.integer(3)]));
    const turned = matrixOf(Array.from({ length: 5_000 }, (_, i) => [...x.values.subarray(4 * (4_999 - i), 4 * (5_000 - i))]));
    const score = rarePairs.fit(x, stream()).score(x);
    expect([...rarePairs.fit(turned, stream()).score(turned)].toReversed()).toEqual([...score]);
    expect(rarePairs.fit(x, stream()).score({ values: x.values.slice(4 * 4_500), rows: 500, columns: 4 })).toEqual(score.slice(4_500));
  });
});
