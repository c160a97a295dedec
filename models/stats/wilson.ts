import { normalCritical } from './normal.ts';

/**
 * Wilson's score interval for a proportion (Wilson 1927, JASA 22): the proportions that a score test at 1 − level does not reject.
 * @param x events, 0 ≤ x ≤ n; may be fractional (an effective count)
 * @param n trials; 0 gives [0, 1], since nothing was seen
 * @param level two-sided confidence, in (0, 1)
 */
export function wilson(x: number, n: number, level: number): readonly [number, number] {
  if (!(n > 0)) return [0, 1];
  const z2 = normalCritical(level) ** 2;
  const rate = x / n;
  const centre = (rate + z2 / (2 * n)) / (1 + z2 / n);
  const half = (Math.sqrt(z2) / (1 + z2 / n)) * Math.sqrt((rate * (1 - rate)) / n + z2 / (4 * n * n));
  return [x === 0 ? 0 : Math.max(0, centre - half), x === n ? 1 : Math.min(1, centre + half)];
}
