import { randomStream } from './random.ts';

/** Rows of an encoded matrix, and which of them belong to the part at hand. */
export interface RowSet {
  /** [all rows, width] row-major */
  readonly x: Float32Array;
  readonly width: number;
  /** Positions in x. */
  readonly rows: Uint32Array;
}

/** Fisher–Yates, keyed by seed and epoch alone: a resumed epoch has the order of the interrupted one. */
export function shuffled(rows: Uint32Array, seed: number, epoch: number): Uint32Array {
  const order = rows.slice(), random = randomStream(seed, 'shuffle', epoch);
  for (let i = order.length - 1; i > 0; i--) {
    const j = random.integer(i + 1), kept = order[i]!;
    order[i] = order[j]!;
    order[j] = kept;
  }
  return order;
}

/** Rows `first … last − 1` of an order, copied together. → [last − first, width] */
export function gather({ x, width }: RowSet, order: Uint32Array, first: number, last: number): Float32Array {
  const batch = new Float32Array((last - first) * width);
  for (let i = first; i < last; i++) {
    const start = order[i]! * width;
    batch.set(x.subarray(start, start + width), (i - first) * width);
  }
  return batch;
}

/** Standard normal numbers of one step. */
export function stepNoise(length: number, seed: number, purpose: string, epoch: number, batch: number): Float32Array {
  const noise = new Float32Array(length), random = randomStream(seed, purpose, epoch, batch);
  for (let i = 0; i < length; i++) noise[i] = random.normal();
  return noise;
}

export function batchCount(rows: number, batch: number): number {
  return Math.ceil(rows / batch);
}
