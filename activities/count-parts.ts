import type { Store } from '../infra/store/store.ts';
import { applyRule, type GroupingRule } from '../models/fairness/groups.ts';
import type { Design } from '../models/fairness/influence.ts';
import { mergeTallies } from '../models/fairness/merge-tallies.ts';
import { countRows, type CountedRows, type RowsToCount, type Tally } from '../models/fairness/tally.ts';
import { DataError } from './data-error.ts';
import { datasetParts } from './dataset-parts.ts';
import { columnOf } from './load-dataset.ts';
import type { ArtifactRef } from './types.ts';

/** Pairs of groups grow with the square: an attribute with more is refused, an intersection left out. */
export const MAXIMUM_GROUPS = 500;

/** What is counted, of all rows in the order of the parts. */
export interface RowsByPart {
  readonly attributes: readonly { readonly name: string; readonly rule: GroupingRule }[];
  readonly labels: Uint8Array | null;
  readonly decisions: Uint8Array | null;
  readonly design: Design | null;
}

/** Cluster codes of a part, numbered anew, with names that are the same in every part. */
function clustersOf(codes: Int32Array): NonNullable<RowsToCount['clusters']> {
  const known = new Map<number, number>();
  const own = codes.map((code) => {
    const place = known.get(code) ?? known.size;
    known.set(code, place);
    return place;
  });
  return { codes: own, names: [...known.keys()].map(String) };
}

/** Names of the levels of one attribute that occur in a tally. */
export function occurringLevels({ attributes, places, cells }: Tally, attribute: number): readonly string[] {
  const seen = new Set<number>();
  for (let cell = 0; cell < cells; cell++) seen.add(places[cell * attributes.length + attribute]!);
  return attributes[attribute]!.levels.filter((_, level) => seen.has(level));
}

function refuseTooMany(tally: Tally, judged: number): void {
  for (let a = 0; a < judged; a++) {
    const count = occurringLevels(tally, a).length;
    if (count <= MAXIMUM_GROUPS) continue;
    throw new DataError('too-many-groups', `the protected attribute ${JSON.stringify(tally.attributes[a]!.name)} has ${count} groups or more, more than ${MAXIMUM_GROUPS}; `
      + 'is it an identifier? give it bins (data.bins) or name a coarser column');
  }
}

/**
 * One pass of counting over the stored parts, merged.
 * @param judged how many of the attributes, from the first, are protected: each may have at most 500 groups
 */
export async function countParts(store: Store, ingest: ArtifactRef, { attributes, labels, decisions, design }: RowsByPart, judged: number): Promise<CountedRows> {
  const tallies: Tally[] = [], cells: Uint32Array[] = [];
  let offset = 0;
  for await (const { table } of datasetParts(store, ingest)) {
    const from = offset, to = offset += table.rows;
    const { tally, cellOfRow } = countRows({ rows: table.rows, groupings: attributes.map(({ name, rule }) => applyRule(columnOf(table, name), rule)),
      labels: labels?.subarray(from, to) ?? null, decisions: decisions?.subarray(from, to) ?? null, weights: design?.weights?.subarray(from, to) ?? null,
      clusters: design === null || design.clusters === null ? null : clustersOf(design.clusters.subarray(from, to)) });
    refuseTooMany(tally, judged);
    tallies.push(tally);
    cells.push(cellOfRow);
  }
  const { tally, cellOfPart } = mergeTallies(tallies), cellOfRow = new Uint32Array(offset);
  refuseTooMany(tally, judged);
  let row = 0;
  for (const [p, part] of cells.entries()) for (const cell of part) cellOfRow[row++] = cellOfPart[p]![cell]!;
  return { tally, cellOfRow };
}
