import type { Calibration } from './calibration.ts';
import { qValues } from './q-values.ts';

/**
 * Split-conformal p-values: p = (1 + #{calibration scores ≥ s}) / (n + 1), valid for a row that is exchangeable with the calibration rows
 * (S. Bates, E. Candès, L. Lei, Y. Romano and M. Sesia, "Testing for outliers with conformal p-values", Annals of Statistics 2023).
 * @param calibration scores of clean rows that took no part in fitting
 */
export function conformalPValues(calibration: Float64Array, tested: Float64Array): Float64Array {
  const sorted = Float64Array.from(calibration).sort(), n = sorted.length;
  return tested.map((score) => {
    let low = 0, high = n;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle]! < score) low = middle + 1;
      else high = middle;
    }
    return (1 + n - low) / (n + 1);
  });
}

/** Fewest rows that Benjamini–Hochberg can flag among `tested` when the smallest possible p-value is 1/(clean + 1). */
export function smallestDetectable(tested: number, clean: number, fdr: number): number {
  return Math.max(1, Math.ceil(tested / (fdr * (clean + 1)) - 1e-9));
}

/**
 * Calibration by clean rows. scores: [n]; clean and tested: positions; other rows (those fitted) get no p-value.
 * Conformal p-values of one calibration set are positively dependent (PRDS), under which Benjamini–Hochberg holds (Bates et al., theorem 2).
 */
export function calibrateConformal(scores: Float64Array, clean: Uint32Array, tested: Uint32Array, fdr: number): Calibration {
  const p = conformalPValues(Float64Array.from(clean, (row) => scores[row]!), Float64Array.from(tested, (row) => scores[row]!));
  const q = qValues(p);
  const pValue = new Float64Array(scores.length).fill(Number.NaN), qValue = new Float64Array(scores.length).fill(Number.NaN), flagged = new Uint8Array(scores.length);
  for (const [i, row] of tested.entries()) {
    pValue[row] = p[i]!;
    qValue[row] = q[i]!;
    flagged[row] = q[i]! <= fdr ? 1 : 0;
  }
  const smallest = smallestDetectable(tested.length, clean.length, fdr);
  const notes = [`Over repeated audits at most ${100 * fdr} % of the flags are false on average, for rows like the ${clean.length} clean rows that calibrate; `
    + `fewer than ${smallest} outliers among the ${tested.length} tested rows could not be flagged at these sizes. Rows that took part in fitting or calibration have no p-value.`];
  return { method: 'split-conformal p-values from held-out normal rows; Benjamini–Hochberg', calibrated: true, pValue, qValue, flagged, nulls: [], smallestDetectable: smallest, notes };
}
