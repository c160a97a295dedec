import { describe, expect, it } from 'vitest';
import { fitHistograms, histogramLogDensity, selectHistograms } from '../../../models/latent/histogram-density.ts';
import type { Points } from '../../../models/latent/points.ts';
import { normalPoints } from './planted-clusters.ts';

const column = (...values: number[]): Points => ({ values: Float64Array.from(values), rows: values.length, dimensions: 1 });

describe('histogram density', () => {
  it('gives a bin with c of n rows the mass (c + ½)/(n + B/2)', () => {
    const histogram = fitHistograms(column(0, 0.1, 0.6, 2), 2);
    const [low, middle, high] = histogramLogDensity(histogram, column(0.5, 1.5, 2));
    expect(Math.exp(low!)).toBeCloseTo(3.5 / (4 + 2), 12);
    expect(Math.exp(middle!)).toBeCloseTo(1.5 / (4 + 2), 12);
    expect(high).toBe(middle);
  });

  it('has exponential tails of half a row each, continuous at nothing but integrating to 1', () => {
    const histogram = fitHistograms(normalPoints(50, 1, 3), 7), step = 0.001;
    const grid = column(...Array.from({ length: 40_000 }, (_, i) => (i - 20_000) * step + step / 2));
    expect(histogramLogDensity(histogram, grid).reduce((sum, value) => sum + Math.exp(value) * step, 0)).toBeCloseTo(1, 2);
    const outside = histogramLogDensity(histogram, column(-6, -7, 6, 7));
    expect(outside[0]! - outside[1]!).toBeCloseTo(1 / histogram.width[0]!, 9);
    expect(outside[2]! - outside[3]!).toBeCloseTo(1 / histogram.width[0]!, 9);
  });

  it('multiplies the dimensions', () => {
    const z = normalPoints(100, 3, 4), joint = histogramLogDensity(fitHistograms(z, 10), z);
    const alone = [0, 1, 2].map((j) => {
      const own = column(...z.values.filter((_, at) => at % 3 === j));
      return histogramLogDensity(fitHistograms(own, 10), own);
    });
    for (const row of [0, 50, 99]) expect(joint[row]).toBeCloseTo(alone.reduce((sum, density) => sum + density[row]!, 0), 10);
  });

  it('picks the number of bins that predicts each row best from the others, worked out row by row', () => {
    const z = normalPoints(900, 1, 5), { bins } = selectHistograms(z);
    const scores = [10, 20, 40, 80].map((candidate) => {
      const { counts, width } = fitHistograms(z, candidate), at = histogramLogDensity(fitHistograms(z, candidate), z);
      return at.reduce((sum, density) => {
        const count = Math.round(Math.exp(density) * width[0]! * (900 + (candidate + 2) / 2) - 0.5);
        expect([...counts]).toContain(count);
        return sum + Math.log((count - 1 + 0.5) / (899 + (candidate + 2) / 2) / width[0]!);
      }, 0);
    });
    expect([10, 20, 40, 80][scores.indexOf(Math.max(...scores))]).toBe(bins);
    expect(selectHistograms(column(...Array.from({ length: 4000 }, (_, i) => (i % 2) + 0.01 * ((i * 7) % 11)))).bins).toBeGreaterThan(10);
  });

  it('keeps ten rows a bin', () => {
    expect(selectHistograms(normalPoints(30, 2, 6)).bins).toBe(10);
    expect(selectHistograms(normalPoints(250, 1, 6)).bins).toBeLessThanOrEqual(20);
  });

  it('takes a dimension that does not vary', () => {
    const density = histogramLogDensity(fitHistograms(column(5, 5, 5), 10), column(5, 6));
    expect(density.every(Number.isFinite)).toBe(true);
    expect(density[0]).toBeGreaterThan(density[1]!);
    expect(() => fitHistograms(column(), 10)).toThrow(RangeError);
  });
});
