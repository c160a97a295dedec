import { describe, expect, it } from 'vitest';
import { fisherExact } from '../../../models/stats/fisher.ts';
import { logBinomialMass } from '../../../models/stats/binomial.ts';

/** Sum over all tables, hypergeometric masses from binomial ones. */
function byEnumeration(x1: number, n1: number, x2: number, n2: number): number {
  const events = x1 + x2;
  const mass = (x: number): number => Math.exp(logBinomialMass(x, n1, 0.5) + logBinomialMass(events - x, n2, 0.5) - logBinomialMass(events, n1 + n2, 0.5));
  let p = 0;
  for (let x = Math.max(0, events - n2); x <= Math.min(n1, events); x++) if (mass(x) <= mass(x1) * (1 + 1e-7)) p += mass(x);
  return p;
}

describe('fisherExact', () => {
  it('gives Fisher\'s tea party: 3 of 4 against 1 of 4 is p = .486', () => {
    expect(fisherExact(3, 4, 1, 4)).toBeCloseTo(34 / 70, 12);
  });

  it.each([[3, 10, 9, 12], [0, 7, 5, 9], [12, 40, 30, 60], [5, 5, 5, 5], [0, 5, 0, 8]])('is the sum over all tables: %i/%i, %i/%i', (x1, n1, x2, n2) => {
    expect(fisherExact(x1, n1, x2, n2)).toBeCloseTo(byEnumeration(x1, n1, x2, n2), 10);
    expect(fisherExact(x2, n2, x1, n1)).toBeCloseTo(fisherExact(x1, n1, x2, n2), 10);
  });

  it('keeps tiny chances', () => {
    const p = fisherExact(1769, 16_192, 9918, 32_650);
    expect(p).toBeGreaterThan(0);
    expect(p).toBeLessThan(1e-100);
  });
});
