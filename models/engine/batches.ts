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

/** Rows `first … last − 1` of an order, copied together into `space`. → [last − first, width], a view of it */
export function gather({ x, width }: RowSet, order: Uint32Array, [first, last]: readonly [number, number], space: Float32Array): Float32Array {
  for (let i = first; i < last; i++) {
    const start = order[i]! * width;
    space.set(x.subarray(start, start + width), (i - first) * width);
  }
  return space.subarray(0, (last - first) * width);
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
