import { normalCritical } from '../stats/normal.ts';
import { ascendingOrder } from '../stats/ranks.ts';
import { tCritical } from '../stats/student.ts';
import { wilson } from '../stats/wilson.ts';
import type { Grouping } from '../table.ts';
import type { DensitySummary } from './types.ts';

export const THIN_SHARE = 0.05;
/** Beyond these Student's t is the normal to six digits, and its quantile function loses its footing (@stdlib gives 0 at 1e20). */
const MOST_DEGREES = 1e6;

/** The ⌈share·n⌉ rows of least density, ties by lower row. */
export function thinnestRows(logDensity: Float64Array, share = THIN_SHARE): Uint32Array {
  return ascendingOrder(logDensity).slice(0, Math.ceil(share * logDensity.length));
}

/**
 * Interval of a share of the thin rows when which rows are thin is itself estimated. shares: the group's share among the thinnest
 * rows of each fit. Total variance T = U + (1 + 1/m)·B over m fits, with U the binomial variance of a share and B that between fits, on
 * ν = (m − 1)(1 + U/((1 + 1/m)B))² degrees (Rubin 1987, eq. 3.1.2–3.1.6); as Wilson's interval at the effective number of thin
 * rows n·U/T, Student's critical value taken in. With fits that agree it is Wilson's own.
 */
export function thinShareInterval(share: number, thin: number, shares: readonly number[], level: number): readonly [number, number] {
  const m = shares.length, mean = shares.reduce((sum, each) => sum + each, 0) / Math.max(1, m);
  const between = m < 2 ? 0 : (1 + 1 / m) * shares.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (m - 1);
  if (between === 0 || thin === 0) return wilson(share * thin, thin, level);
  // Agresti and Coull's two rows each way keep U above 0 for a group that holds none of the thin rows, or all.
  const smoothed = (share * thin + 2) / (thin + 4), within = smoothed * (1 - smoothed) / thin;
  const degrees = Math.min(MOST_DEGREES, (m - 1) * (1 + within / between) ** 2), stretch = (normalCritical(level) / tCritical(level, degrees)) ** 2;
  const effective = thin * stretch * within / (within + between);
  return wilson(share * effective, effective, level);
}

function countsOf(rows: Uint32Array, { codes, levels }: Grouping): Float64Array {
  const counts = new Float64Array(levels.length);
  for (const row of rows) counts[codes[row]!]!++;
  return counts;
}

/**
 * How much of the thinnest 5 % of rows each group holds, against its share of all rows. The ratio is 1 for a group that is as
 * densely covered as the rest; its interval is that of the share among the thin rows, divided by the group's share.
 * fits: log densities by several fits of the density; none when the density is known. They are of the same rows, or of a sample with
 * the groups that `fitted` names.
 */
export function thinRegions(logDensity: Float64Array, groupings: readonly Grouping[], level: number, fits: readonly Float64Array[] = [], fitted = groupings): DensitySummary['groups'] {
  const rows = logDensity.length, thin = thinnestRows(logDensity), thinByFit = fits.map((fit) => thinnestRows(fit));
  return groupings.flatMap((grouping, g) => {
    const { attribute, levels, codes } = grouping, sizes = new Float64Array(levels.length), sums = new Float64Array(levels.length);
    for (let row = 0; row < rows; row++) {
      sizes[codes[row]!]!++;
      sums[codes[row]!]! += logDensity[row]!;
    }
    const thinSizes = countsOf(thin, grouping), sizesByFit = thinByFit.map((own) => countsOf(own, fitted[g]!));
    return levels.flatMap((group, code) => {
      const n = sizes[code]!, share = n / rows, thinShare = thinSizes[code]! / thin.length;
      if (n === 0) return [];
      const [low, high] = thinShareInterval(thinShare, thin.length, sizesByFit.map((own, fit) => own[code]! / thinByFit[fit]!.length), level);
      return [{ attribute, group, n, share, thinShare, thinRatio: thinShare / share, interval: [low / share, high / share] as const,
        meanLogDensity: sums[code]! / n }];
    });
  });
}
