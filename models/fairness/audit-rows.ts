import type { FairnessAudit } from './audit-fairness.ts';
import type { Design } from './influence.ts';
import { mergeTallies } from './merge-tallies.ts';
import { countRows } from './tally.ts';
import type { Grouping } from '../table.ts';

/** An audit as its rows tell it, all in memory. What is left out has the values that an audit's configuration has by default. */
export interface RowAudit extends Partial<Omit<FairnessAudit, 'tally' | 'groupings' | 'strata' | 'scored' | 'features' | 'decisions' | 'hasLabel'>> {
  /** Protected attributes; crossed up to `intersections` at a time (2). */
  readonly groupings: readonly Grouping[];
  /** Reference group by attribute or intersection (`sex*race`); the largest otherwise. */
  readonly references?: Readonly<Record<string, string>>;
  readonly intersections?: number;
  readonly strata?: readonly Grouping[];
  readonly labels: Uint8Array | null;
  readonly decisions: { readonly source: 'prediction' | 'score' | 'reference'; readonly description: string; readonly decision: Uint8Array } | null;
  readonly scores?: Float64Array | null;
  readonly scoreRange?: readonly [number, number];
  readonly quantity?: Float64Array | null;
  readonly design?: Design | null;
  readonly features?: { readonly values: Float32Array; readonly rows: number; readonly columns: number } | null;
}

/** Positions of every `size` of `count` things, in order. */
export function combinations(count: number, size: number, from = 0): number[][] {
  if (size === 0) return [[]];
  return Array.from({ length: count - from }, (_, i) => from + i).flatMap((first) => combinations(count, size - 1, first + 1).map((rest) => [first, ...rest]));
}

/** Counts the rows of an audit; `auditFairness` does the rest. */
export function fromRows({ groupings, references = {}, intersections = 2, strata = [], labels, decisions, scores = null, scoreRange = [0, 1], quantity = null, design = null, features = null, ...rest }: RowAudit): FairnessAudit {
  const rows = groupings[0]?.codes.length ?? labels?.length ?? 0;
  const clusters = design?.clusters ?? null;
  const counted = countRows({ rows, groupings: [...groupings, ...strata], labels, decisions: decisions?.decision ?? null, weights: design?.weights ?? null,
    clusters: clusters === null ? null : { codes: clusters, names: Array.from({ length: clusters.reduce((most, code) => Math.max(most, code), -1) + 1 }, (_, c) => String(c)) } });
  const { tally, cellOfPart } = mergeTallies([counted.tally]);
  const cellOfRow = counted.cellOfRow.map((cell) => cellOfPart[0]![cell]!);
  return { tally, strata: strata.map((_, i) => groupings.length + i), hasLabel: labels !== null, decisions, population: `all ${rows} rows given`, headline: [], notes: [], rows,
    groupings: Array.from({ length: intersections }, (_, i) => combinations(groupings.length, i + 1)).flat()
      .map((attributes) => ({ attributes, reference: references[attributes.map((a) => groupings[a]!.attribute).join('*')] ?? null })),
    scored: scores === null ? null : { cellOfRow, scores, scoreRange, labels, quantity, design },
    features: features === null || decisions === null ? null : { x: features, decisions: decisions.decision },
    settings: { level: 0.95, tolerance: { default: 0.05 }, ratio: 0.8, minimum: 30, seed: 0 }, ...rest };
}
