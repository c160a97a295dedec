import { thinnestRows } from './thin-regions.ts';

/** ln q̂ of every row averaged over fits, [n]: the geometric mean of their densities, whose integral is at most 1 (Hölder). */
export function meanLogDensity(fits: readonly Float64Array[]): Float64Array {
  const mean = new Float64Array(fits[0]?.length ?? 0);
  for (const fit of fits) for (let row = 0; row < mean.length; row++) mean[row]! += fit[row]! / fits.length;
  return mean;
}

/** Share of the thinnest 5 % of rows that two fits have in common, averaged over all pairs of fits; null for fewer than two. */
export function fitAgreement(fits: readonly Float64Array[]): number | null {
  if (fits.length < 2) return null;
  const thin = fits.map((fit) => new Set(thinnestRows(fit)));
  let sum = 0, pairs = 0;
  for (const [i, first] of thin.entries()) {
    for (const second of thin.slice(i + 1)) {
      sum += [...first].filter((row) => second.has(row)).length / Math.max(1, first.size);
      pairs++;
    }
  }
  return sum / pairs;
}
