import { applyRule, groupingRule, type GroupingRule } from '../models/fairness/groups.ts';
import type { Outcomes } from '../models/compare/paired-rates.ts';
import { columnOf, labelsOf } from './load-dataset.ts';
import type { ComparedSide } from './compare-side.ts';

const OUT = 255;

/** Rates whose rows can be told one by one. */
export const RATES = ['base_rate', 'selection_rate', 'true_positive_rate', 'false_positive_rate', 'accuracy', 'positive_predictive_value', 'negative_predictive_value'] as const;
export type Rate = (typeof RATES)[number];

/**
 * The outcome of every row under each rate the audit has; a reference classifier's decisions are fitted anew each time and are no outcome
 * of the data, so they count for comparisons of two audits but are watched by no e-process.
 */
export function outcomesOf(side: ComparedSide): ReadonlyMap<Rate, Outcomes> {
  const labels = labelsOf(side.dataset), decision = side.decisions?.decision ?? null, found = new Map<Rate, Outcomes>();
  const among = (label: 0 | 1): Outcomes => decision!.map((value, row) => (labels![row] === label ? value : OUT));
  if (labels !== null) found.set('base_rate', labels);
  if (decision !== null) found.set('selection_rate', decision);
  if (labels !== null && decision !== null) {
    found.set('true_positive_rate', among(1));
    found.set('false_positive_rate', among(0));
    found.set('accuracy', decision.map((value, row) => (value === OUT || labels[row] === OUT ? OUT : Number(value === labels[row]))));
    found.set('positive_predictive_value', labels.map((label, row) => (decision[row] === 1 ? label : OUT)));
    found.set('negative_predictive_value', labels.map((label, row) => (decision[row] !== 0 || label === OUT ? OUT : 1 - label)));
  }
  return found;
}

/** Group of every row of one protected attribute, by the rule given or one made from this side's values. */
export interface SideGroups {
  readonly rule: GroupingRule;
  readonly levels: readonly string[];
  readonly codes: Int32Array;
}

/** Null when the side has no such column. */
export function groupsOf(side: ComparedSide, attribute: string, rule?: GroupingRule): SideGroups | null {
  if (!side.dataset.table.columns.some(({ name }) => name === attribute)) return null;
  const column = columnOf(side.dataset.table, attribute), { bins } = side.config.data;
  const own = rule ?? groupingRule(column, Object.hasOwn(bins, attribute) ? bins[attribute] : undefined);
  if (own.kind === 'category' && column.kind !== 'category') return null;
  return { rule: own, ...applyRule(column, own) };
}

/** The outcomes of one group alone. */
export function within(outcomes: Outcomes, { levels, codes }: SideGroups, group: string): Outcomes {
  const code = levels.indexOf(group);
  return outcomes.map((value, row) => (codes[row] === code ? value : OUT));
}

/** Rows of each group that occurs. */
export function countGroups({ levels, codes }: SideGroups): ReadonlyMap<string, number> {
  const counts = new Float64Array(levels.length);
  for (const code of codes) counts[code]!++;
  return new Map(levels.flatMap((level, code) => (counts[code]! > 0 ? [[level, counts[code]!] as const] : [])));
}
