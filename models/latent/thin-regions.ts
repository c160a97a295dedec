import { wilson } from '../stats/wilson.ts';
import type { Grouping } from '../table.ts';
import type { DensitySummary } from './types.ts';

export const THIN_SHARE = 0.05;

/** The ⌈share·n⌉ rows of least density, ties by lower row. */
export function thinnestRows(logDensity: Float64Array, share = THIN_SHARE): Uint32Array {
  const order = Uint32Array.from(logDensity, (_, row) => row).sort((a, b) => logDensity[a]! - logDensity[b]! || a - b);
  return order.slice(0, Math.ceil(share * logDensity.length));
}

/**
 * How much of the thinnest 5 % of rows each group holds, against its share of all rows. The ratio is 1 for a group that is as
 * densely covered as the rest; its interval is Wilson's for the share among the thin rows, divided by the group's share.
 */
export function thinRegions(logDensity: Float64Array, groupings: readonly Grouping[], level: number): DensitySummary['groups'] {
  const rows = logDensity.length, thin = thinnestRows(logDensity);
  return groupings.flatMap(({ attribute, levels, codes }) => {
    const sizes = new Float64Array(levels.length), thinSizes = new Float64Array(levels.length), sums = new Float64Array(levels.length);
    for (let row = 0; row < rows; row++) {
      sizes[codes[row]!]!++;
      sums[codes[row]!]! += logDensity[row]!;
    }
    for (const row of thin) thinSizes[codes[row]!]!++;
    return levels.flatMap((group, code) => {
      const n = sizes[code]!, share = n / rows, thinShare = thinSizes[code]! / thin.length;
      if (n === 0) return [];
      const [low, high] = wilson(thinSizes[code]!, thin.length, level);
      return [{ attribute, group, n, share, thinShare, thinRatio: thinShare / share, interval: [low / share, high / share] as const,
        meanLogDensity: sums[code]! / n }];
    });
  });
}
