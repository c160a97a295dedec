import type { RandomStream } from '../engine/random.ts';

/** Means up to this are drawn by inversion, larger ones by a rounded normal variable: skewness 0.18, which sums of many such draws do not show. */
const INVERTED = 30;

const tables = new Map<number, Float64Array>();

/** P(X ≤ x) of a Poisson variable up to what 32 random bits can resolve. */
function cumulative(mean: number): Float64Array {
  let known = tables.get(mean);
  if (known === undefined) {
    const values: number[] = [];
    for (let x = 0, p = Math.exp(-mean), sum = 0; sum < 1 - 2 ** -33 && x < 400; x++, p *= mean / x) values.push(sum += p);
    tables.set(mean, known = Float64Array.from(values));
  }
  return known;
}

/** A draw from Poisson(mean): how often `mean` rows, an integer, come in a bootstrap sample where each comes independently of the others. */
export function drawPoisson(mean: number, random: RandomStream): number {
  if (mean > INVERTED) return Math.max(0, Math.round(mean + Math.sqrt(mean) * random.normal()));
  const table = cumulative(mean), u = random.uniform();
  let x = 0;
  while (x < table.length && table[x]! < u) x++;
  return x;
}
