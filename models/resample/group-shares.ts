import type { Grouping } from '../table.ts';
import type { DebiasRule } from './types.ts';

/** Share of rows, and share of weight, of every group. */
export function groupShares(weights: Float64Array, groupings: readonly Grouping[]): DebiasRule['groups'] {
  const rows = weights.length, total = weights.reduce((sum, weight) => sum + weight, 0);
  return groupings.flatMap(({ attribute, levels, codes }) => {
    const counts = new Float64Array(levels.length), sums = new Float64Array(levels.length);
    for (let row = 0; row < rows; row++) {
      counts[codes[row]!]!++;
      sums[codes[row]!]! += weights[row]!;
    }
    return levels.map((group, code) => ({ attribute, group, before: counts[code]! / rows, after: sums[code]! / total }));
  });
}
