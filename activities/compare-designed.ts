import { measuredEffect } from '../models/compare/effect.ts';
import type { RowMatch } from '../models/compare/match-rows.ts';
import { designedChange, designedGap, type DesignedGap, type SharedUnits } from '../models/compare/paired-design.ts';
import type { Effect } from '../models/compare/types.ts';
import type { Design } from '../models/fairness/influence.ts';
import type { Disparity } from '../models/fairness/types.ts';
import { PairedChanges, type Told } from './compare-changes.ts';
import { candidatesOf, METRICS, namedGap, PAIRED, SAME, scaleOf } from './compare-gaps.ts';
import { outcomesOf, scoreValuesOf, type Rate } from './compare-outcomes.ts';
import type { ComparedSide } from './compare-side.ts';
import { columnOf } from './load-dataset.ts';
import { designOf } from './row-design.ts';

const OUT = 255;
/** Rows of either outcome below which a rate's spread is not told from its rows. */
const LEAST_ROWS = 10;

/** [n] the text of each row's cluster, null where it has none; null without clusters. */
function clusterNames({ dataset, config: { data } }: ComparedSide): readonly (string | null)[] | null {
  const name = data.cluster ?? data.sequence;
  if (name === null) return null;
  const column = columnOf(dataset.table, name);
  return column.kind === 'number' ? Array.from(column.values, (value) => (Number.isNaN(value) ? null : String(value))) : Array.from(column.codes, (code) => (code < 0 ? null : column.levels[code]!));
}

/** A cluster is the same in both audits where it has the same name, a row without one where it is the same row. */
function sharedUnits(before: ComparedSide, after: ComparedSide, match: RowMatch): SharedUnits | null {
  const a = clusterNames(before), b = clusterNames(after), n = before.keys.length, m = after.keys.length;
  if ((a === null) !== (b === null)) return null;
  const units = new Map<string, number>(), partner = new Int32Array(m).fill(-1);
  let next = 0;
  match.second.forEach((row, k) => { partner[row] = match.first[k]!; });
  const unitOf = (name: string): number => {
    if (!units.has(name)) units.set(name, next++);
    return units.get(name)!;
  };
  const first = Int32Array.from({ length: n }, (_, row) => { const name = a?.[row] ?? null; return name === null ? next++ : unitOf(name); });
  const second = Int32Array.from({ length: m }, (_, row) => { const name = b?.[row] ?? null; return name !== null ? unitOf(name) : partner[row]! >= 0 && (a?.[partner[row]!] ?? null) === null ? first[partner[row]!]! : next++; });
  return { first, second, units: next };
}

interface DesignedSide {
  readonly side: ComparedSide;
  readonly design: Design;
  readonly outcomes: ReturnType<typeof outcomesOf>;
}

/** [n] a rate's outcomes as numbers; NaN for rows that do not count. Null where either group has too few rows of either outcome. */
function rateValues({ outcomes }: DesignedSide, rate: Rate, codes: Int32Array, [one, other]: readonly [number, number]): Float64Array | null {
  const found = outcomes.get(rate), counts = new Float64Array(4);
  if (found === undefined) return null;
  found.forEach((value, row) => { if (value !== OUT && (codes[row] === one || codes[row] === other)) counts[(codes[row] === one ? 0 : 2) + value]!++; });
  return counts.every((count) => count >= LEAST_ROWS) ? Float64Array.from(found, (value) => (value === OUT ? Number.NaN : value)) : null;
}

function gapOf(of: DesignedSide, told: Told, codes: Int32Array, pair: readonly [number, number]): DesignedGap | null {
  const make = (values: Float64Array | null): DesignedGap | null => (values === null ? null : designedGap(values, codes, of.design.weights, pair));
  if ('score' in told) return make(scoreValuesOf(of.side, told.score));
  if ('rate' in told) return told.complement === true ? null : make(rateValues(of, told.rate, codes, pair));
  if (told.of !== 'average_odds') return null;
  const one = make(rateValues(of, 'true_positive_rate', codes, pair)), other = make(rateValues(of, 'false_positive_rate', codes, pair));
  return one === null || other === null ? null : { value: (one.value + other.value) / 2, influence: one.influence.map((u, row) => (u + other.influence[row]!) / 2), counts: one.counts.map((each, row) => each | other.counts[row]!) };
}

/**
 * Changes of gaps in rates and means of weighted or clustered rows, linearised over the units of both audits.
 * @returns null for audits of rows that stand alone; by disparity null for any other metric, and where what the rows tell is not what the audit says
 */
export function designedGaps(before: ComparedSide, after: ComparedSide, match: RowMatch): ((gap: Disparity, level: number) => Effect | null) | null {
  const [was, is] = [before, after].map((side): DesignedSide | null => { const design = designOf(side.dataset, side.config.data); return design === null ? null : { side, design, outcomes: outcomesOf(side) }; });
  const units = was === null || is === null ? null : sharedUnits(before, after, match), changes = new PairedChanges(before, after, match);
  if (was === null || was === undefined || is === null || is === undefined || units === null) return null;
  return (gap, level) => {
    const metric = METRICS.get(gap.metric), both = changes.groups(gap.attribute), [one = -1, other = -1] = gap.groups.map((group) => both?.levels.indexOf(group) ?? -1);
    if (metric === undefined || metric.ratio || both === null || gap.groups.length !== 2 || Math.min(one, other) < 0 || gap.value === null) return null;
    const first = gapOf(was, metric.told, both.first, [one, other]), second = gapOf(is, metric.told, both.second, [one, other]);
    const change = first === null || second === null || Math.abs(first.value - gap.value) > SAME ? null : designedChange(first, second, units, level, candidatesOf(both.levels.length, gap.metric));
    return change === null ? null : measuredEffect({ kind: 'disparity', subject: gap.attribute, measure: gap.metric, ...change, ...scaleOf(gap.metric), what: namedGap(before, gap, false), note: PAIRED });
  };
}
