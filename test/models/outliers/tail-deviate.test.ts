import normalLogCdf from '@stdlib/stats-base-dists-normal-logcdf';
import { expect, it } from 'vitest';
import { tailDeviate } from '../../../models/outliers/tail-deviate.ts';

it('goes back from −ln of the upper tail to the deviate, however small the tail', () => {
  expect(tailDeviate(Math.log(2))).toBeCloseTo(0, 12);
  expect(tailDeviate(-Math.log(0.025))).toBeCloseTo(1.959964, 6);
  for (const z of [-3, 1, 5, 6.8, 7, 8.5, 12, 38, 200]) expect(tailDeviate(-normalLogCdf(-z, 0, 1))).toBeCloseTo(z, 5);
  expect(tailDeviate(0)).toBe(-8);
  expect(Number.isFinite(tailDeviate(1e6))).toBe(true);
});
