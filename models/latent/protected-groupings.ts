import { groupBy, intersect } from '../fairness/groups.ts';
import type { Grouping, Table } from '../table.ts';

export interface ProtectedGroupings {
  /** One for each protected attribute. */
  readonly single: readonly Grouping[];
  /** One for each pair of them. */
  readonly pairs: readonly Grouping[];
}

/** bins: edges of numeric attributes by name. @throws RangeError when the table lacks a protected column */
export function protectedGroupings(table: Table, names: readonly string[], bins: { readonly [column: string]: readonly number[] }): ProtectedGroupings {
  const single = names.map((name) => {
    const column = table.columns.find((candidate) => candidate.name === name);
    if (column === undefined) throw new RangeError(`no column ${JSON.stringify(name)} to group by`);
    return groupBy(column, Object.hasOwn(bins, name) ? bins[name] : undefined);
  });
  return { single, pairs: single.flatMap((first, i) => single.slice(i + 1).map((second) => intersect([first, second]))) };
}
