import { distinctNumbers } from '../models/encode/distinct-numbers.ts';
import { understandLabel } from '../models/encode/understand-label.ts';
import type { Column, Table } from '../models/table.ts';
import type { DataConfig } from './audit-config.ts';
import { ingestErrors } from './ingest-errors.ts';
import { columnOf } from './load-dataset.ts';

/** Groups are compared in pairs, and each needs rows of its own. */
const MAXIMUM_GROUPS = 500;

/** @throws DataError when a column cannot play the part that the configuration gives it. column: of the usable rows. */
export function checkColumn(file: string, column: Column, rowNumbers: Uint32Array, data: DataConfig): void {
  if (data.protected.includes(column.name)) checkGroups(file, column, Object.hasOwn(data.bins, column.name) ? data.bins[column.name]! : null);
  if (data.weight === column.name) checkWeights(file, column, rowNumbers);
}

/** @throws DataError when the score is none, or decides nothing by itself. table: label and score of the usable rows, if there are. */
export function checkScore(file: string, table: Table, data: DataConfig): void {
  if (data.score !== null) checkScores(file, columnOf(table, data.score), data, isQuantity(table, data));
}

function checkGroups(file: string, column: Column, edges: readonly number[] | null): void {
  if (edges !== null && column.kind === 'category') throw ingestErrors.binsOfText(file, column.name);
  const groups = new Set<string>();
  if (column.kind === 'category') {
    for (const code of column.codes) groups.add(code < 0 ? '(missing)' : column.levels[code]!);
  } else if (edges === null) {
    for (const value of distinctNumbers(column.values, 2) ?? [0, 1]) groups.add(String(value));
    if (column.values.some(Number.isNaN)) groups.add('(missing)');
  } else {
    for (const value of column.values) groups.add(Number.isNaN(value) ? '(missing)' : binOf(value, edges));
  }
  if (groups.size > MAXIMUM_GROUPS) throw ingestErrors.manyGroups(file, column.name, groups.size, MAXIMUM_GROUPS, [...groups]);
  if (groups.size < 2) throw ingestErrors.oneGroup(file, column.name, [...groups][0] ?? '(missing)');
}

function binOf(value: number, edges: readonly number[]): string {
  const above = edges.filter((edge) => edge <= value).length;
  return `[${edges[above - 1] ?? '-∞'}, ${edges[above] ?? '∞'})`;
}

function checkWeights(file: string, column: Column, rowNumbers: Uint32Array): void {
  if (column.kind === 'category') throw ingestErrors.notNumbers(file, column.name, 'data.weight');
  const negative = column.values.findIndex((value) => value < 0);
  if (negative >= 0) throw ingestErrors.negativeWeight(file, column.name, rowNumbers[negative]!, column.values[negative]!);
  if (!column.values.some((value) => value > 0)) throw ingestErrors.noWeight(file, column.name);
}

/** Whether the label is a number to predict, which needs no threshold. */
function isQuantity(table: Table, { label, positive }: DataConfig): boolean {
  return label !== null && understandLabel(columnOf(table, label), positive).kind === 'regression';
}

function checkScores(file: string, column: Column, data: DataConfig, quantity: boolean): void {
  if (column.kind === 'category') throw ingestErrors.notNumbers(file, column.name, 'data.score');
  if (data.threshold !== null || data.prediction !== null || quantity) return;
  let min = Infinity, max = -Infinity;
  for (const value of column.values) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  if (min < 0 || max > 1) throw ingestErrors.threshold(file, column.name, min, max);
}
