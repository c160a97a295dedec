import { describe, expect, it } from 'vitest';
import { raiseToSquaredScores, ratioScore } from '../../../models/stats/score-ratio.ts';

/** The θ at which the score statistic takes a value, by bisection on log θ. */
function limit(x1: number, n1: number, x2: number, n2: number, s: number): number {
  let low = -20, high = 20;
  for (let i = 0; i < 200; i++) {
    const middle = (low + high) / 2;
    if (ratioScore(x1, n1, x2, n2, Math.exp(middle)) > s) low = middle; else high = middle;
  }
  return Math.exp(low);
}

describe('ratioScore', () => {
  // Koopman 1984, and Gart and Nam 1988: 36/40 against 16/80 gives (2.94, 7.15).
  it('gives the published limits', () => {
    expect(limit(36, 40, 16, 80, 1.959964)).toBeCloseTo(2.94, 2);
    expect(limit(36, 40, 16, 80, -1.959964)).toBeCloseTo(7.15, 2);
  });

  it('is 0 at the observed ratio, falls in θ, and turns its sign with the pair', () => {
    expect(ratioScore(10, 40, 30, 60, 0.5)).toBeCloseTo(0, 12);
    let last = Infinity;
    for (const theta of [0.01, 0.1, 0.4, 0.5, 0.9, 2, 50]) {
      const z = ratioScore(10, 40, 30, 60, theta);
      expect(z).toBeLessThan(last);
      expect(ratioScore(30, 60, 10, 40, 1 / theta)).toBeCloseTo(-z, 9);
      last = z;
    }
  });

  it('maximises the likelihood under the ratio', () => {
    const [x1, n1, x2, n2, theta] = [7, 50, 20, 80, 0.6];
    let best = -Infinity, rate = 0;
    for (let p = 1e-5; p < 1; p += 1e-5) {
      const p1 = theta * p;
      const value = x1 * Math.log(p1) + (n1 - x1) * Math.log(1 - p1) + x2 * Math.log(p) + (n2 - x2) * Math.log(1 - p);
      if (value > best) { best = value; rate = p; }
    }
    const p1 = theta * rate;
    const variance = (p1 * (1 - p1)) / n1 + (theta ** 2 * rate * (1 - rate)) / n2;
    expect(ratioScore(x1, n1, x2, n2, theta)).toBeCloseTo((x1 / n1 - (theta * x2) / n2) / Math.sqrt(variance), 4);
  });

  it('says nothing without events and stays finite with events everywhere', () => {
    expect(ratioScore(0, 10, 0, 20, 0.8)).toBe(0);
    expect(ratioScore(10, 10, 20, 20, 1)).toBe(0);
    expect(Number.isFinite(ratioScore(10, 10, 20, 20, 0.8))).toBe(true);
  });
});

describe('raiseToSquaredScores', () => {
  it('is the square of the score, also where all or none had the event, and never falls', () => {
    const x1 = Float64Array.of(0, 5, 49, 49, 0, 20), x2 = Float64Array.of(0, 9, 200, 120, 200, 80);
    for (const theta of [1, 0.8, 1.7]) {
      const most = new Float64Array(x1.length);
      raiseToSquaredScores(most, { x: x1, n: 49 }, { x: x2, n: 200 }, theta);
      most.forEach((square, i) => {
        const score = ratioScore(x1[i]!, 49, x2[i]!, 200, theta) ** 2;
        expect(square === score || Math.abs(square - score) < 1e-8).toBe(true);
      });
      const high = new Float64Array(x1.length).fill(1e9);
      raiseToSquaredScores(high, { x: x1, n: 49 }, { x: x2, n: 200 }, theta);
      expect(high.filter(Number.isFinite).every((square) => square >= 1e9)).toBe(true);
    }
  });
});
