import { normalCritical, normalTail } from '../stats/normal.ts';

const STEPS = 128, FARTHEST = 6.5;

/** P(r·M + √(1 − r²)·W > c), M the largest of `candidates` standard normal variables by the union bound, W one apart from them. */
function tail(c: number, r: number, candidates: number): number {
  const rest = Math.sqrt(1 - r * r), width = (2 * FARTHEST) / STEPS;
  let sum = 0;
  for (let i = 0; i < STEPS; i++) {
    const w = -FARTHEST + (i + 0.5) * width;
    sum += Math.exp((-w * w) / 2) * Math.min(1, candidates * normalTail((c - rest * w) / r));
  }
  return (sum * width) / Math.sqrt(2 * Math.PI);
}

/**
 * z of the far end of a change's interval for a gap that was looked for in the first audit as the largest of many: what made it the largest was in
 * part chance, which does not come again, so that the change looks too small. In units of its standard error the change errs by
 * −r·Z + √(1 − r²)·W, Z the first audit's own error, r its share and W what is new in the second; Z of the chosen gap is at most the
 * largest of all. Without shared rows r is about √½, where nearly all is shared about 0, and then no more than z.
 * @param r correlation of what the change lacks with the first audit's error, 0 to 1
 * @param candidates ordered pairs that could have been chosen; of two groups there is one pair, whose order changes nothing
 */
export function selectedCritical(level: number, r: number, candidates: number): number {
  const plain = normalCritical(level), error = (1 - level) / 2;
  if (candidates <= 2 || !(r > 1e-3)) return plain;
  let low = plain, high = plain + 4 + Math.sqrt(2 * Math.log(candidates));
  if (tail(low, Math.min(r, 0.9999), candidates) <= error) return plain;
  for (let i = 0; i < 30; i++) {
    const middle = (low + high) / 2;
    if (tail(middle, Math.min(r, 0.9999), candidates) > error) low = middle; else high = middle;
  }
  return high;
}
