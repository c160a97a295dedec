import { describe, expect, it } from 'vitest';
import { klWeight, learningRate } from '../../../models/engine/schedule.ts';

describe('learningRate', () => {
  it('rises to its peak, then falls to a twentieth of it', () => {
    const rates = Array.from({ length: 101 }, (_, i) => learningRate(0.01, i / 100));
    expect(rates[0]).toBeCloseTo(0.001, 12);
    expect(Math.max(...rates)).toBeCloseTo(0.01, 12);
    expect(rates.indexOf(Math.max(...rates))).toBe(2);
    expect(rates.slice(3).every((rate, i) => rate < rates[i + 2]!)).toBe(true);
    expect(rates[100]).toBeCloseTo(0.0005, 12);
  });
});

describe('klWeight', () => {
  it('grows in proportion until the warm-up ends and stays at beta', () => {
    expect([0, 0.1, 0.25, 1].map((progress) => klWeight(4, progress, 0.25))).toEqual([0, 1.6, 4, 4]);
    expect(klWeight(4, 0, 0)).toBe(4);
  });
});
