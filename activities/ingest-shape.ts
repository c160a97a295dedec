import { asCategory } from '../models/encode/as-category.ts';
import { MAXIMUM_CLASSES } from '../models/encode/understand-label.ts';
import type { Column } from '../models/table.ts';
import type { DataConfig } from './audit-config.ts';
import { rolesOf } from './ingest-roles.ts';

export interface ShapedColumn {
  readonly column: Column;
  /** What was decided about it. */
  readonly note: string | null;
}

/**
 * Numbers that are names become categories: a label, prediction or protected attribute (without bins) of at most ten distinct numbers,
 * so that 1 and 2 for a sex are two groups and not a quantity.
 */
export function shapeColumn(column: Column, data: DataConfig): ShapedColumn {
  const roles = rolesOf(column.name, data);
  const isClass = roles.includes('label') || roles.includes('prediction') || (roles.includes('protected') && !Object.hasOwn(data.bins, column.name));
  const category = column.kind === 'number' && isClass ? asCategory(column, MAXIMUM_CLASSES) : null;
  return category === null ? { column, note: null } : { column: category, note: `numbers read as a category: ${category.levels.length} distinct values` };
}
