import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../models/engine/random.ts';
import { drawChiSquareRatio, tCritical, tTail, tTailQuantile } from '../../../models/stats/student.ts';

describe('Student\'s t', () => {
  it('has the tabled values, and the normal ones without degrees', () => {
    expect(tCritical(0.95, 7)).toBeCloseTo(2.3646, 4);
    expect(tTail(2.3646, 7)).toBeCloseTo(0.025, 5);
    expect(tTailQuantile(0.025, 7)).toBeCloseTo(2.3646, 4);
    expect(tCritical(0.95, null)).toBeCloseTo(1.95996, 5);
    expect(tTail(1.95996, null)).toBeCloseTo(0.025, 6);
  });

  it.each([1, 2, 9, 60])('χ²/ν with %i degrees has mean 1 and variance 2/ν', (degrees) => {
    const random = randomStream(4, 'chi');
    const draws = Array.from({ length: 40_000 }, () => drawChiSquareRatio(degrees, random));
    const mean = draws.reduce((a, b) => a + b, 0) / draws.length;
    expect(mean).toBeCloseTo(1, 1);
    expect((draws.reduce((a, b) => a + (b - mean) ** 2, 0) / draws.length) * (degrees / 2)).toBeCloseTo(1, 0);
  });
});
