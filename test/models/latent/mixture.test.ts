import { describe, expect, it } from 'vitest';
import { type Mixture, mixtureComponents, mixtureFromComponents, mixtureLogDensity, responsibilities } from '../../../models/latent/mixture.ts';

const MIXTURE: Mixture = {
  dimensions: 2, weights: Float64Array.of(0.3, 0.7), means: Float64Array.of(-1, 2, 1, 0),
  covariances: Float64Array.of(1, 0.5, 0.5, 2, 0.4, -0.1, -0.1, 0.3),
};

/** The bivariate normal density from its textbook formula. */
function bivariate(x: number, y: number, k: number): number {
  const at = (i: number): number => MIXTURE.covariances[4 * k + i]!, dx = x - MIXTURE.means[2 * k]!, dy = y - MIXTURE.means[2 * k + 1]!;
  const determinant = at(0) * at(3) - at(1) ** 2;
  return Math.exp(-(at(3) * dx * dx - 2 * at(1) * dx * dy + at(0) * dy * dy) / (2 * determinant)) / (2 * Math.PI * Math.sqrt(determinant));
}

describe('mixture density', () => {
  it('is the sum of the components by the textbook formula', () => {
    const values = Float64Array.of(0, 0, -1, 2, 1.3, -0.4, -3, 5);
    const logDensity = mixtureLogDensity(MIXTURE, { values, rows: 4, dimensions: 2 });
    for (let row = 0; row < 4; row++) {
      const [x, y] = [values[2 * row]!, values[2 * row + 1]!];
      expect(logDensity[row]).toBeCloseTo(Math.log(0.3 * bivariate(x, y, 0) + 0.7 * bivariate(x, y, 1)), 10);
    }
  });

  it('integrates to 1', () => {
    const side = 240, step = 0.1, values = new Float64Array(side * side * 2);
    for (let i = 0; i < side * side; i++) values.set([((i % side) - side / 2) * step, (Math.floor(i / side) - side / 2) * step + 1], 2 * i);
    const total = mixtureLogDensity(MIXTURE, { values, rows: side * side, dimensions: 2 }).reduce((sum, value) => sum + Math.exp(value), 0) * step * step;
    expect(total).toBeCloseTo(1, 6);
  });

  it('stays finite a thousand standard deviations out', () => {
    const far = { values: Float64Array.of(1e3, -1e3), rows: 1, dimensions: 2 };
    expect(mixtureLogDensity(MIXTURE, far)[0]).toBeLessThan(-1e5);
    expect(responsibilities(MIXTURE, far).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
  });

  it('shares every row among the components by Bayes’ rule', () => {
    const shares = responsibilities(MIXTURE, { values: Float64Array.of(0.2, 0.9), rows: 1, dimensions: 2 });
    const [a, b] = [0.3 * bivariate(0.2, 0.9, 0), 0.7 * bivariate(0.2, 0.9, 1)];
    expect(shares[0]).toBeCloseTo(a / (a + b), 12);
    expect(shares[1]).toBeCloseTo(b / (a + b), 12);
  });

  it('is stored heaviest first, and read back as the same density', () => {
    const components = mixtureComponents(MIXTURE), z = { values: Float64Array.of(0.5, 0.5), rows: 1, dimensions: 2 };
    expect(components.map(({ weight }) => weight)).toEqual([0.7, 0.3]);
    expect(mixtureLogDensity(mixtureFromComponents(components), z)[0]).toBeCloseTo(mixtureLogDensity(MIXTURE, z)[0]!, 12);
    expect(() => mixtureFromComponents([])).toThrow(RangeError);
  });
});
