import type { CategoryColumn, Column, Grouping, NumberColumn } from '../table.ts';

export const MISSING_GROUP = '(missing)';
const MAXIMUM_DISTINCT = 10;

/** `*` joins the parts of an intersection's name, so `*` and `\` inside a part are escaped with `\`. */
export function escapeName(name: string): string {
  return name.replaceAll(/[\\*]/g, (character) => `\\${character}`);
}

/** Keeps the levels that occur, in their order, and numbers them anew; a code that names no level becomes `(missing)`. */
function compact(attribute: string, levels: readonly string[], codes: Int32Array): Grouping {
  const names = [...levels];
  let missing = names.indexOf(MISSING_GROUP);
  if (missing < 0) missing = names.push(MISSING_GROUP) - 1;
  const seen = new Uint8Array(names.length);
  const settled = codes.map((code) => (code < 0 || code >= levels.length ? missing : code));
  for (const code of settled) seen[code] = 1;
  const position = new Int32Array(names.length);
  const kept: string[] = [];
  for (let i = 0; i < names.length; i++) if (seen[i] === 1) position[i] = kept.push(names[i]!) - 1;
  return { attribute, levels: kept, codes: settled.map((code) => position[code]!) };
}

function groupCategories(column: CategoryColumn): Grouping {
  return compact(column.name, column.levels, column.codes);
}

/** Each distinct value its own group, ascending. */
function groupValues(column: NumberColumn, distinct: readonly number[]): Grouping {
  const code = new Map(distinct.map((value, i) => [value, i]));
  const codes = Int32Array.from(column.values, (value) => code.get(value) ?? -1);
  return compact(column.name, distinct.map(String), codes);
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
  return compact(column.name, levels, Int32Array.from(column.values, bin));
}

/** Values at the quarters of the sorted sample (nearest rank), without repeats. */
function quartiles(sorted: Float64Array): number[] {
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
  return [...new Set([sorted[0]!, at(0.25), at(0.5), at(0.75), sorted.at(-1)!])];
}

/**
 * The group of every row for one protected column. A category is its own group; a number is binned by `edges`, or without them
 * each of at most 10 distinct values is a group and more are cut at their quartiles, named like `[25, 45)`. Missing values form
 * the group `(missing)`. Only groups that occur are listed.
 * @throws RangeError when edges are fewer than two or do not increase
 */
export function groupBy(column: Column, edges?: readonly number[]): Grouping {
  if (column.kind === 'category') return groupCategories(column);
  if (edges !== undefined) {
    if (edges.length < 2 || edges.some((edge, i) => i > 0 && !(edge > edges[i - 1]!))) {
      throw new RangeError(`bins of ${column.name} must be at least two increasing edges, not [${edges.join(', ')}]`);
    }
    return groupBins(column, edges);
  }
  const sorted = column.values.filter((value) => !Number.isNaN(value)).sort();
  const distinct = [...new Set(sorted)];
  return distinct.length <= MAXIMUM_DISTINCT ? groupValues(column, distinct) : groupBins(column, quartiles(sorted));
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
