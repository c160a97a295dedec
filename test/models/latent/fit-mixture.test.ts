import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../models/engine/random.ts';
import { fitMixture } from '../../../models/latent/fit-mixture.ts';
import { mixtureLogDensity } from '../../../models/latent/mixture.ts';
import { normalPoints, plantedClusters } from './planted-clusters.ts';

const NO_RIDGE = new Float64Array(2);
const clusters = plantedClusters({ rows: 3000, dimensions: 2, shares: [0.7, 0.3], centres: [[-1, 0], [1, 0.5]], spread: 0.3, seed: 3 });

describe('fitMixture', () => {
  it('of one component is the mean and the covariance with divisor n', () => {
    const z = normalPoints(200, 2, 1), { mixture } = fitMixture(z, 1, randomStream(0, 'm'), { ridge: NO_RIDGE });
    let mean = 0, cross = 0;
    for (let row = 0; row < 200; row++) mean += z.values[2 * row]! / 200;
    const mean2 = z.values.reduce((sum, value, at) => sum + (at % 2 === 1 ? value / 200 : 0), 0);
    for (let row = 0; row < 200; row++) cross += ((z.values[2 * row]! - mean) * (z.values[2 * row + 1]! - mean2)) / 200;
    expect(mixture.means[0]).toBeCloseTo(mean, 12);
    expect(mixture.covariances[1]).toBeCloseTo(cross, 12);
    expect(mixture.weights[0]).toBe(1);
  });

  it('finds planted clusters', () => {
    const { mixture } = fitMixture(clusters.z, 2, randomStream(0, 'm'), { ridge: NO_RIDGE });
    const large = mixture.weights[0]! > mixture.weights[1]! ? 0 : 1;
    expect(mixture.weights[large]).toBeCloseTo(0.7, 1);
    expect(mixture.means[2 * large]).toBeCloseTo(-1, 1);
    expect(mixture.covariances[4 * large]).toBeCloseTo(0.09, 1);
  });

  it('never loses likelihood from one step to the next, and reports that of the mixture it gives back', () => {
    let previous = -Infinity;
    for (const steps of [1, 2, 4, 8, 16]) {
      const { mixture, logLikelihood } = fitMixture(clusters.z, 5, randomStream(0, 'm'), { ridge: NO_RIDGE, steps, tolerance: 0 });
      expect(logLikelihood).toBeGreaterThanOrEqual(previous - 1e-9 * Math.abs(logLikelihood));
      expect(mixtureLogDensity(mixture, clusters.z).reduce((sum, value) => sum + value, 0)).toBeCloseTo(logLikelihood, 6);
      previous = logLikelihood;
    }
  });

  it('is at least as good with a split of the smaller fit as a second start', () => {
    const ridge = new Float64Array(2).fill(1e-3), random = (): ReturnType<typeof randomStream> => randomStream(0, 'm');
    const smaller = fitMixture(clusters.z, 1, random(), { ridge }).mixture;
    const both = fitMixture(clusters.z, 2, random(), { ridge, smaller, steps: 200 });
    expect(both.logLikelihood).toBeGreaterThan(fitMixture(clusters.z, 2, random(), { ridge, steps: 200 }).logLikelihood - 1);
  });

  it('stops when the caller throws between steps', () => {
    expect(() => fitMixture(clusters.z, 2, randomStream(0, 'm'), { ridge: NO_RIDGE, onStep: () => { throw new Error('cancelled'); } })).toThrow('cancelled');
  });
});
