import type { Grouping } from '../table.ts';

const MISSING = 255;

/** Rows of each group by label and decision. Cell of one group: 3·label + decision, either 0, 1 or 2 where it is missing. */
export interface GroupCounts {
  readonly attribute: string;
  readonly levels: readonly string[];
  /** [groups · 9] rows, or the sum of their weights */
  readonly cells: Float64Array;
  /** [groups · 9] rows; the same array without weights */
  readonly rows: Float64Array;
}

/**
 * The one pass over the rows from which every rate, gap and interval is made.
 * @param labels [n] 1 positive, 0 not, 255 missing; null without a label
 * @param decisions [n] the same for decisions
 * @param weights [n], not negative, rows of weight 0 are not counted; null: all 1
 */
export function countGroups(grouping: Grouping, labels: Uint8Array | null, decisions: Uint8Array | null, weights: Float64Array | null = null): GroupCounts {
  const rows = new Float64Array(grouping.levels.length * 9), cells = weights === null ? rows : new Float64Array(rows.length);
  for (let row = 0; row < grouping.codes.length; row++) {
    if (weights !== null && weights[row] === 0) continue;
    const label = labels === null ? MISSING : labels[row]!;
    const decision = decisions === null ? MISSING : decisions[row]!;
    const cell = grouping.codes[row]! * 9 + 3 * (label === MISSING ? 2 : label) + (decision === MISSING ? 2 : decision);
    rows[cell]!++;
    if (weights !== null) cells[cell]! += weights[row]!;
  }
  return { attribute: grouping.attribute, levels: grouping.levels, cells, rows };
}

/** Rows of a group, whatever is known of them. */
export function groupSize(counts: GroupCounts, group: number): number {
  let sum = 0;
  for (let cell = 0; cell < 9; cell++) sum += counts.rows[group * 9 + cell]!;
  return sum;
}

/** True and false positives and negatives of a group, among rows whose label and decision are known. */
export function confusion(counts: GroupCounts, group: number): { tp: number; fp: number; fn: number; tn: number } {
  const at = (label: number, decision: number): number => counts.cells[group * 9 + 3 * label + decision]!;
  return { tp: at(1, 1), fp: at(0, 1), fn: at(1, 0), tn: at(0, 0) };
}
