import { markPositive } from '../models/encode/mark-positive.ts';
import type { ClassCounts } from '../models/fairness/class-metrics.ts';
import type { Design } from '../models/fairness/influence.ts';
import { recount } from '../models/fairness/recount.ts';
import type { CountedRows } from '../models/fairness/tally.ts';
import type { Column } from '../models/table.ts';
import type { DataConfig } from './audit-config.ts';
import { columnOf, type Dataset } from './load-dataset.ts';

/** More classes than these are left out, and said so. */
const MAXIMUM_CLASSES = 20;

/** Values that occur, as text; null when there are more than `most`. */
function valuesOf(column: Column, most: number): string[] | null {
  const seen = new Set<number>();
  for (const value of column.kind === 'number' ? column.values : column.codes) {
    if (Number.isNaN(value) || (column.kind === 'category' && value < 0)) continue;
    if (seen.add(value).size > most) return null;
  }
  return column.kind === 'number' ? [...seen].sort((a, b) => a - b).map(String) : column.levels.filter((_, code) => seen.has(code));
}

/** Counts of each class of a label that has several, against the others; with decisions where the predictions name classes. */
export function classCounts(dataset: Dataset, config: DataConfig, { tally, cellOfRow }: CountedRows, design: Design | null): { readonly classes: ClassCounts[]; readonly notes: readonly string[] } {
  const { label } = dataset.profile;
  if (label === null) return { classes: [], notes: [] };
  const column = columnOf(dataset.table, label.column), values = valuesOf(column, MAXIMUM_CLASSES);
  if (values === null) return { classes: [], notes: [`${label.column} has more than ${MAXIMUM_CLASSES} classes: only ${label.positive} is audited, against all others`] };
  if (values.length <= 2) return { classes: [], notes: [] };
  const prediction = config.prediction === null ? null : columnOf(dataset.table, config.prediction);
  const predicted = prediction === null ? [] : values.filter((value) => markPositive(prediction, value).includes(1));
  const classes = values.map((name) => {
    const decisions = prediction !== null && predicted.length >= 2 ? markPositive(prediction, name) : null;
    return { name, hasDecision: decisions !== null, tally: recount(tally, cellOfRow, { labels: markPositive(column, name), decisions, design }) };
  });
  return { classes, notes: [`${label.column} has ${values.length} classes: ${label.positive} against all others decides the verdict; classes holds each against the others`] };
}
