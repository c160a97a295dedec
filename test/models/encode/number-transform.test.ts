import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitNumber } from '../../../models/encode/fit-number.ts';
import { fromFeature, toFeature } from '../../../models/encode/number-transform.ts';
import { randomStream } from '../../../models/engine/random.ts';

function sorted(values: readonly number[]): Float64Array {
  return Float64Array.from(values).sort();
}

describe('standardised numbers', () => {
  it('have mean 0 and standard deviation 1', () => {
    const random = randomStream(1, 'test'), values = sorted(Array.from({ length: 5000 }, () => 1e6 + 3 * random.normal()));
    const { transform } = fitNumber(values, 'standard');
    const features = Array.from(values, (value) => toFeature(transform, value));
    const mean = features.reduce((sum, each) => sum + each, 0) / features.length;
    expect(mean).toBeCloseTo(0, 9);
    expect(features.reduce((sum, each) => sum + each ** 2, 0) / features.length).toBeCloseTo(1, 9);
  });

  it('stay finite at the ends of the number range', () => {
    for (const values of [[-1e308, 1e308], [0, 5e-324], [1e-200, 2e-200]]) {
      const { transform } = fitNumber(sorted(values), 'standard');
      for (const value of values) expect(Number.isFinite(toFeature(transform, value))).toBe(true);
    }
  });

  it('fill with the median', () => {
    expect(fitNumber(sorted([3, 1, 100]), 'standard').fill).toBe(3);
    expect(fitNumber(sorted([1, 2, 4, 100]), 'quantile').fill).toBe(3);
  });
});

describe('quantile-normal numbers', () => {
  it('are normal whatever the distribution was', () => {
    const random = randomStream(2, 'test'), values = sorted(Array.from({ length: 20_000 }, () => Math.exp(3 * random.normal())));
    const { transform } = fitNumber(values, 'quantile');
    for (const share of [0.001, 0.05, 0.25, 0.5, 0.75, 0.95, 0.999]) {
      const value = values[Math.floor(share * values.length)]!;
      expect(toFeature(transform, value)).toBeCloseTo(normalQuantile(share, 0, 1), 1);
    }
  });

  it('use the mid-rank of ties', () => {
    const { transform } = fitNumber(sorted([...new Array<number>(90).fill(0), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]), 'quantile');
    expect(toFeature(transform, 0)).toBeCloseTo(normalQuantile(0.45, 0, 1), 12);
    expect(toFeature(transform, 5)).toBeCloseTo(normalQuantile(0.945, 0, 1), 12);
  });

  it('have at most a thousand knots, strictly increasing', () => {
    const random = randomStream(3, 'test');
    const { transform } = fitNumber(sorted(Array.from({ length: 30_000 }, () => random.normal())), 'quantile');
    if (transform.kind !== 'quantile') throw new Error('expected knots');
    expect(transform.values.length).toBe(1000);
    for (let i = 1; i < transform.values.length; i++) {
      expect(transform.values[i]! > transform.values[i - 1]! && transform.normal[i]! > transform.normal[i - 1]!).toBe(true);
    }
  });

  it('tell values beyond the range apart', () => {
    const { transform } = fitNumber(sorted([1, 2, 3, 4, 5]), 'quantile');
    expect(toFeature(transform, 100)).toBeGreaterThan(toFeature(transform, 50));
    expect(toFeature(transform, -100)).toBeLessThan(toFeature(transform, 1));
  });
});

it.each(['standard', 'quantile'] as const)('%s can be inverted, inside the range and out', (numbers) => {
  const values = fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true, noDefaultInfinity: true }), { minLength: 2, maxLength: 50 });
  fc.assert(fc.property(values, fc.double({ min: -2e9, max: 2e9, noNaN: true }), (train, value) => {
    const column = sorted(train), spread = column[column.length - 1]! - column[0]!;
    fc.pre(spread > 1e-3);
    const { transform } = fitNumber(column, numbers);
    const back = fromFeature(transform, toFeature(transform, value));
    expect(Math.abs(back - value)).toBeLessThanOrEqual(1e-6 * (spread + Math.abs(value)));
  }), { seed: 7, numRuns: 300 });
});
