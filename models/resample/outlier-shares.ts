import type { Grouping } from '../table.ts';
import type { DebiasSummary } from './types.ts';

/** Share of each group among all rows and among those taken as outliers; empty when no row is. */
export function outlierShares(flagged: Uint8Array, groupings: readonly Grouping[]): DebiasSummary['cappedGroups'] {
  const total = flagged.reduce((sum, flag) => sum + flag, 0);
  if (total === 0) return [];
  return groupings.flatMap(({ attribute, levels, codes }) => {
    const counts = new Float64Array(levels.length), outliers = new Float64Array(levels.length);
    for (let row = 0; row < codes.length; row++) {
      counts[codes[row]!]!++;
      outliers[codes[row]!]! += flagged[row]!;
    }
    return levels.map((group, code) => ({ attribute, group, share: counts[code]! / codes.length, outlierShare: outliers[code]! / total }));
  });
}
