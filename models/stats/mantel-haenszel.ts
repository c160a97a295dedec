import { normalCritical } from './normal.ts';

/** One stratum: events and trials of the two sides. */
export interface Stratum { readonly x1: number; readonly n1: number; readonly x2: number; readonly n2: number }

/**
 * Mantel–Haenszel risk difference over strata with Sato's variance (Sato 1989, Biometrics 45), valid for few large and for many
 * small strata. Strata without rows on one side weigh nothing.
 * @returns null when no stratum has rows on both sides
 */
export function mantelHaenszel(strata: readonly Stratum[], level: number): { readonly value: number; readonly interval: readonly [number, number] } | null {
  let weights = 0, sum = 0, p = 0, q = 0;
  for (const { x1, n1, x2, n2 } of strata) {
    if (n1 === 0 || n2 === 0) continue;
    const n = n1 + n2;
    weights += (n1 * n2) / n;
    sum += (x1 * n2 - x2 * n1) / n;
    p += (n1 * n1 * x2 - n2 * n2 * x1 + (n1 * n2 * (n2 - n1)) / 2) / (n * n);
    q += (x1 * (n2 - x2) + x2 * (n1 - x1)) / (2 * n);
  }
  if (weights === 0) return null;
  const value = sum / weights;
  const half = normalCritical(level) * Math.sqrt(Math.max(0, (value * p + q) / (weights * weights)));
  return { value, interval: [Math.max(-1, value - half), Math.min(1, value + half)] };
}
