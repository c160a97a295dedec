import { numberText, shortText } from '../outliers/value-text.ts';
import type { CategoryColumn, Column, NumberColumn } from '../table.ts';
import type { SliceCondition } from './types.ts';

/** A readable condition on one column. */
export interface Condition extends SliceCondition {
  readonly holds: (row: number) => boolean;
}

const MOST_LEVELS = 30;
const QUANTILES = [0.1, 0.25, 0.5, 0.75, 0.9];
/** When one value holds more than this share of the rows, the others get quantiles of their own (capital gains, mostly 0). */
const DOMINANT = 0.3;

function levelConditions({ codes, levels, name: rawName }: CategoryColumn, rows: Uint32Array): Condition[] {
  const counts = new Float64Array(levels.length), name = shortText(rawName);
  for (const row of rows) if (codes[row]! >= 0) counts[codes[row]!]!++;
  const frequent = Array.from(counts, (_, level) => level).filter((level) => counts[level]! > 0).sort((a, b) => counts[b]! - counts[a]! || a - b).slice(0, MOST_LEVELS);
  return [
    ...frequent.map((level): Condition => ({ column: rawName, text: `${name} = ${shortText(levels[level]!)}`, holds: (row) => codes[row] === level })),
    { column: rawName, text: `${name} is missing`, holds: (row) => codes[row]! < 0 },
  ];
}

/** Distinct values at the quantiles, and at those of the rest where one value dominates; ascending. The smallest value is no cut. */
function cutsOf(sorted: Float64Array): number[] {
  const n = sorted.length, at = (of: Float64Array): number[] => QUANTILES.map((q) => of[Math.floor(q * of.length)]!);
  const median = sorted[n >> 1]!, rest = sorted.filter((value) => value !== median);
  const cuts = n - rest.length > DOMINANT * n && rest.length > 0 ? [...at(sorted), rest[0]!, rest.find((value) => value > median) ?? rest[0]!, ...at(rest)] : at(sorted);
  return [...new Set(cuts)].filter((cut) => cut > sorted[0]!).sort((a, b) => a - b);
}

function rangeConditions({ values, name: rawName }: NumberColumn, rows: Uint32Array): Condition[] {
  const sorted = Float64Array.from(rows, (row) => values[row]!).filter((value) => !Number.isNaN(value)).sort(), name = shortText(rawName);
  const cuts = sorted.length === 0 ? [] : cutsOf(sorted);
  const conditions: Condition[] = [{ column: rawName, text: `${name} is missing`, holds: (row) => Number.isNaN(values[row]!) }];
  for (const [i, cut] of cuts.entries()) {
    conditions.push({ column: rawName, text: `${name} ≥ ${numberText(cut)}`, holds: (row) => values[row]! >= cut });
    conditions.push({ column: rawName, text: `${name} < ${numberText(cut)}`, holds: (row) => values[row]! < cut });
    const next = cuts[i + 1];
    if (next === undefined) continue;
    const first = sorted.findIndex((value) => value >= cut), single = sorted[sorted.findLastIndex((value) => value < next)] === sorted[first];
    conditions.push({ column: rawName, text: single ? `${name} = ${numberText(cut)}` : `${name} in [${numberText(cut)}, ${numberText(next)})`, holds: (row) => values[row]! >= cut && values[row]! < next });
  }
  return conditions;
}

/** Conditions on one column, cut where the discovery rows are: levels, ranges between quantiles, missing. */
export function conditionsOn(column: Column, rows: Uint32Array): Condition[] {
  return column.kind === 'category' ? levelConditions(column, rows) : rangeConditions(column, rows);
}
