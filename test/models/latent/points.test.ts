import { describe, expect, it } from 'vitest';
import { activeUnits, pointsOf, unitMoments } from '../../../models/latent/points.ts';

describe('latent points', () => {
  it('has mean and variance with divisor n', () => {
    const { means, variances } = unitMoments([1, 10, 3, 10], 2);
    expect([...means]).toEqual([2, 10]);
    expect([...variances]).toEqual([1, 0]);
  });

  it('calls a unit active whose variance exceeds 0.01', () => {
    expect(activeUnits([-0.0999, -0.1001, -2, 0.0999, 0.1001, 2], 3)).toEqual([1, 2]);
    expect(activeUnits([5, 5], 1)).toEqual([]);
    expect(activeUnits([5, Number.NaN], 1)).toEqual([0]);
  });

  it('takes the named units of the named rows, as often as named', () => {
    const mu = [1, 2, 3, 4, 5, 6];
    expect(pointsOf(mu, 3, [2, 0])).toEqual({ values: Float64Array.of(3, 1, 6, 4), rows: 2, dimensions: 2 });
    expect(pointsOf(mu, 3, [1], [1, 1, 0]).values).toEqual(Float64Array.of(5, 5, 2));
  });

  it('says where a latent mean is no number', () => {
    expect(() => pointsOf([1, 2, Number.NaN, 4], 2, [0, 1])).toThrow('row 1 in unit 0 is NaN');
    expect(pointsOf([1, 2, Number.NaN, 4], 2, [1]).rows).toBe(2);
  });
});
