import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../models/engine/random.ts';
import { auroc } from '../../../models/stats/delong.ts';

/** DeLong's components by comparing every positive with every negative. */
function byPairs(scores: readonly number[], labels: readonly number[]): { value: number; variance: number } {
  const positives = scores.filter((_, i) => labels[i] === 1), negatives = scores.filter((_, i) => labels[i] === 0);
  const kernel = (x: number, y: number): number => (x > y ? 1 : 0) + (x === y ? 0.5 : 0);
  const v10 = positives.map((x) => negatives.reduce((sum, y) => sum + kernel(x, y), 0) / negatives.length);
  const v01 = negatives.map((y) => positives.reduce((sum, x) => sum + kernel(x, y), 0) / positives.length);
  const mean = (v: readonly number[]): number => v.reduce((a, b) => a + b, 0) / v.length;
  const value = mean(v10);
  const spread = (v: readonly number[]): number => v.reduce((sum, x) => sum + (x - value) ** 2, 0) / (v.length - 1) / v.length;
  return { value, variance: spread(v10) + spread(v01) };
}

describe('auroc', () => {
  it('is what comparing all pairs gives, with ties', () => {
    const random = randomStream(2, 'auroc');
    const labels = Array.from({ length: 90 }, () => Number(random.uniform() < 0.4));
    const scores = labels.map((label) => Math.round(8 * (random.normal() + label)));
    const order = scores.map((_, i) => i).sort((a, b) => scores[a]! - scores[b]!);
    const result = auroc(order.map((i) => scores[i]!), order.map((i) => labels[i]!));
    const expected = byPairs(scores, labels);
    expect(result.value).toBeCloseTo(expected.value, 12);
    expect(result.variance).toBeCloseTo(expected.variance, 12);
  });

  it('does not exist without both classes, and is ½ when all scores are equal', () => {
    expect(auroc([1, 2], [1, 1]).value).toBeNaN();
    expect(auroc([3, 3, 3, 3], [0, 1, 0, 1]).value).toBe(0.5);
  });
});
