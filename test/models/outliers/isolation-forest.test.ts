import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../models/engine/random.ts';
import { averagePathLength, isolationForest } from '../../../models/outliers/isolation-forest.ts';
import type { Matrix } from '../../../models/outliers/types.ts';
import { gaussians, matrixOf } from './planted.ts';

const scores = (x: Matrix, seed = 0): Float64Array => isolationForest.fit(x, randomStream(seed, 'forest')).score(x);

describe('averagePathLength', () => {
  it('is the mean depth over all random trees of n keys, by their recursion', () => {
    // An unsuccessful search enters a subtree of i of n keys' gaps: E(n) = 1 + Σ 2 i E(i) / (n (n − 1)) over the split of n rows.
    const expected = [0, 0];
    for (let n = 2; n <= 30; n++) {
      let sum = 0;
      for (let i = 1; i < n; i++) sum += i * expected[i]! + (n - i) * expected[n - i]!;
      expected[n] = 1 + sum / (n * (n - 1));
      expect(averagePathLength(n)).toBeCloseTo(expected[n]!, 10);
    }
  });
});

describe('isolation forest', () => {
  it('puts planted outliers first, scores within (0, 1)', () => {
    const score = scores(gaussians(600, 4, 5, 6, 1));
    const order = Array.from(score.keys()).sort((a, b) => score[b]! - score[a]!);
    expect(new Set(order.slice(0, 5))).toEqual(new Set([0, 1, 2, 3, 4]));
    expect(score.every((value) => value > 0 && value < 1)).toBe(true);
    expect(score[0]).toBeGreaterThan(0.7);
  });

  it('sees two rows as one split does: a half of rows each, alike', () => {
    const score = scores(matrixOf([[0], [1]]));
    expect([...score]).toEqual([0.5, 0.5]);
  });

  it('does not change when columns are scaled and shifted by powers of two, and repeats with its seed', () => {
    const x = gaussians(300, 3, 0, 0, 2), moved = { ...x, values: x.values.map((value) => value * 4) };
    expect(scores(moved)).toEqual(scores(x));
    expect(scores(x)).toEqual(scores(x));
    expect(scores(x, 1)).not.toEqual(scores(x));
  });

  it('says nearly the same under another seed', () => {
    const x = gaussians(2000, 6, 0, 0, 3), top = (seed: number): Set<number> => {
      const score = scores(x, seed);
      return new Set(Array.from(score.keys()).sort((a, b) => score[b]! - score[a]!).slice(0, 100));
    };
    const first = top(0), shared = [...top(1)].filter((row) => first.has(row)).length / 100;
    expect(shared).toBeGreaterThan(0.84);
  });

  it('gives equal rows one score, and a table of equal rows the score of no information', () => {
    const alike = scores(matrixOf(Array.from({ length: 40 }, () => [1, 2])));
    expect(alike[0]).toBeCloseTo(0.5, 12);
    expect(new Set(alike).size).toBe(1);
    expect([...scores(matrixOf([[3]]))]).toEqual([1]);
  });
});
