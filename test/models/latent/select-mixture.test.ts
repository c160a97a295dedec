import { describe, expect, it } from 'vitest';
import { mixtureLogDensity } from '../../../models/latent/mixture.ts';
import { mixtureParameters, selectMixture } from '../../../models/latent/select-mixture.ts';
import { normalPoints, plantedIntersection } from './planted-clusters.ts';

describe('selectMixture', () => {
  it.each([2, 8])('finds four clusters, one of them with a fiftieth of the rows, on %i dimensions', (d) => {
    const { components, mixture } = selectMixture(plantedIntersection(6000, d, 4).z, { seed: 0, most: 7 });
    expect(components).toBe(4);
    expect(Math.min(...mixture.weights)).toBeGreaterThan(0.014);
    expect(Math.min(...mixture.weights)).toBeLessThan(0.026);
  });

  it('takes one component for one normal, and stops after three rises', () => {
    const { components, bic } = selectMixture(normalPoints(2000, 3, 2), { seed: 0 });
    expect(components).toBe(1);
    expect(bic.map((entry) => entry.components)).toEqual([1, 2, 3, 4]);
  });

  it('counts free parameters', () => {
    expect(mixtureParameters(1, 1)).toBe(2);
    expect(mixtureParameters(3, 2)).toBe(2 + 6 + 9);
  });

  it('gives the BIC of its mixture in the units of z', () => {
    const { z } = plantedIntersection(1500, 2, 5), { bic, mixture, components } = selectMixture(z, { seed: 0, most: 5 });
    const logLikelihood = mixtureLogDensity(mixture, z).reduce((sum, value) => sum + value, 0);
    expect(bic[components - 1]!.bic).toBeCloseTo(-2 * logLikelihood + mixtureParameters(components, 2) * Math.log(1500), 4);
  });

  it('moves with its units: scaling and shifting z scales the density by the Jacobian', () => {
    const { z } = plantedIntersection(1500, 2, 6), scales = [10, 0.01], shifts = [3, -50];
    const moved = { ...z, values: z.values.map((value, at) => value * scales[at % 2]! + shifts[at % 2]!) };
    const before = mixtureLogDensity(selectMixture(z, { seed: 0, most: 5 }).mixture, z);
    const after = mixtureLogDensity(selectMixture(moved, { seed: 0, most: 5 }).mixture, moved);
    for (const row of [0, 7, 700, 1499]) expect(after[row]! + Math.log(10 * 0.01)).toBeCloseTo(before[row]!, 6);
  });

  it('gives the same bytes for the same seed', () => {
    const { z } = plantedIntersection(1000, 3, 7);
    expect(selectMixture(z, { seed: 9, most: 6 })).toEqual(selectMixture(z, { seed: 9, most: 6 }));
  });

  it('survives repeated rows, a constant dimension and very few rows', () => {
    const repeated = { values: Float64Array.from({ length: 600 }, (_, at) => (at % 3 === 0 ? 7 : Math.floor(at / 3) % 4)), rows: 200, dimensions: 3 };
    for (const z of [repeated, { ...repeated, values: repeated.values.slice(0, 3), rows: 1 }]) {
      const { mixture } = selectMixture(z, { seed: 0 });
      expect(mixtureLogDensity(mixture, z).every(Number.isFinite)).toBe(true);
    }
    expect(() => selectMixture({ ...repeated, values: new Float64Array(0), rows: 0 }, { seed: 0 })).toThrow(RangeError);
  });

  it('reports growing shares of its work', () => {
    const seen: number[] = [];
    selectMixture(plantedIntersection(500, 2, 8).z, { seed: 0, most: 4, report: (fraction) => seen.push(fraction) });
    expect(seen.length).toBeGreaterThan(4);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.at(-1)).toBeLessThanOrEqual(1);
  });
});
