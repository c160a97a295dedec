import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../models/engine/random.ts';
import { covarianceFloor, floorCovariances } from '../../../models/latent/covariance-floor.ts';
import { fitMixture } from '../../../models/latent/fit-mixture.ts';
import { COVARIANCE_FLOOR, refitMixture, selectMixture } from '../../../models/latent/select-mixture.ts';
import { symmetricEigen } from '../../../models/latent/symmetric-eigen.ts';
import { plantedClusters } from './planted-clusters.ts';

const mixtureOf = (covariance: readonly number[], d = 2) =>
  ({ dimensions: d, weights: Float64Array.of(1), means: new Float64Array(d), covariances: Float64Array.from(covariance) });

/** Latent means of three categories: one dimension takes three values, the other follows them with a little noise. */
function nearlyDiscrete(rows: number) {
  const random = randomStream(5, 'discrete'), values = new Float64Array(2 * rows);
  for (let row = 0; row < rows; row++) values.set([row % 3, (row % 3) ** 2 + 0.3 * random.normal()], 2 * row);
  return { values, rows, dimensions: 2 };
}

function pooledCovariance(values: Float64Array): Float64Array {
  const rows = values.length / 2, mean = [0, 1].map((j) => values.reduce((sum, value, at) => sum + (at % 2 === j ? value / rows : 0), 0));
  const entry = (i: number, j: number): number => Array.from({ length: rows }, (_, row) => (values[2 * row + i]! - mean[i]!) * (values[2 * row + j]! - mean[j]!)).reduce((a, b) => a + b, 0) / rows;
  return Float64Array.of(entry(0, 0), entry(0, 1), entry(1, 0), entry(1, 1));
}

describe('covariance floor', () => {
  it('raises narrow directions alone, in closed form where all are along the axes', () => {
    const floor = covarianceFloor(Float64Array.of(0.04, 0, 0, 0.01), 2);
    for (const [at, value] of [0.04, 0, 0, 5].entries()) expect(floorCovariances(mixtureOf([1e-6, 0, 0, 5]), floor).covariances[at]).toBeCloseTo(value, 12);
    const wide = mixtureOf([1, 0.3, 0.3, 2]);
    expect(floorCovariances(wide, floor)).toEqual(wide);
  });

  it('leaves nothing under it where directions are oblique', () => {
    const least = Float64Array.of(0.05, 0.03, 0.03, 0.04), { covariances } = floorCovariances(mixtureOf([1, 0.999, 0.999, 1]), covarianceFloor(least, 2));
    const above = symmetricEigen(covariances.map((value, at) => value - least[at]!), 2).values;
    expect(above[1]).toBeGreaterThan(-1e-12);
    expect(above[1]).toBeLessThan(1e-9);
    expect(() => covarianceFloor(Float64Array.of(1, 2, 2, 1), 2)).toThrow(RangeError);
  });

  it('keeps EM climbing', () => {
    const z = nearlyDiscrete(900), floor = covarianceFloor(Float64Array.of(0.02, 0, 0, 0.02), 2), ridge = new Float64Array(2).fill(1e-6);
    const reached = [2, 4, 8, 16].map((steps) => fitMixture(z, 3, randomStream(0, 'm'), { ridge, floor, steps, tolerance: 0 }).logLikelihood);
    expect(reached).toEqual([...reached].sort((a, b) => a - b));
  });

  it.each([['selectMixture', (z: ReturnType<typeof nearlyDiscrete>) => selectMixture(z, { seed: 0, most: 5 }).mixture], ['refitMixture', (z: ReturnType<typeof nearlyDiscrete>) => refitMixture(z, 3, 1)]] as const)('holds every component of %s above a share of the pooled covariance', (_name, fit) => {
    const z = nearlyDiscrete(1500), pooled = pooledCovariance(z.values), { covariances, weights } = fit(z);
    for (let k = 0; k < weights.length; k++) {
      const above = covariances.subarray(4 * k, 4 * k + 4).map((value, at) => value - 0.999 * COVARIANCE_FLOOR * pooled[at]!);
      expect(symmetricEigen(above, 2).values[1]).toBeGreaterThan(0);
    }
  });
});

describe('refitMixture', () => {
  it.each([2, 8])('finds a cluster with a fiftieth of the rows anew on %i dimensions', (d) => {
    const { z } = plantedClusters({ rows: 6000, dimensions: d, seed: 4, shares: [0.98, 0.02], centres: [[-2, -2], [2, 2]], spread: 0.5 });
    const [first, second] = [1, 2].map((seed) => refitMixture(z, 2, seed));
    for (const { weights } of [first!, second!]) expect(Math.abs(Math.min(...weights) - 0.02)).toBeLessThan(0.006);
    expect(refitMixture(z, 2, 1)).toEqual(first);
  });

  it('takes fewer components where rows are few, and stops when the caller throws', () => {
    const { z } = plantedClusters({ rows: 13, dimensions: 2, seed: 4, shares: [1], centres: [[0, 0]], spread: 1 });
    expect(refitMixture(z, 9, 0).weights).toHaveLength(2);
    expect(() => refitMixture(z, 2, 0, () => { throw new Error('cancelled'); })).toThrow('cancelled');
    expect(() => refitMixture({ ...z, rows: 0, values: new Float64Array(0) }, 2, 0)).toThrow(RangeError);
  });
});
