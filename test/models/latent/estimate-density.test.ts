import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../models/engine/random.ts';
import { mixtureSample } from '../../../models/latent/density-fits.ts';
import { type DensityInput, estimateDensity } from '../../../models/latent/estimate-density.ts';

const ROWS = 3000;
const random = randomStream(11, 'estimate');
const split = Uint8Array.from({ length: ROWS }, (_, row) => (row % 5 < 3 ? 0 : row % 5 === 3 ? 1 : 2));

/** Two correlated units and one that is asleep. */
const correlated = new Float32Array(ROWS * 3);
for (let row = 0; row < ROWS; row++) {
  const a = random.normal();
  correlated.set([a, 0.9 * a + 0.4 * random.normal(), 0.02 * random.normal()], row * 3);
}
/** Independent units with sharp edges, which a product of histograms describes and normals do not. */
const boxes = Float32Array.from({ length: ROWS * 2 }, () => Math.floor(2 * random.uniform()) * 10 + random.uniform());

const estimate = (mu: Float32Array, units: number, more: Partial<DensityInput> = {}) => estimateDensity({ mu, units, split, seed: 1, density: 'auto', ...more });
const chosen = ({ candidates }: ReturnType<typeof estimate>) => candidates.find((candidate) => candidate.chosen)!;

describe('estimateDensity', () => {
  it('is joint over the active units only, and takes the mixture where dimensions depend on each other', () => {
    const result = estimate(correlated, 3);
    expect(result.active).toEqual([0, 1]);
    expect(result.dimensions).toEqual([0, 1]);
    expect(chosen(result).name).toBe('gmm');
    // Two normals with residual variance .16: −½(ln 2π + 1) − ½(ln(2π · .16) + 1) nats.
    expect(chosen(result).heldOut).toBeGreaterThan(-1.95 - 0.12);
    expect(chosen(result).heldOut).toBeLessThan(-1.95 + 0.12);
    expect(result.mixture).toHaveLength(1);
  });

  it('takes histograms where they describe the rows better', () => {
    const result = estimate(boxes, 2);
    expect(chosen(result).name).toBe('histogram');
    expect(result.logDensity).toEqual(result.histogramLogDensity);
  });

  it('compares on test rows that took no part in the fit', () => {
    const moved = correlated.slice();
    for (let row = 0; row < ROWS; row++) if (split[row] === 2) moved.set([5, -5], row * 3);
    const before = estimate(correlated, 3, { density: 'gmm' }), after = estimate(moved, 3, { density: 'gmm' });
    expect(after.logDensity[0]).toBe(before.logDensity[0]);
    expect(chosen(after).heldOut).toBeLessThan(chosen(before).heldOut - 50);
    let sum = 0, count = 0;
    for (let row = 0; row < ROWS; row++) if (split[row] === 2) [sum, count] = [sum + before.logDensity[row]!, count + 1];
    expect(chosen(before).heldOut).toBeCloseTo(sum / count, 10);
  });

  it('obeys the configuration and says so', () => {
    const result = estimate(correlated, 3, { density: 'histogram' });
    expect(chosen(result).name).toBe('histogram');
    expect(result.notes.join()).toContain('set to histogram');
    expect(result.mixture.length).toBeGreaterThan(0);
  });

  it('says when no unit is active, and uses them all', () => {
    const result = estimate(correlated.map((value) => value * 0.01), 3);
    expect(result.active).toEqual([]);
    expect(result.dimensions).toEqual([0, 1, 2]);
    expect(result.notes[0]).toMatch(/No latent unit is active/);
    expect(result.logDensity.every(Number.isFinite)).toBe(true);
  });

  it('says when there are no test rows', () => {
    expect(estimate(correlated, 3, { split: split.map((part) => Math.min(part, 1)) }).notes[0]).toMatch(/validation part/);
    expect(estimate(correlated, 3, { split: new Uint8Array(ROWS) }).notes[0]).toMatch(/no held-out rows/);
  });

  it('fits the mixture to fewer rows as dimensions grow, and says so', () => {
    expect([2, 8, 16, 64].map(mixtureSample)).toEqual([20_000, 20_000, 5000, 4000]);
    const rows = 40_000, big = Float32Array.from({ length: rows }, () => random.normal());
    const result = estimate(big, 1, { split: Uint8Array.from({ length: rows }, (_, row) => (row % 4 === 0 ? 2 : 0)) });
    expect(result.notes.join()).toContain('a sample of 20000 of 30000 train rows');
  });

  it('is the mean of several fits, none like another, and says how far they agree on what is thin', () => {
    const result = estimate(correlated, 3), { fits, logDensity, thinAgreement, furtherMixtures } = result;
    expect(fits.length).toBeGreaterThanOrEqual(3);
    expect(furtherMixtures).toHaveLength(fits.length - 1);
    for (const row of [0, 17, ROWS - 1]) {
      expect(logDensity[row]).toBeCloseTo(fits.reduce((sum, fit) => sum + fit[row]! / fits.length, 0), 12);
      expect(new Set(fits.map((fit) => fit[row])).size).toBe(fits.length);
    }
    expect(thinAgreement).toBeGreaterThan(0.7);
    expect(thinAgreement).toBeLessThan(1);
    expect(result.notes.join()).toContain(`share ${Math.round(100 * thinAgreement!)} % of the thinnest`);
    const boxed = estimate(boxes, 2);
    expect(boxed.fits[0]).toEqual(boxed.logDensity);
    expect(boxed.fits[1]).not.toEqual(boxed.logDensity);
  });

  it('says when there might be more components than were tried, for want of rows too', () => {
    const rows = 40, mu = Float32Array.from({ length: rows }, (_, row) => (row % 4) * 10 + random.normal());
    expect(estimate(mu, 1, { split: new Uint8Array(rows) }).notes.join()).not.toContain('still falling');
    const few = estimate(mu.subarray(0, 12), 1, { split: new Uint8Array(12) });
    expect(few.notes.join()).toMatch(/still falling at K = 3, the most that so few rows allow/);
    expect(estimate(mu.subarray(0, 4), 1, { split: new Uint8Array(4) }).notes.join()).toContain('no mixture of two components');
  });
});
