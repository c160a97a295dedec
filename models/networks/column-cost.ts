import type { ColumnCode } from '../encode/types.ts';
import { LOGIT_LIMIT, varianceOf } from './likelihood.ts';

/** Features further out are taken to lie here, so that a cost is always a finite float32. */
export const FEATURE_LIMIT = 1e6;

/** Encoded rows and what the decoder says of them, both [rows, width]: means of numbers, logits of everything else. */
export interface DecodedRows {
  readonly x: Float32Array;
  readonly output: Float32Array;
  readonly rows: number;
  readonly width: number;
}

function gaussianCost(x: number, mean: number, variance: number): number {
  const difference = Math.min(FEATURE_LIMIT, Math.max(-FEATURE_LIMIT, x)) - mean;
  return 0.5 * (difference * difference / variance + Math.log(2 * Math.PI * variance));
}

/** As training cuts it: what the network says is what it was trained to say. */
function bounded(logit: number): number {
  return Math.min(LOGIT_LIMIT, Math.max(-LOGIT_LIMIT, logit));
}

/** −ln of a Bernoulli with logit l at x ∈ [0, 1], without overflow. */
function bernoulliCost(x: number, raw: number): number {
  const logit = bounded(raw);
  return Math.max(logit, 0) + Math.log1p(Math.exp(-Math.abs(logit))) - x * logit;
}

function categoricalCost(x: Float32Array, output: Float32Array, first: number, last: number): number {
  let highest = Number.NEGATIVE_INFINITY;
  for (let i = first; i < last; i++) highest = Math.max(highest, bounded(output[i]!));
  let sum = 0, target = 0;
  for (let i = first; i < last; i++) {
    const logit = bounded(output[i]!) - highest;
    sum += Math.exp(logit);
    target += x[i]! * logit;
  }
  return Math.log(sum) - target;
}

function costOf(column: ColumnCode, { x, output }: DecodedRows, start: number, logScale: Float32Array): number {
  const at = start + column.offset;
  if (column.kind === 'category') return categoricalCost(x, output, at, at + column.width);
  const value = gaussianCost(x[at]!, output[at]!, varianceOf(logScale[column.offset]!));
  return column.missingIndicator ? value + bernoulliCost(x[at + 1]!, output[at + 1]!) : value;
}

/**
 * Negative log-likelihood of every row by column, in nats; a number's missing indicator is part of its column.
 * The row's features count in full here, while training cuts wild ones.
 * @param logScale [width] the network's parameter of that name.
 * @returns [rows, columns.length]
 */
export function columnCosts(columns: readonly ColumnCode[], decoded: DecodedRows, logScale: Float32Array): Float32Array {
  const costs = new Float32Array(decoded.rows * columns.length);
  for (let row = 0; row < decoded.rows; row++) {
    for (let c = 0; c < columns.length; c++) {
      costs[row * columns.length + c] = costOf(columns[c]!, decoded, row * decoded.width, logScale);
    }
  }
  return costs;
}
