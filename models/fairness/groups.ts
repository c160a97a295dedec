import type { Column, Grouping, NumberColumn } from '../table.ts';
import { shortName } from './short-name.ts';

export const MISSING_GROUP = '(missing)';
const MAXIMUM_DISTINCT = 10;

/** `*` joins the parts of an intersection's name, so `*` and `\` inside a part are escaped with `\`. */
export function escapeName(name: string): string {
  return name.replaceAll(/[\\*]/g, (character) => `\\${character}`);
}

/** How a column's values become groups: settled once, from all rows, and applied part by part. */
export type GroupingRule =
  | { readonly kind: 'category' }
  /** Each value its own group, ascending. */
  | { readonly kind: 'values'; readonly distinct: readonly number[] }
  | { readonly kind: 'bins'; readonly edges: readonly number[] };

/** Codes into `levels`, with everything else the level `(missing)` at the end. */
function withMissing(attribute: string, levels: readonly string[], codes: Int32Array): Grouping {
  const known = levels.indexOf(MISSING_GROUP), missing = known < 0 ? levels.length : known;
  return { attribute, levels: known < 0 ? [...levels, MISSING_GROUP] : levels, codes: codes.map((code) => (code < 0 || code >= levels.length ? missing : code)) };
}

/** Keeps the levels that occur, in their order, and numbers them anew. */
function compact({ attribute, levels, codes }: Grouping): Grouping {
  const seen = new Uint8Array(levels.length);
  for (const code of codes) seen[code] = 1;
  const position = new Int32Array(levels.length), kept: string[] = [];
  for (let i = 0; i < levels.length; i++) if (seen[i] === 1) position[i] = kept.push(levels[i]!) - 1;
  return { attribute, levels: kept, codes: codes.map((code) => position[code]!) };
}

/** edges: increasing, at least 2. Half-open bins, the last closed; values outside get a group of their own at either end. */
function groupBins(column: NumberColumn, edges: readonly number[]): Grouping {
  const bins = edges.length - 1, first = edges[0]!, last = edges[bins]!;
  const levels = [`< ${first}`];
  for (let i = 0; i < bins; i++) levels.push(`[${edges[i]}, ${edges[i + 1]}${i === bins - 1 ? ']' : ')'}`);
  levels.push(`> ${last}`);
  const bin = (value: number): number => {
    if (Number.isNaN(value)) return -1;
    if (value < first) return 0;
    if (value > last) return bins + 1;
    let i = bins - 1;
    while (i > 0 && value < edges[i]!) i--;
    return i + 1;
  };
  return withMissing(column.name, levels, Int32Array.from(column.values, bin));
}

/** The group of every row of a part; `levels` holds all that the rule knows, whether they occur or not. */
export function applyRule(column: Column, rule: GroupingRule): Grouping {
  if (column.kind === 'category') return withMissing(column.name, column.levels.map(shortName), column.codes);
  if (rule.kind === 'bins') return groupBins(column, rule.edges);
  const code = new Map((rule.kind === 'values' ? rule.distinct : []).map((value, i) => [value, i]));
  return withMissing(column.name, [...code.keys()].map(String), Int32Array.from(column.values, (value) => code.get(value) ?? -1));
}

/** Values at the quarters of the sorted sample (nearest rank), without repeats. */
function quartiles(sorted: Float64Array): number[] {
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
  return [...new Set([sorted[0]!, at(0.25), at(0.5), at(0.75), sorted.at(-1)!])];
}

/**
 * A category is its own group; a number is binned by `edges`, or without them each of at most 10 distinct values is a group and more are
 * cut at their quartiles, named like `[25, 45)`.
 * @param column all rows
 * @throws RangeError when edges are fewer than two or do not increase
 */
export function groupingRule(column: Column, edges?: readonly number[]): GroupingRule {
  if (column.kind === 'category') return { kind: 'category' };
  if (edges !== undefined) {
    if (edges.length < 2 || edges.some((edge, i) => i > 0 && !(edge > edges[i - 1]!))) {
      throw new RangeError(`bins of ${column.name} must be at least two increasing edges, not [${edges.join(', ')}]`);
    }
    return { kind: 'bins', edges };
  }
  const sorted = column.values.filter((value) => !Number.isNaN(value)).sort();
  const distinct = new Set<number>();
  for (const value of sorted) if (distinct.add(value).size > MAXIMUM_DISTINCT) return { kind: 'bins', edges: quartiles(sorted) };
  return { kind: 'values', distinct: [...distinct] };
}

/** The group of every row for one protected column, by `groupingRule`. Missing values form the group `(missing)`; only groups that occur are listed. */
export function groupBy(column: Column, edges?: readonly number[]): Grouping {
  return compact(applyRule(column, groupingRule(column, edges)));
}

/** Combinations that occur, in the order of the first grouping's levels, then the second's …; named `Female*Black`. */
export function intersect(groupings: readonly Grouping[]): Grouping {
  const [only] = groupings;
  if (only === undefined) throw new RangeError('an intersection needs at least one grouping');
  const join = (names: readonly string[]): string => names.map(escapeName).join('*');
  const rows = only.codes.length;
  const combined = new Float64Array(rows);
  for (const { codes, levels } of groupings) {
    for (let row = 0; row < rows; row++) combined[row] = combined[row]! * levels.length + codes[row]!;
  }
  const occurring = [...new Set(combined)].sort((a, b) => a - b);
  const code = new Map(occurring.map((cell, i) => [cell, i]));
  const nameOf = (cell: number): string => {
    const names: string[] = [];
    let rest = cell;
    for (const { levels } of groupings.toReversed()) {
      names.unshift(levels[rest % levels.length]!);
      rest = Math.floor(rest / levels.length);
    }
    return join(names);
  };
  return { attribute: join(groupings.map(({ attribute }) => attribute)), levels: occurring.map(nameOf),
    codes: Int32Array.from(combined, (cell) => code.get(cell)!) };
}
