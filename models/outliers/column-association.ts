import type { Column } from '../table.ts';

const SAMPLE = 5000;
const BINS = 8;
const LEVELS = 20;

/** Small codes of at most SAMPLE evenly spaced rows: numbers by equal-frequency bins, categories by their most frequent levels. */
interface Coded {
  readonly codes: Int32Array;
  readonly size: number;
}

function sampledRows(rows: number): Uint32Array {
  const size = Math.min(rows, SAMPLE);
  return Uint32Array.from({ length: size }, (_, i) => Math.floor(i * rows / size));
}

function codeNumbers(values: Float64Array, rows: Uint32Array): Coded {
  const drawn = Float64Array.from(rows, (row) => values[row]!), sorted = drawn.filter((value) => !Number.isNaN(value)).sort();
  const edges = [...new Set(Array.from({ length: BINS - 1 }, (_, i) => sorted[Math.floor((i + 1) * sorted.length / BINS)]!))];
  const codes = Int32Array.from(drawn, (value) => (Number.isNaN(value) ? edges.length + 1 : edges.reduce((code, edge) => code + (value >= edge ? 1 : 0), 0)));
  return { codes, size: edges.length + 2 };
}

function codeLevels(codes: Int32Array, levels: number, rows: Uint32Array): Coded {
  const counts = new Float64Array(levels);
  for (const row of rows) if (codes[row]! >= 0) counts[codes[row]!]!++;
  const order = Int32Array.from({ length: levels }, (_, i) => i).sort((a, b) => counts[b]! - counts[a]! || a - b);
  const position = new Int32Array(levels);
  for (const [rank, level] of order.entries()) position[level] = Math.min(rank, LEVELS);
  return { codes: Int32Array.from(rows, (row) => (codes[row]! < 0 ? LEVELS + 1 : position[codes[row]!]!)), size: LEVELS + 2 };
}

function entropy(counts: Float64Array, total: number): { nats: number; used: number } {
  let nats = 0, used = 0;
  for (const count of counts) {
    if (count === 0) continue;
    used++;
    nats -= count / total * Math.log(count / total);
  }
  return { nats, used };
}

/** The share of the poorer column's entropy that the other one tells (uncertainty coefficient), 0 to 1, less its mean under independence. */
function association(a: Coded, b: Coded): number {
  const joint = new Float64Array(a.size * b.size), left = new Float64Array(a.size), right = new Float64Array(b.size), n = a.codes.length;
  for (let i = 0; i < n; i++) {
    joint[a.codes[i]! * b.size + b.codes[i]!]!++;
    left[a.codes[i]!]!++;
    right[b.codes[i]!]!++;
  }
  const ha = entropy(left, n), hb = entropy(right, n), poorer = Math.min(ha.nats, hb.nats);
  if (!(poorer > 0)) return 0;
  // First-order bias of plug-in mutual information (Miller 1955).
  const information = ha.nats + hb.nats - entropy(joint, n).nats - (ha.used - 1) * (hb.used - 1) / (2 * n);
  return Math.max(0, Math.min(1, information / poorer));
}

/** Association of two columns by position, 0 (independent) to 1 (one tells the other); computed when first asked for. */
export function columnAssociations(columns: readonly Column[], rows: number): (i: number, j: number) => number {
  const drawn = sampledRows(rows), coded = new Map<number, Coded>(), known = new Map<string, number>();
  const code = (i: number): Coded => {
    const column = columns[i]!;
    const own = coded.get(i) ?? (column.kind === 'number' ? codeNumbers(column.values, drawn) : codeLevels(column.codes, column.levels.length, drawn));
    coded.set(i, own);
    return own;
  };
  return (i, j) => {
    const key = `${Math.min(i, j)},${Math.max(i, j)}`, value = known.get(key) ?? association(code(i), code(j));
    known.set(key, value);
    return value;
  };
}
