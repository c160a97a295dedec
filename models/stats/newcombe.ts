import { wilson } from './wilson.ts';

/** Newcombe's hybrid score interval for p₁ − p₂ of independent proportions (1998, Statistics in Medicine 17, method 10). */
export function newcombe(x1: number, n1: number, x2: number, n2: number, level: number): readonly [number, number] {
  if (n1 === 0 || n2 === 0) return [-1, 1];
  const p1 = x1 / n1, p2 = x2 / n2, difference = p1 - p2;
  const [low1, high1] = wilson(x1, n1, level), [low2, high2] = wilson(x2, n2, level);
  return [difference - Math.hypot(p1 - low1, high2 - p2), difference + Math.hypot(high1 - p1, p2 - low2)];
}
