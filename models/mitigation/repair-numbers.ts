import type { ColumnCode, NumberCode } from '../encode/types.ts';
import type { Matrix } from '../outliers/types.ts';
import type { Grouping } from '../table.ts';

/**
 * Features without what numbers tell of the group: a value at quantile q of its group becomes the median over groups of their values
 * at q, and the features of the attribute itself become 0 (Feldman, Friedler, Moeller, Scheidegger and Venkatasubramanian 2015,
 * "Certifying and removing disparate impact", §5.2, repair level 1). Categories stay as they are.
 * @param rows the rows whose quantiles are taken; all rows are repaired by them
 */
export function repairNumbers(x: Matrix, columns: readonly ColumnCode[], grouping: Grouping, rows: Uint32Array): Matrix {
  const repaired = { ...x, values: x.values.slice() };
  for (const column of columns) {
    if (column.name === grouping.attribute) clear(repaired, column);
    else if (column.kind === 'number') repairColumn(repaired, column, grouping, rows);
  }
  return repaired;
}

function clear({ values, rows, columns }: Matrix, { offset, width }: ColumnCode): void {
  for (let row = 0; row < rows; row++) values.fill(0, row * columns + offset, row * columns + offset + width);
}

function repairColumn({ values, rows: all, columns }: Matrix, { offset, missingIndicator }: NumberCode, { codes, levels }: Grouping, rows: Uint32Array): void {
  const isMissing = (row: number): boolean => missingIndicator && values[row * columns + offset + 1] === 1;
  const known = rows.filter((row) => !isMissing(row));
  const sorted = levels.map((_, group) => Float64Array.from(known.filter((row) => codes[row] === group), (row) => values[row * columns + offset]!).sort());
  const present = sorted.filter((own) => own.length > 0);
  if (present.length < 2) return;
  const made = levels.map(() => new Map<number, number>());
  for (let row = 0; row < all; row++) {
    const group = codes[row]!, own = sorted[group]!, at = row * columns + offset, value = values[at]!;
    if (own.length === 0 || isMissing(row)) continue;
    let target = made[group]!.get(value);
    if (target === undefined) {
      target = medianAt(present, midRank(own, value));
      made[group]!.set(value, target);
    }
    values[at] = target;
  }
}

/** Share of the sorted values below `value`, ties counted half. */
function midRank(sorted: Float64Array, value: number): number {
  return (countBelow(sorted, value, false) + countBelow(sorted, value, true)) / (2 * sorted.length);
}

/** Values below `value`; or, with `inclusive`, at most as large. */
function countBelow(sorted: Float64Array, value: number, inclusive: boolean): number {
  let low = 0, high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < value || (inclusive && sorted[middle] === value)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Median over groups of the value at quantile q (nearest rank); the mean of the middle two when their number is even. */
function medianAt(groups: readonly Float64Array[], q: number): number {
  const values = Float64Array.from(groups, (sorted) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))]!).sort(), middle = values.length >> 1;
  return values.length % 2 === 1 ? values[middle]! : (values[middle - 1]! + values[middle]!) / 2;
}
