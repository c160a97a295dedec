import chiSquareCdf from '@stdlib/stats-base-dists-chisquare-cdf';
import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import { describe, expect, it } from 'vitest';
import { logGammaTail } from '../../../models/outliers/gamma-tail.ts';
import { NULL_FAMILIES, gammaDeviate, minimise, upperTail } from '../../../models/outliers/null-families.ts';

const deviates = Float64Array.from({ length: 33 }, (_, i) => normalQuantile(0.05 + 0.8 * i / 32, 0, 1));
const fitTo = (quantile: (z: number) => number): ReturnType<(typeof NULL_FAMILIES)[number]>[] => NULL_FAMILIES.map((fit) => fit({ scores: deviates.map(quantile), deviates }));

describe('null families', () => {
  it('recover the tail of a normal bulk', () => {
    const fits = fitTo((z) => 5 + 2 * z);
    expect(fits.map(({ family }) => family)).toEqual(['Box-Cox normal', 'gamma', 'log-normal', 'log-logistic']);
    for (const { deviate } of fits.slice(0, 3)) for (const z of [-1, 0, 1, 2, 3]) expect(Math.abs(deviate(5 + 2 * z) - z)).toBeLessThan(z === 3 ? 0.25 : 0.1);
    // The power tail calls the same score far less surprising.
    expect(upperTail(fits[3]!.deviate(5 + 2 * 5))).toBeGreaterThan(100 * upperTail(5));
  });

  it('recover the tail of a log-normal bulk: by the log-normal and by Box–Cox', () => {
    const [boxCox, , logNormal] = fitTo((z) => Math.exp(0.5 * z));
    for (const z of [1, 2, 3, 4]) {
      expect(boxCox!.deviate(Math.exp(0.5 * z))).toBeCloseTo(z, 0);
      expect(logNormal!.deviate(Math.exp(0.5 * z))).toBeCloseTo(z, 0);
    }
    expect(logNormal!.misfit).toBeLessThan(0.01);
  });

  it('are increasing and shift and scale with the scores', () => {
    const plain = fitTo((z) => Math.exp(0.3 * z)), moved = fitTo((z) => 100 + 7 * Math.exp(0.3 * z));
    for (const [k, { deviate }] of plain.entries()) {
      const at = [0.5, 1, 1.5, 2, 4, 8].map(deviate);
      expect(at).toEqual(at.toSorted((a, b) => a - b));
      expect(moved[k]!.deviate(100 + 7 * 2)).toBeCloseTo(deviate(2), 6);
    }
  });
});

describe('gamma tail', () => {
  it('is e^−x for shape 1 and e^−x (1 + x) for shape 2, however far out', () => {
    for (const x of [3.5, 10, 100, 700]) {
      expect(logGammaTail(1, x)).toBeCloseTo(-x, 9);
      expect(logGammaTail(2, x)).toBeCloseTo(-x + Math.log1p(x), 9);
    }
  });

  it('meets the lower part where the two forms change over', () => {
    for (const shape of [0.3, 1, 5, 120]) {
      const x = shape + 1;
      expect(Math.exp(logGammaTail(shape, x))).toBeCloseTo(1 - chiSquareCdf(2 * x, 2 * shape), 10);
      expect(gammaDeviate(x - 1e-9, shape)).toBeCloseTo(gammaDeviate(x, shape), 6);
    }
    expect(gammaDeviate(0, 2)).toBe(-Infinity);
  });
});

it('minimise finds the bottom of a parabola', () => {
  expect(minimise((x) => (x - 1.25) ** 2, 0, 4)).toBeCloseTo(1.25, 6);
});
