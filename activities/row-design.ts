import type { Design } from '../models/fairness/influence.ts';
import type { Column } from '../models/table.ts';
import type { DataConfig } from './audit-config.ts';
import { DataError } from './data-error.ts';
import { columnOf, type Dataset } from './load-dataset.ts';

/** Rows that are not independent of each other share a unit: their cluster, else their sequence; null when each stands alone. */
export function unitsOf(dataset: Pick<Dataset, 'table'>, { cluster, sequence }: DataConfig): Int32Array | null {
  const name = cluster ?? sequence;
  return name === null ? null : unitCodes(columnOf(dataset.table, name));
}

/** Codes 0 … of a column's values; rows without one are units of their own. */
function unitCodes(column: Column): Int32Array {
  const codes = new Map<number, number>();
  let next = 0;
  return Int32Array.from({ length: column.kind === 'number' ? column.values.length : column.codes.length }, (_, row) => {
    const value = column.kind === 'number' ? column.values[row]! : column.codes[row]!;
    if (Number.isNaN(value) || (column.kind === 'category' && value < 0)) return next++;
    const known = codes.get(value);
    if (known !== undefined) return known;
    codes.set(value, next);
    return next++;
  });
}

/** Probability weights and clusters as declared; a sequence's steps form a cluster. */
export function designOf(dataset: Pick<Dataset, 'table' | 'rowNumbers'>, data: DataConfig): Design | null {
  const clusters = unitsOf(dataset, data);
  if (data.weight === null) return clusters === null ? null : { weights: null, clusters };
  const column = columnOf(dataset.table, data.weight);
  if (column.kind === 'category') throw new DataError('weight-not-number', `column ${JSON.stringify(data.weight)} is data.weight, but it holds text; a weight is a number`);
  const strange = column.values.findIndex((weight) => !(weight >= 0 && Number.isFinite(weight)));
  if (strange >= 0) {
    throw new DataError('weight-value', `row ${dataset.rowNumbers[strange]} has the weight ${column.values[strange]} in ${JSON.stringify(data.weight)}; a probability weight is a number that is not negative`);
  }
  return { weights: column.values, clusters };
}

export function designNotes({ weight, cluster, sequence }: DataConfig): string[] {
  const unit = cluster ?? sequence;
  return [
    ...(weight === null ? [] : [`rates are weighted by ${weight}, taken for probability weights; the reference classifier is fitted without them`]),
    ...(unit === null ? [] : [`rows of one ${unit} are not taken for independent: intervals are linearised over ${unit}, Student's t with one degree less than there are`]),
  ];
}
