/** More groups than this, as intersections have, are cut to the extremes; the table behind the chart holds all. */
const MOST_GROUPS = 20;

/** The first and the last of a sorted list, half and half, and words that say what was left out. */
export function extremes<T>(sorted: readonly T[]): { readonly shown: readonly T[]; readonly remark: string } {
  if (sorted.length <= MOST_GROUPS) return { shown: sorted, remark: '' };
  return { shown: [...sorted.slice(0, MOST_GROUPS / 2), ...sorted.slice(-MOST_GROUPS / 2)], remark: `; the ${MOST_GROUPS / 2} highest and lowest of ${sorted.length} groups` };
}
