import { expect, it } from 'vitest';
import { fitAgreement, meanLogDensity } from '../../../models/latent/fit-agreement.ts';

const falling = Float64Array.from({ length: 40 }, (_, row) => -row);

it('is the mean of log densities', () => {
  expect([...meanLogDensity([Float64Array.of(1, -4), Float64Array.of(3, 0)])]).toEqual([2, -2]);
  expect(meanLogDensity([])).toHaveLength(0);
});

it('is the share of thin rows that pairs of fits have in common', () => {
  // Of 40 rows two are thin: 38 and 39 by the first, 0 and 1 by the second, 39 and 0 by the third.
  const rising = falling.map((value) => -value), mixed = falling.map((value, row) => (row === 0 ? -50 : value));
  expect(fitAgreement([falling])).toBeNull();
  expect(fitAgreement([falling, falling.map((value) => 3 * value)])).toBe(1);
  expect(fitAgreement([falling, rising])).toBe(0);
  expect(fitAgreement([falling, rising, mixed])).toBeCloseTo((0 + 0.5 + 0.5) / 3, 12);
});
