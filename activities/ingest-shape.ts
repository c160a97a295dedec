import { asCategory } from '../models/encode/as-category.ts';
import { MAXIMUM_CLASSES } from '../models/encode/understand-label.ts';
import type { Column, Table } from '../models/table.ts';
import type { DataConfig } from './audit-config.ts';
import { rolesOf } from './ingest-roles.ts';

export interface ShapedTable {
  readonly table: Table;
  /** What was decided about a column, by its name. */
  readonly notes: ReadonlyMap<string, string>;
}

/**
 * Numbers that are names become categories: a label, prediction or protected attribute (without bins) of at most ten distinct numbers,
 * so that 1 and 2 for a sex are two groups and not a quantity.
 */
export function shapeColumns(table: Table, data: DataConfig): ShapedTable {
  const notes = new Map<string, string>();
  const columns = table.columns.map((column): Column => {
    const roles = rolesOf(column.name, data);
    const isClass = roles.includes('label') || roles.includes('prediction') || (roles.includes('protected') && !Object.hasOwn(data.bins, column.name));
    const category = column.kind === 'number' && isClass ? asCategory(column, MAXIMUM_CLASSES) : null;
    if (category === null) return column;
    notes.set(column.name, `numbers read as a category: ${category.levels.length} distinct values`);
    return category;
  });
  return { table: { rows: table.rows, columns }, notes };
}
