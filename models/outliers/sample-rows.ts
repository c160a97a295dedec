import type { RandomStream } from '../engine/random.ts';

/** Drawing from more rows than so many times the sample, only those that changed places are kept. */
const SPARSE = 8;

/** `size` different rows out of `rows`, drawn uniformly, in ascending order; all of them when there are no more. */
export function sampleRows(rows: number, size: number, random: RandomStream): Uint32Array {
  if (rows > SPARSE * size) return drawSparse(rows, size, random);
  const pool = Uint32Array.from({ length: rows }, (_, i) => i);
  if (size >= rows) return pool;
  for (let i = 0; i < size; i++) {
    const j = i + random.integer(rows - i);
    const drawn = pool[j]!;
    pool[j] = pool[i]!;
    pool[i] = drawn;
  }
  return pool.slice(0, size).sort();
}

/** The same rows by the same draws, without a pool of all rows. */
function drawSparse(rows: number, size: number, random: RandomStream): Uint32Array {
  const moved = new Map<number, number>(), drawn = new Uint32Array(size);
  for (let i = 0; i < size; i++) {
    const j = i + random.integer(rows - i);
    drawn[i] = moved.get(j) ?? j;
    moved.set(j, moved.get(i) ?? i);
  }
  return drawn.sort();
}
