import { describe, expect, it } from 'vitest';
import { maxWeights } from '../../../models/resample/max-weights.ts';
import { paperDensity, productWeights } from '../../../models/resample/product-weights.ts';
import type { RuleInput } from '../../../models/resample/rule.ts';
import { effectiveSampleSize, median } from '../../../models/resample/weights.ts';
import type { Points } from '../../../models/latent/points.ts';
import { normalPoints, plantedClusters } from '../latent/planted-clusters.ts';
import { liftOf } from './lift-of.ts';

const input = (z: Points, more: Partial<RuleInput> = {}): RuleInput => ({
  z, logDensity: new Float64Array(z.rows), mixture: null, flagged: new Uint8Array(z.rows), alpha: 0.001, essFloor: 0.5, ...more,
});

describe('the rules of the paper and of its teaching implementation', () => {
  it('take densities from plain histograms of ten bins', () => {
    const z = { values: Float64Array.of(0, 0.5, 0.6, 10, 9.5), rows: 5, dimensions: 1 };
    const density = paperDensity(z);
    expect(Array.from(z.values, (value) => density(0, value))).toEqual([3 / 5, 3 / 5, 3 / 5, 2 / 5, 2 / 5]);
  });

  it('are ∏ 1/(Q + α) and the largest share of 1/(Q + α), by hand', () => {
    const z = { values: Float64Array.of(0, 0, 0, 10, 10, 10, 0, 0), rows: 4, dimensions: 2 };
    // Bins of width 1: Q is ¾ and ¼ on the first dimension, ½ and ½ on the second.
    const [product, max] = [productWeights, maxWeights].map((rule) => rule(input(z, { alpha: 0 })).weights);
    expect(product![2]! / product![0]!).toBeCloseTo(3, 12);
    expect(product![1]! / product![0]!).toBeCloseTo(1, 12);
    // 1/Q is 4/3 or 4 on the first, 2 on the second; as shares 1/6 or 1/2, and 1/4.
    expect(max![0]! / max![2]!).toBeCloseTo(0.5, 12);
  });

  it.each([1, 2, 3])('product keeps less than 2 %% of the rows on ten independent normals (seed %i)', (seed) => {
    const share = effectiveSampleSize(productWeights(input(normalPoints(20_000, 10, seed))).weights) / 20_000;
    expect(share).toBeLessThan(0.02);
    expect(share).toBeGreaterThan(0.00003);
  });

  it('cannot see a rare combination of common values: four clusters, the rare pair 1 % each', () => {
    // Shares make the marginals even, so an oracle would give the rare pair 49 times the weight.
    const lifts = [1, 2, 3, 4, 5, 6].map((seed) => {
      const { z, cluster } = plantedClusters({ rows: 20_000, dimensions: 2, seed, shares: [0.49, 0.49, 0.01, 0.01], centres: [[2, 2], [-2, -2], [2, -2], [-2, 2]], spread: 0.3 });
      return [productWeights, maxWeights].map((rule) => liftOf(rule(input(z)).weights, cluster, (k) => k >= 2));
    });
    for (const rule of [0, 1]) {
      const mean = lifts.reduce((sum, lift) => sum + lift[rule]! / lifts.length, 0);
      expect(mean).toBeGreaterThan(0.7);
      expect(mean).toBeLessThan(1.5);
    }
  });

  it('cap flagged rows', () => {
    const z = { values: Float64Array.of(...Array.from({ length: 99 }, (_, i) => i % 7), 60), rows: 100, dimensions: 1 };
    const flagged = Uint8Array.from({ length: 100 }, (_, row) => Number(row === 99));
    for (const rule of [productWeights, maxWeights]) {
      expect(rule(input(z)).weights[99]).toBeGreaterThan(20);
      const { weights, lowered } = rule(input(z, { flagged }));
      expect(weights[99]).toBeCloseTo(median(weights.subarray(0, 99)), 9);
      expect(lowered).toBe(1);
    }
  });
});
