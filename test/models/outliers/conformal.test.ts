import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../models/engine/random.ts';
import { cleanRows } from '../../../models/outliers/clean-rows.ts';
import { calibrateConformal, conformalPValues, smallestDetectable } from '../../../models/outliers/conformal.ts';

const range = (start: number, end: number): Uint32Array => Uint32Array.from({ length: end - start }, (_, i) => start + i);

describe('conformal p-values', () => {
  it('count the clean scores at or above, and the row itself', () => {
    expect([...conformalPValues(Float64Array.from([3, 1, 2, 2]), Float64Array.from([0, 2, 2.5, 9]))]).toEqual([5, 4, 2, 1].map((rank) => rank / 5));
  });

  it('keep the false discovery rate over repeated audits, with any distribution of scores, and find clear outliers', () => {
    const AUDITS = 300, OUTLIERS = 20, TESTED = 200, CLEAN = 400;
    let rate = 0, power = 0;
    for (let audit = 0; audit < AUDITS; audit++) {
      const random = randomStream(audit, 'test/conformal');
      const ordinary = (): number => random.normal() / Math.abs(random.normal());
      const scores = Float64Array.from({ length: CLEAN + TESTED }, (_, i) => (i >= CLEAN && i < CLEAN + OUTLIERS ? 1e4 + random.uniform() : ordinary()));
      const { flagged } = calibrateConformal(scores, range(0, CLEAN), range(CLEAN, CLEAN + TESTED), 0.1);
      const found = flagged.subarray(CLEAN, CLEAN + OUTLIERS).reduce((sum, flag) => sum + flag, 0), all = flagged.reduce((sum, flag) => sum + flag, 0);
      rate += (all === 0 ? 0 : (all - found) / all) / AUDITS;
      power += found / OUTLIERS / AUDITS;
    }
    // Nominal is .1 · 180/200 = .09; its standard error over 300 audits is under .006.
    expect(rate).toBeLessThan(0.108);
    expect(rate).toBeGreaterThan(0.06);
    expect(power).toBeGreaterThan(0.8);
  });

  it('flag as many extreme rows as smallestDetectable says, and not one fewer', () => {
    const CLEAN = 99, TESTED = 50, fewest = smallestDetectable(TESTED, CLEAN, 0.1);
    expect(fewest).toBe(5);
    for (const extreme of [fewest - 1, fewest]) {
      const scores = Float64Array.from({ length: CLEAN + TESTED }, (_, i) => (i < CLEAN ? i + 0.5 : i < CLEAN + extreme ? 1000 : 0));
      const { flagged, smallestDetectable: printed, pValue } = calibrateConformal(scores, range(0, CLEAN), range(CLEAN, CLEAN + TESTED), 0.1);
      expect(flagged.reduce((sum, flag) => sum + flag, 0)).toBe(extreme === fewest ? fewest : 0);
      expect(printed).toBe(fewest);
      expect(Number.isNaN(pValue[0])).toBe(true);
    }
  });
});

describe('cleanRows', () => {
  it('fits on normal train rows, calibrates with about half of the normal test rows, tests the rest but the validation part\'s normal rows', () => {
    const split = Uint8Array.from({ length: 3000 }, (_, i) => i % 3), labels = Uint8Array.from({ length: 3000 }, (_, i) => (i % 10 === 0 ? 1 : i % 10 === 1 ? 255 : 0));
    const { fitted, clean, tested } = cleanRows(labels, split, 0);
    expect(fitted.every((row) => split[row] === 0 && labels[row] === 0)).toBe(true);
    expect(clean.every((row) => split[row] === 2 && labels[row] === 0)).toBe(true);
    expect(new Set([...fitted, ...clean, ...tested]).size).toBe(fitted.length + clean.length + tested.length);
    expect(fitted.length + clean.length + tested.length).toBe(3000 - labels.filter((label, row) => label === 0 && split[row] === 1).length);
    expect(clean.length).toBeGreaterThan(340);
    expect(clean.length).toBeLessThan(460);
    expect(cleanRows(labels, split, 0)).toEqual({ fitted, clean, tested });
    expect(cleanRows(labels, split, 1).clean).not.toEqual(clean);
  });
});
