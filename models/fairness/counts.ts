/** Rows of each group by label and decision. Cell of one group: 3·label + decision, either 0, 1 or 2 where it is missing. */
export interface GroupCounts {
  readonly attribute: string;
  readonly levels: readonly string[];
  /** [groups · 9] rows, or the sum of their weights */
  readonly cells: Float64Array;
  /** [groups · 9] rows; the same array without weights */
  readonly rows: Float64Array;
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
