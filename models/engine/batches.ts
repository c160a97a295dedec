import { NormalKernel } from './normal-kernel.ts';
import { randomStream, streamPlace } from './random.ts';
import { standardNormals } from './standard-normal.ts';

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

/** Rows of a matrix, copied together. matrix: [all rows, width] → [rows, width] */
export function gatherRows(matrix: Float32Array, width: number, rows: Uint32Array): Float32Array {
  const gathered = new Float32Array(rows.length * width);
  for (let i = 0; i < rows.length; i++) {
    const start = rows[i]! * width;
    gathered.set(matrix.subarray(start, start + width), i * width);
  }
  return gathered;
}

let kernel: NormalKernel | null | undefined;

/** Standard normal numbers of one step. */
export function stepNoise(length: number, seed: number, purpose: string, epoch: number, batch: number): Float32Array {
  const noise = new Float32Array(length), place = streamPlace(seed, purpose, epoch, batch);
  if (kernel === undefined) kernel = NormalKernel.make();
  if (kernel === null) standardNormals(noise, place);
  else kernel.write(noise, place);
  return noise;
}

export function batchCount(rows: number, batch: number): number {
  return Math.ceil(rows / batch);
}
