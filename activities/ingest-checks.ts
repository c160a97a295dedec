import type { NumberFacts } from '../models/encode/column-facts.ts';
import { findLevel, type LabelValues, MAXIMUM_CLASSES, understandValues } from '../models/encode/understand-label.ts';
import type { DataConfig } from './audit-config.ts';
import { ingestErrors } from './ingest-errors.ts';
import type { ShapedColumn } from './ingest-shape.ts';

/** Groups are compared in pairs, and each needs rows of its own. */
const MAXIMUM_GROUPS = 500;

/** @throws DataError when a column cannot play the part that the configuration gives it. */
export function checkColumn(file: string, column: ShapedColumn, data: DataConfig): void {
  const { name } = column.facts;
  if (data.protected.includes(name)) checkGroups(file, column, Object.hasOwn(data.bins, name) ? data.bins[name]! : null);
  if (data.weight === name) checkWeights(file, column);
}

/** @throws DataError when the score is none, or decides nothing by itself. */
export function checkScore(file: string, columns: readonly ShapedColumn[], data: DataConfig): void {
  if (data.score === null) return;
  const { facts } = columnOf(columns, data.score);
  if (facts.kind === 'category') throw ingestErrors.notNumbers(file, facts.name, 'data.score');
  if (data.threshold !== null || data.prediction !== null || isQuantity(columns, data)) return;
  if (facts.min < 0 || facts.max > 1) throw ingestErrors.threshold(file, facts.name, facts.min, facts.max);
}

/** @throws RangeError when there is no column of that name. */
export function columnOf(columns: readonly ShapedColumn[], name: string): ShapedColumn {
  const column = columns.find(({ facts }) => facts.name === name);
  if (column === undefined) throw new RangeError(`no column ${JSON.stringify(name)}`);
  return column;
}

/** The values of a column as a label has them. */
export function labelValues({ facts, levels }: ShapedColumn): LabelValues {
  if (levels !== null) {
    const values = [...levels].sort((x, y) => (x.text < y.text ? -1 : 1)), texts = values.map(({ text }) => text);
    return { values: facts.kind === 'number' ? levels : values, distinct: levels.length, find: (text) => findLevel(texts, text) };
  }
  if (facts.kind === 'number') {
    const { counts, watched } = facts, isFew = counts !== null && counts.size <= MAXIMUM_CLASSES;
    const values = isFew ? [...counts].sort(([a], [b]) => a - b).map(([value, count]) => ({ text: String(value), count })) : null;
    return { values, distinct: values?.length ?? 0, find: () => watched?.toString() };
  }
  // Texts without a dictionary: the first thousand stand for all.
  const { first, watched } = facts;
  return { values: first.map((text) => ({ text, count: 1 })), distinct: first.length, find: () => watched ?? undefined };
}

function checkGroups(file: string, { facts, kind, levels }: ShapedColumn, edges: readonly number[] | null): void {
  if (edges !== null && kind === 'category') throw ingestErrors.binsOfText(file, facts.name);
  const groups = facts.kind === 'category' && levels === null ? facts.first : kind === 'category' ? levels!.map(({ text }) => text) : numberGroups(facts as NumberFacts, edges);
  const all = facts.missing > 0 ? [...groups, '(missing)'] : groups;
  if (all.length > MAXIMUM_GROUPS) throw ingestErrors.manyGroups(file, facts.name, all.length, MAXIMUM_GROUPS, all);
  if (all.length < 2) throw ingestErrors.oneGroup(file, facts.name, all[0] ?? '(missing)');
}

/** Names of the groups of numbers; without edges two names stand for quartiles. */
function numberGroups({ counts, sorted }: NumberFacts, edges: readonly number[] | null): readonly string[] {
  if (edges === null) return counts === null || counts.size > 2 ? ['0', '1'] : [...counts.keys()].map(String);
  const groups = new Set<string>();
  let from = Number.NaN, to = Number.NaN;
  for (const chunk of counts === null ? sorted.chunks() : [Float64Array.from(counts.keys())]) {
    for (const value of chunk) {
      if (value >= from && value < to) continue;
      const above = edges.filter((edge) => edge <= value).length;
      from = edges[above - 1] ?? -Infinity;
      to = edges[above] ?? Infinity;
      groups.add(`[${edges[above - 1] ?? '-∞'}, ${edges[above] ?? '∞'})`);
    }
  }
  return [...groups];
}

function checkWeights(file: string, { facts }: ShapedColumn): void {
  if (facts.kind === 'category') throw ingestErrors.notNumbers(file, facts.name, 'data.weight');
  if (facts.firstNegative !== null) throw ingestErrors.negativeWeight(file, facts.name, facts.firstNegative.row, facts.firstNegative.value);
  if (!(facts.max > 0)) throw ingestErrors.noWeight(file, facts.name);
}

/** Whether the label is a number to predict, which needs no threshold. */
function isQuantity(columns: readonly ShapedColumn[], { label, positive }: DataConfig): boolean {
  return label !== null && understandValues(labelValues(columnOf(columns, label)), positive).kind === 'regression';
}
