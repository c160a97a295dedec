import type { RandomStream } from '../engine/random.ts';
import type { Matrix } from '../outliers/types.ts';
import { sparseRows, type SparseRows } from '../reference/sparse-rows.ts';
import { normalCritical } from '../stats/normal.ts';
import type { IndividualMetric } from './types.ts';

const NEIGHBOURS = 5;
const MAXIMUM_ASKED = 1_000;
/** Multiplications that the search may take. */
const BUDGET = 3.5e8;
/** Queries per pass over the pool. */
const BLOCK = 16;

/** Squared norms of all rows. */
function norms({ start, values, rows }: SparseRows): Float64Array {
  const squares = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    for (let k = start[row]!; k < start[row + 1]!; k++) squares[row]! += values[k]! * values[k]!;
  }
  return squares;
}

/** The nearest rows found so far for one query, nearest first. */
interface Nearest { readonly distance: Float64Array; readonly row: Uint32Array }

function offer({ distance, row }: Nearest, candidate: number, at: number): void {
  let place = NEIGHBOURS - 1;
  for (; place > 0 && distance[place - 1]! > at; place--) {
    distance[place] = distance[place - 1]!;
    row[place] = row[place - 1]!;
  }
  distance[place] = at;
  row[place] = candidate;
}

/** The queries' nearest rows among the pool, ties by lower row; several queries share one pass over the pool. */
function nearestRows(x: SparseRows, squares: Float64Array, queries: Uint32Array, pool: Uint32Array): Nearest[] {
  const width = queries.length;
  const dense = new Float64Array(x.width * width), dots = new Float64Array(width);
  for (const [q, row] of queries.entries()) {
    for (let k = x.start[row]!; k < x.start[row + 1]!; k++) dense[x.columns[k]! * width + q] = x.values[k]!;
  }
  const found = Array.from(queries, () => ({ distance: new Float64Array(NEIGHBOURS).fill(Infinity), row: new Uint32Array(NEIGHBOURS) }));
  const farthest = new Float64Array(width).fill(Infinity);
  for (const row of pool) {
    dots.fill(0);
    for (let k = x.start[row]!; k < x.start[row + 1]!; k++) {
      const value = x.values[k]!, offset = x.columns[k]! * width;
      for (let q = 0; q < width; q++) dots[q]! += value * dense[offset + q]!;
    }
    for (let q = 0; q < width; q++) {
      const distance = squares[row]! - 2 * dots[q]!;
      if (distance >= farthest[q]!) continue;
      offer(found[q]!, row, distance);
      farthest[q] = found[q]!.distance[NEIGHBOURS - 1]!;
    }
  }
  return found;
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
  for (let start = 0; start < asked.length; start += BLOCK) {
    const queries = asked.subarray(start, start + BLOCK);
    for (const [q, { row }] of nearestRows(x, squares, queries, pool).entries()) {
      const among = row.reduce((total, each) => total + decisions[each]!, 0) / NEIGHBOURS;
      const term = Math.abs(decisions[queries[q]!]! - among);
      sum += term;
      sumSquares += term * term;
    }
  }
  const mean = sum / asked.length;
  const half = normalCritical(level) * Math.sqrt(Math.max(0, sumSquares / asked.length - mean * mean) / asked.length);
  const error = (half / normalCritical(level)) * Math.sqrt(1 - asked.length / decided.length);
  const sampled = asked.length < decided.length ? `over ${asked.length} rows drawn at random (the drawing's own standard error: ${error.toPrecision(2)}, within the interval), neighbours among ${pool.length === decided.length ? 'all' : pool.length} rows; ` : '';
  return { ...base, value: 1 - mean, interval: [Math.max(0, 1 - mean - half), Math.min(1, 1 - mean + half)],
    note: `${sampled}${NEIGHBOURS} nearest rows on encoded features, the row itself among them` };
}
