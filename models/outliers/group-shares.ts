import type { Grouping } from '../table.ts';
import { wilson } from '../stats/wilson.ts';

const TOP_SHARE = 0.01;

export interface GroupShare {
  readonly attribute: string;
  readonly group: string;
  /** Rows of the group, and their share of all rows. */
  readonly n: number;
  readonly share: number;
  /** Share of the group among the strangest 1 % of rows (at least one), with its interval. */
  readonly topShare: number;
  readonly interval: readonly [number, number];
}

/** How much of the strangest 1 % falls to each group. order: rows, strangest first. Wilson intervals at `level`. */
export function groupShares(groupings: readonly Grouping[], order: Uint32Array, level: number): GroupShare[] {
  const top = order.subarray(0, Math.max(1, Math.ceil(TOP_SHARE * order.length)));
  return groupings.flatMap(({ attribute, levels, codes }) => {
    const all = new Float64Array(levels.length), strange = new Float64Array(levels.length);
    for (const row of order) all[codes[row]!]!++;
    for (const row of top) strange[codes[row]!]!++;
    return levels.map((group, g) => ({
      attribute, group, n: all[g]!, share: all[g]! / order.length, topShare: strange[g]! / top.length, interval: wilson(strange[g]!, top.length, level),
    }));
  });
}
