import { decodeColumn } from '../encode/decode.ts';
import type { CategoryCode, ColumnCode, NumberCode } from '../encode/types.ts';
import type { LatentColumn } from './perturb-types.ts';

/** Columns listed with a latent, and columns in its name. */
const LISTED = 6;
const NAMED = 3;
/** A column that moves less takes no part in the name, and less than the second is not listed. */
const NAMED_SIZE = 0.1;
const LISTED_SIZE = 0.02;

interface Movement extends LatentColumn {
  readonly short: string;
}

/** Mean encoded row, [width]. rows: [m, width] */
export function meanRow(rows: Float32Array, width: number): Float64Array {
  const mean = new Float64Array(width), count = rows.length / width;
  for (let at = 0; at < rows.length; at++) mean[at % width]! += rows[at]! / count;
  return mean;
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

function readable(code: NumberCode, row: Float64Array): string {
  const decoded = decodeColumn(code, row);
  return decoded.kind === 'number' && decoded.value !== null ? String(Number(decoded.value.toPrecision(3))) : '(missing)';
}

function moveNumber(code: NumberCode, low: Float64Array, high: Float64Array): Movement {
  const shift = high[code.offset]! - low[code.offset]!;
  const missing = code.missingIndicator ? high[code.offset + 1]! - low[code.offset + 1]! : 0;
  if (Math.abs(missing) > Math.abs(shift) / 2) {
    const at = code.offset + 1, short = `${code.name} ${missing > 0 ? '→' : '←'} (missing)`;
    return { column: code.name, change: `(missing) ${percent(low[at]!)} to ${percent(high[at]!)}`, size: Math.abs(missing), short };
  }
  const arrow = shift > 0 ? '↑' : '↓';
  return { column: code.name, change: `${arrow} ${readable(code, low)} to ${readable(code, high)}`, size: Math.abs(shift) / 2, short: `${code.name} ${arrow}` };
}

function moveCategory(code: CategoryCode, low: Float64Array, high: Float64Array): Movement {
  let best = 0, largest = -Infinity, distance = 0;
  for (let i = 0; i < code.width; i++) {
    const change = high[code.offset + i]! - low[code.offset + i]!;
    distance += Math.abs(change) / 2;
    if (change <= largest) continue;
    largest = change;
    best = i;
  }
  const at = code.offset + best, level = code.levels[best]!;
  return { column: code.name, change: `→ ${level} (${percent(low[at]!)} to ${percent(high[at]!)})`, size: distance, short: `${code.name} → ${level}` };
}

/**
 * What a latent unit stands for, told by the columns that it moves most when it goes from low to high. low, high: decoded rows,
 * [m, width], of which the means are compared. Sizes of numbers and categories are on one scale: a number that depends on the unit alone
 * shifts by two standard deviations between −σ and +σ, size 1; a category that changes over completely has total variation 1.
 */
export function nameLatent(codes: readonly ColumnCode[], low: Float32Array, high: Float32Array, width: number): { readonly name: string; readonly columns: readonly LatentColumn[] } {
  const from = meanRow(low, width), to = meanRow(high, width);
  const moves = codes.map((code) => (code.kind === 'number' ? moveNumber(code, from, to) : moveCategory(code, from, to)));
  const order = moves.map((_, i) => i).sort((a, b) => moves[b]!.size - moves[a]!.size || a - b).map((i) => moves[i]!);
  const named = order.filter(({ size }) => size >= NAMED_SIZE).slice(0, NAMED);
  const columns = order.filter(({ size }) => size >= LISTED_SIZE).slice(0, LISTED).map(({ column, change, size }) => ({ column, change, size }));
  return { name: named.length === 0 ? 'moves no column much' : named.map(({ short }) => short).join(', '), columns };
}
