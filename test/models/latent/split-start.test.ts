import { describe, expect, it } from 'vitest';
import { mixtureLogDensity } from '../../../models/latent/mixture.ts';
import { splitHistogram } from '../../../models/latent/split-histogram.ts';
import { splitStart } from '../../../models/latent/split-start.ts';
import { fitMixture } from '../../../models/latent/fit-mixture.ts';
import { randomStream } from '../../../models/engine/random.ts';
import { plantedIntersection } from './planted-clusters.ts';

const CENTRES = Float64Array.from({ length: 64 }, (_, bin) => (bin + 0.5) / 8 - 4);
const normal = (mean: number, spread: number, weight: number): Float64Array => CENTRES.map((x) => (weight * Math.exp(-0.5 * ((x - mean) / spread) ** 2)) / spread);
const sum = (a: Float64Array, b: Float64Array): Float64Array => a.map((value, bin) => value + b[bin]!);
/** The mean of the second normal's part of the histogram. */
function secondMean(counts: Float64Array): { readonly gain: number; readonly mean: number; readonly share: number } {
  const { gain, second } = splitHistogram(counts, CENTRES);
  const mass = counts.reduce((total, count, bin) => total + count * second[bin]!, 0), total = counts.reduce((a, b) => a + b, 0);
  return { gain, mean: counts.reduce((t, count, bin) => t + count * second[bin]! * CENTRES[bin]!, 0) / mass, share: mass / total };
}

describe('splitHistogram', () => {
  it('finds a small cluster at the side', () => {
    const { gain, mean, share } = secondMean(sum(normal(-0.3, 0.5, 95), normal(2.5, 0.3, 5)));
    expect(gain).toBeGreaterThan(100);
    expect(mean).toBeCloseTo(2.5, 1);
    expect(share).toBeCloseTo(0.05, 2);
  });

  it('finds a tight cluster inside a wide one', () => {
    const { gain, share } = secondMean(sum(normal(0, 1, 90), normal(0, 0.15, 10)));
    expect(gain).toBeGreaterThan(3);
    expect(share).toBeGreaterThan(0.05);
    expect(share).toBeLessThan(0.25);
  });

  it('gains next to nothing on one normal, and nothing on none', () => {
    const total = normal(0, 1, 100).reduce((a, b) => a + b, 0);
    expect(secondMean(normal(0, 1, 100)).gain / total).toBeLessThan(0.005);
    expect(splitHistogram(new Float64Array(64), CENTRES).gain).toBe(0);
  });
});

describe('splitStart', () => {
  it('splits the cluster that hides another, and is a better start than what it split', () => {
    const { z } = plantedIntersection(4000, 8, 3), ridge = new Float64Array(8).fill(1e-3);
    let mixture = fitMixture(z, 1, randomStream(0, 'm'), { ridge }).mixture;
    const likelihood = (): number => mixtureLogDensity(mixture, z).reduce((total, value) => total + value, 0);
    let before = likelihood();
    for (const components of [2, 3, 4]) {
      mixture = splitStart(z, mixture, ridge);
      expect(mixture.weights).toHaveLength(components);
      expect(mixture.weights.reduce((total, weight) => total + weight, 0)).toBeCloseTo(1, 2);
      expect(likelihood()).toBeGreaterThan(before + 100);
      before = likelihood();
    }
    expect(Math.min(...mixture.weights)).toBeLessThan(0.04);
  });
});
