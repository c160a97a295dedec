import type { Grouping } from '../table.ts';

const MISSING = 255;

/** Outcomes of a row: 3·label + decision, either 0, 1 or 2 where it is missing. */
export const OUTCOMES = 9;

/** A dense table of cells up to this size; a map beyond. */
const DENSE_KEYS = 1 << 20;

/** Rows of one part with what they are counted by. */
export interface RowsToCount {
  readonly rows: number;
  /** Attributes that are crossed; their codes name every row's level, `levels` may hold some that do not occur. */
  readonly groupings: readonly Grouping[];
  /** [rows] 1 positive, 0 not, 255 missing; null without a label */
  readonly labels: Uint8Array | null;
  /** [rows] the same for decisions */
  readonly decisions: Uint8Array | null;
  /** [rows] not negative; a row of weight 0 stands for nobody and is not counted. null: all 1 */
  readonly weights: Float64Array | null;
  /** Rows of one cluster share a code; null: each row stands alone. */
  readonly clusters: { readonly codes: Int32Array; readonly names: readonly string[] } | null;
}

/** Weights of each cluster by outcome, where there are any. */
export interface UnitCounts {
  readonly names: readonly string[];
  /** One entry for each cluster and outcome that occur together; ascending by cluster, then outcome. */
  readonly unit: Int32Array;
  /** cell · 9 + outcome */
  readonly outcome: Int32Array;
  readonly weight: Float64Array;
  readonly rows: Float64Array;
}

/**
 * Counts by all attributes at once: every rate, gap and interval of every attribute and intersection is made from these. Tallies of
 * parts add up (`mergeTallies`), so parts can be counted anywhere and in any order.
 */
export interface Tally {
  readonly attributes: readonly { readonly name: string; readonly levels: readonly string[] }[];
  /** [cells, attributes] the level of each attribute in each cell that occurs */
  readonly places: Int32Array;
  readonly cells: number;
  /** [cells · 9] rows by outcome */
  readonly rows: Float64Array;
  /** [cells · 9] sums of weights, and of their squares; null without weights */
  readonly weights: Float64Array | null;
  readonly squares: Float64Array | null;
  /** null without clusters */
  readonly units: UnitCounts | null;
}

export interface CountedRows {
  readonly tally: Tally;
  /** [rows] the cell of each row */
  readonly cellOfRow: Uint32Array;
}

interface Cells { readonly cellOfRow: Uint32Array; readonly places: Int32Array; readonly cells: number }

/** Numbers the combinations of levels that occur, in order of appearance. */
function findCells(rows: number, groupings: readonly Grouping[]): Cells {
  const size = groupings.reduce((product, { levels }) => product * levels.length, 1);
  const dense = size <= DENSE_KEYS ? new Int32Array(size) : null, sparse = new Map<number, number>();
  const cellOfRow = new Uint32Array(rows), first: number[] = [];
  for (let row = 0; row < rows; row++) {
    let key = 0;
    for (let a = 0; a < groupings.length; a++) key = key * groupings[a]!.levels.length + groupings[a]!.codes[row]!;
    let cell = dense === null ? sparse.get(key) ?? 0 : dense[key]!;
    if (cell === 0) {
      cell = first.push(row);
      if (dense === null) sparse.set(key, cell); else dense[key] = cell;
    }
    cellOfRow[row] = cell - 1;
  }
  const places = new Int32Array(first.length * groupings.length);
  first.forEach((row, cell) => groupings.forEach(({ codes }, a) => { places[cell * groupings.length + a] = codes[row]!; }));
  return { cellOfRow, places, cells: first.length };
}

function countUnits({ rows, weights, clusters }: RowsToCount, outcomes: Uint32Array, cells: number): UnitCounts | null {
  if (clusters === null) return null;
  const width = cells * OUTCOMES, entry = new Map<number, number>(), keys: number[] = [], weight: number[] = [], count: number[] = [];
  for (let row = 0; row < rows; row++) {
    if (weights !== null && weights[row] === 0) continue;
    const key = clusters.codes[row]! * width + outcomes[row]!;
    let at = entry.get(key);
    if (at === undefined) {
      at = keys.push(key) - 1;
      weight.push(0);
      count.push(0);
      entry.set(key, at);
    }
    weight[at]! += weights === null ? 1 : weights[row]!;
    count[at]!++;
  }
  const order = keys.map((_, i) => i).sort((a, b) => keys[a]! - keys[b]!);
  return { names: clusters.names, unit: Int32Array.from(order, (i) => Math.floor(keys[i]! / width)), outcome: Int32Array.from(order, (i) => keys[i]! % width),
    weight: Float64Array.from(order, (i) => weight[i]!), rows: Float64Array.from(order, (i) => count[i]!) };
}

/** The one pass over the rows of a part. */
export function countRows(part: RowsToCount): CountedRows {
  const { labels, decisions, weights, groupings } = part;
  const { cellOfRow, places, cells } = findCells(part.rows, groupings);
  const rows = new Float64Array(cells * OUTCOMES);
  const sums = weights === null ? null : new Float64Array(rows.length), squares = weights === null ? null : new Float64Array(rows.length);
  const outcomes = part.clusters === null ? null : new Uint32Array(part.rows);
  for (let row = 0; row < part.rows; row++) {
    const label = labels === null ? MISSING : labels[row]!, decision = decisions === null ? MISSING : decisions[row]!;
    const outcome = cellOfRow[row]! * OUTCOMES + 3 * (label === MISSING ? 2 : label) + (decision === MISSING ? 2 : decision);
    if (outcomes !== null) outcomes[row] = outcome;
    const weight = weights === null ? 1 : weights[row]!;
    if (weight === 0) continue;
    rows[outcome]!++;
    if (sums !== null) sums[outcome]! += weight;
    if (squares !== null) squares[outcome]! += weight * weight;
  }
  const attributes = groupings.map(({ attribute, levels }) => ({ name: attribute, levels }));
  return { cellOfRow, tally: { attributes, places, cells, rows, weights: sums, squares, units: outcomes === null ? null : countUnits(part, outcomes, cells) } };
}

/** Whether rows are weighted or clustered, so that they do not count as independent and equal. */
export function hasDesign({ weights, units }: Tally): boolean {
  return weights !== null || units !== null;
}
