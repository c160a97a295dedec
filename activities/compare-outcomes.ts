import { applyRule, escapeName, groupingRule, intersect, type GroupingRule } from '../models/fairness/groups.ts';
import { rankRows, type ScoredRows } from '../models/fairness/auroc-by-group.ts';
import type { Outcomes } from '../models/compare/paired-rates.ts';
import { columnOf, labelsOf } from './load-dataset.ts';
import type { ComparedSide } from './compare-side.ts';

const OUT = 255;

/** Rates whose rows can be told one by one. */
export type Rate = 'base_rate' | 'selection_rate' | 'true_positive_rate' | 'false_positive_rate' | 'accuracy' | 'positive_predictive_value' | 'negative_predictive_value';

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

/** Groups of the rows of both sides, numbered alike. */
export interface GroupsOfBoth {
  /** As fairness.json names them. */
  readonly levels: readonly string[];
  readonly first: Int32Array;
  readonly second: Int32Array;
}

function numberedAlike(one: Pick<SideGroups, 'levels' | 'codes'>, other: Pick<SideGroups, 'levels' | 'codes'>, nameOf: (level: string) => string): GroupsOfBoth {
  const codes = new Map(one.levels.map((level, code) => [level, code]));
  for (const level of other.levels) if (!codes.has(level)) codes.set(level, codes.size);
  const own = other.levels.map((level) => codes.get(level)!);
  return { levels: [...codes.keys()].map(nameOf), first: one.codes, second: other.codes.map((code) => own[code]!) };
}

/** The groups of both sides by the first one's rules, of one protected attribute or of an intersection as fairness.json names it. Null when a side lacks a column. */
export function groupsOfBoth(before: ComparedSide, after: ComparedSide, attribute: string): GroupsOfBoth | null {
  const names = before.config.data.protected.includes(attribute) ? [attribute] : attribute.split(/(?<!\\)\*/).map((name) => name.replaceAll(/\\([\\*])/g, '$1'));
  const both = names.map((name) => {
    const groups = groupsOf(before, name), others = groups === null ? null : groupsOf(after, name, groups.rule);
    return groups === null || others === null ? null : [{ attribute: name, ...groups }, { attribute: name, ...others }] as const;
  });
  if (both.includes(null)) return null;
  const sides = [0, 1].map((side) => both.map((pair) => pair![side]!));
  return names.length === 1 ? numberedAlike(both[0]![0], both[0]![1], escapeName) : numberedAlike(intersect(sides[0]!), intersect(sides[1]!), (level) => level);
}

export type ScoreValue = 'score' | 'brier' | 'calibration_in_the_large';

/** [n] what the score of every row gives: itself, its squared error, and what the label is above it; NaN for rows that do not count. */
export function scoreValuesOf({ decisions, dataset }: ComparedSide, value: ScoreValue): Float64Array | null {
  const score = decisions?.score ?? null, labels = labelsOf(dataset);
  if (score === null || value === 'score') return score;
  if (labels === null) return null;
  const excess = score.map((each, row) => (labels[row] === OUT ? Number.NaN : labels[row]! - each));
  return value === 'brier' ? excess.map((each) => each ** 2) : excess;
}

/** Rows with a score and a label by ascending score; null without either. */
export function scoredRowsOf({ decisions, dataset }: ComparedSide): Omit<ScoredRows, 'codes' | 'groups'> | null {
  const scores = decisions?.score ?? null, labels = labelsOf(dataset);
  return scores === null || labels === null ? null : { scores, labels, ranked: rankRows(scores, labels) };
}

/** The outcomes of one group alone. */
export function within(outcomes: Outcomes, codes: Int32Array, group: number): Outcomes {
  return outcomes.map((value, row) => (codes[row] === group ? value : OUT));
}

/** The values of one group alone. */
export function withinValues(values: Float64Array, codes: Int32Array, group: number): Float64Array {
  return values.map((value, row) => (codes[row] === group ? value : Number.NaN));
}

/** Rows of each group that occurs. */
export function countGroups({ levels, codes }: SideGroups): ReadonlyMap<string, number> {
  const counts = new Float64Array(levels.length);
  for (const code of codes) counts[code]!++;
  return new Map(levels.flatMap((level, code) => (counts[code]! > 0 ? [[level, counts[code]!] as const] : [])));
}
