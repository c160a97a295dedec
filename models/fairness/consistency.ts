import type { RandomStream } from '../engine/random.ts';
import type { Matrix } from '../outliers/types.ts';
import { sparseRows, type SparseRows } from '../reference/sparse-rows.ts';
import { normalCritical } from '../stats/normal.ts';
import type { IndividualMetric } from './types.ts';

const NEIGHBOURS = 5;
const MAXIMUM_ASKED = 1_000;
/** Multiplications that the search may take. */
const BUDGET = 6e8;

/** Squared norms of all rows. */
function norms({ start, values, rows }: SparseRows): Float64Array {
  const squares = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    for (let k = start[row]!; k < start[row + 1]!; k++) squares[row]! += values[k]! * values[k]!;
  }
  return squares;
}

/** Mean decision of the row's nearest neighbours among the pool, ties by lower row. `query`: the row, dense. */
function neighbourMean(x: SparseRows, squares: Float64Array, query: Float32Array, pool: Uint32Array, decisions: Uint8Array): number {
  const nearest = new Float64Array(NEIGHBOURS).fill(Infinity), who = new Uint32Array(NEIGHBOURS);
  for (const row of pool) {
    let dot = 0;
    for (let k = x.start[row]!; k < x.start[row + 1]!; k++) dot += x.values[k]! * query[x.columns[k]!]!;
    const distance = squares[row]! - 2 * dot;
    if (distance >= nearest[NEIGHBOURS - 1]!) continue;
    let at = NEIGHBOURS - 1;
    for (; at > 0 && nearest[at - 1]! > distance; at--) { nearest[at] = nearest[at - 1]!; who[at] = who[at - 1]!; }
    nearest[at] = distance;
    who[at] = row;
  }
  return who.reduce((sum, row) => sum + decisions[row]!, 0) / NEIGHBOURS;
}

/** `count` of the rows drawn without repeats, ascending; all of them when there are fewer. */
function drawRows(rows: Uint32Array, count: number, random: RandomStream): Uint32Array {
  if (rows.length <= count) return rows;
  const shuffled = rows.slice();
  for (let i = 0; i < count; i++) {
    const j = i + random.integer(shuffled.length - i);
    [shuffled[i], shuffled[j]] = [shuffled[j]!, shuffled[i]!];
  }
  return shuffled.slice(0, count).sort();
}

/**
 * 1 − mean |decision − mean decision of the 5 nearest rows|, the row itself among them as in AIF360 (Zemel et al. 2013), on encoded
 * features. The neighbour graph is held fixed in the interval.
 * @param decisions [n] 1, 0, 255 missing
 */
export function consistency(matrix: Matrix, decisions: Uint8Array, random: RandomStream, level: number): IndividualMetric {
  const base = { attribute: null, metric: 'consistency' };
  const decided = Uint32Array.from(decisions.keys()).filter((row) => decisions[row] !== 255);
  if (decided.length < NEIGHBOURS) return { ...base, value: null, interval: null, note: `needs at least ${NEIGHBOURS} rows with a decision` };
  const x = sparseRows(matrix);
  const perRow = Math.max(1, x.values.length / x.rows);
  const pool = drawRows(decided, Math.max(NEIGHBOURS, Math.floor(BUDGET / (100 * perRow))), random);
  const asked = drawRows(pool, Math.max(50, Math.min(MAXIMUM_ASKED, Math.floor(BUDGET / (pool.length * perRow)))), random);
  const squares = norms(x);
  let sum = 0, sumSquares = 0;
  for (const row of asked) {
    const query = matrix.values.subarray(row * matrix.columns, (row + 1) * matrix.columns);
    const term = Math.abs(decisions[row]! - neighbourMean(x, squares, query, pool, decisions));
    sum += term;
    sumSquares += term * term;
  }
  const mean = sum / asked.length;
  const half = normalCritical(level) * Math.sqrt(Math.max(0, sumSquares / asked.length - mean * mean) / asked.length);
  const sampled = asked.length < decided.length ? `over ${asked.length} rows drawn at random, neighbours among ${pool.length === decided.length ? 'all' : pool.length} rows; ` : '';
  return { ...base, value: 1 - mean, interval: [Math.max(0, 1 - mean - half), Math.min(1, 1 - mean + half)],
    note: `${sampled}${NEIGHBOURS} nearest rows on encoded features, the row itself among them` };
}
