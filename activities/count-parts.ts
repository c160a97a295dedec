import { readTablePart } from '../infra/readers/table-part.ts';
import type { Store } from '../infra/store/store.ts';
import { markPositive } from '../models/encode/mark-positive.ts';
import { applyRule, type GroupingRule } from '../models/fairness/groups.ts';
import { mergeTallies } from '../models/fairness/merge-tallies.ts';
import { packCounts, unpackCounts, type PartCounts } from '../models/fairness/tally-bytes.ts';
import { countRows, type CountedRows, type RowsToCount, type Tally } from '../models/fairness/tally.ts';
import type { Column, Table } from '../models/table.ts';
import { artifactsOf, getArtifact, putArtifact, readManifest } from './artifacts.ts';
import { DataError } from './data-error.ts';
import { columnOf } from './load-dataset.ts';
import { readDecided } from './load-decisions.ts';
import type { ArtifactRef } from './types.ts';

/** Pairs of groups grow with the square: an attribute with more is refused, an intersection left out. */
export const MAXIMUM_GROUPS = 500;

/** What is counted of every part. */
export interface CountRequest {
  readonly ingest: ArtifactRef;
  readonly attributes: readonly { readonly name: string; readonly rule: GroupingRule }[];
  /** How many of the attributes, from the first, are protected: each may have at most 500 groups. */
  readonly judged: number;
  readonly label: { readonly column: string; readonly positive: string } | null;
  /** Stored decisions of the parts that are counted, one object each; empty: none. */
  readonly decisions: readonly ArtifactRef[];
  readonly weight: string | null;
  /** The column whose rows of one value are not independent. */
  readonly cluster: string | null;
}

/** Cluster codes of a part with names that are the same in every part; a row without a value is a cluster of its own. */
function clustersOf(column: Column, rowNumbers: Uint32Array): NonNullable<RowsToCount['clusters']> {
  const known = new Map<string, number>();
  const codes = Int32Array.from(rowNumbers, (number, row) => {
    const value = column.kind === 'number' ? column.values[row]! : column.codes[row]!, missing = column.kind === 'number' ? Number.isNaN(value) : value < 0;
    const name = missing ? `row ${number}` : `value ${column.kind === 'number' ? value : column.levels[value]!}`, place = known.get(name) ?? known.size;
    known.set(name, place);
    return place;
  });
  return { codes, names: [...known.keys()] };
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

function weightsOf(table: Table, name: string): Float64Array {
  const column = columnOf(table, name);
  if (column.kind === 'category') throw new RangeError(`the weight ${name} holds text`);
  return column.values;
}

/**
 * Counts parts first … last − 1 of the data, each by itself, and stores the counts of each as one small object: ranges can be counted
 * anywhere and in any order, and `mergeCounts` makes the same of them.
 */
export async function countRange(store: Store, { ingest, attributes, judged, label, decisions, weight, cluster }: CountRequest, first: number, last: number): Promise<ArtifactRef[]> {
  const parts = artifactsOf(await readManifest(store, ingest), 'table'), counted: ArtifactRef[] = [];
  for (let part = first; part < last; part++) {
    const { table, rowNumbers } = readTablePart(await getArtifact(store, parts[part]!)), decided = decisions[part - first];
    const counts = countRows({ rows: table.rows, groupings: attributes.map(({ name, rule }) => applyRule(columnOf(table, name), rule)),
      labels: label === null ? null : markPositive(columnOf(table, label.column), label.positive), decisions: decided === undefined ? null : await readDecided(store, decided),
      weights: weight === null ? null : weightsOf(table, weight), clusters: cluster === null ? null : clustersOf(columnOf(table, cluster), rowNumbers) });
    refuseTooMany(counts.tally, judged);
    counted.push(await putArtifact(store, packCounts({ part, ...counts }), table.rows));
  }
  return counted;
}

/** The counts of all parts, whatever the order in which they come: they are added up in the order of the data. judged: see CountRequest */
export async function mergeCounts(store: Store, refs: readonly ArtifactRef[], judged: number): Promise<CountedRows> {
  const parts: PartCounts[] = [];
  for (const ref of refs) parts.push(unpackCounts(await getArtifact(store, ref)));
  parts.sort((a, b) => a.part - b.part);
  const { tally, cellOfPart } = mergeTallies(parts.map((part) => part.tally));
  refuseTooMany(tally, judged);
  const cellOfRow = new Uint32Array(parts.reduce((sum, part) => sum + part.cellOfRow.length, 0));
  let row = 0;
  for (const [p, part] of parts.entries()) for (const cell of part.cellOfRow) cellOfRow[row++] = cellOfPart[p]![cell]!;
  return { tally, cellOfRow };
}
