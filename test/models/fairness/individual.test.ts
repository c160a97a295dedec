import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../models/engine/random.ts';
import { consistency } from '../../../models/fairness/consistency.ts';
import { entropy2, theil } from '../../../models/fairness/individual.ts';
import { wholeStatistic, wholeTally } from '../../../models/fairness/smooth-estimates.ts';
import type { Tally } from '../../../models/fairness/tally.ts';

describe('benefit indices', () => {
  it('are 0 when every decision is right, and grow with errors', () => {
    expect(theil([0, 50, 0])).toBeCloseTo(0, 12);
    expect(entropy2([0, 50, 0])).toBeCloseTo(0, 12);
    expect(theil([5, 40, 5])).toBeLessThan(theil([10, 30, 10]));
  });

  it('have the interval of the multinomial', () => {
    const cells = [30, 150, 20] as const, shares = [0.15, 0.75, 0.1];
    // False negatives, right decisions and false positives as outcomes 3, 4 and 1.
    const rows = Float64Array.of(0, cells[2], 0, cells[0], cells[1], 0, 0, 0, 0);
    const tally: Tally = { attributes: [], places: new Int32Array(0), cells: 1, rows, weights: null, squares: null, units: null };
    const { variance } = wholeStatistic(tally, wholeTally(tally), (totals) => theil([totals[3]!, totals[4]!, totals[1]!]));
    const random = randomStream(3, 'multinomial');
    const values = Array.from({ length: 2000 }, () => {
      const drawn: [number, number, number] = [0, 0, 0];
      for (let i = 0; i < 200; i++) { const u = random.uniform(); drawn[u < shares[0]! ? 0 : u < shares[0]! + shares[1]! ? 1 : 2]!++; }
      return theil(drawn);
    });
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const sd = Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length);
    expect(Math.sqrt(variance) / sd).toBeCloseTo(1, 1);
  });
});

describe('consistency', () => {
  const random = randomStream(8, 'consistency');
  const rows = 120, columns = 6;
  const values = Float32Array.from({ length: rows * columns }, () => (random.uniform() < 0.4 ? 0 : random.normal()));
  const decisions = Uint8Array.from({ length: rows }, (_, i) => (i % 17 === 0 ? 255 : Number(values[i * columns]! > 0.2)));

  it('is what comparing all rows gives', () => {
    const decided = [...decisions.keys()].filter((row) => decisions[row] !== 255);
    const distance = (a: number, b: number): number => Array.from({ length: columns }, (_, j) => (values[a * columns + j]! - values[b * columns + j]!) ** 2).reduce((x, y) => x + y, 0);
    const terms = decided.map((row) => {
      const nearest = decided.toSorted((a, b) => distance(row, a) - distance(row, b)).slice(0, 5);
      return Math.abs(decisions[row]! - nearest.reduce((sum, other) => sum + decisions[other]!, 0) / 5);
    });
    const result = consistency({ values, rows, columns }, decisions, randomStream(1, 'x'), 0.95);
    expect(result.value).toBeCloseTo(1 - terms.reduce((a, b) => a + b, 0) / terms.length, 9);
    expect(result.interval![0]).toBeLessThan(result.value!);
  });

  it('is 1 when all decisions are equal, and null without enough of them', () => {
    expect(consistency({ values, rows, columns }, decisions.map(() => 1), randomStream(1, 'x'), 0.95).value).toBe(1);
    expect(consistency({ values, rows, columns }, decisions.map(() => 255), randomStream(1, 'x'), 0.95).value).toBeNull();
  });
});
