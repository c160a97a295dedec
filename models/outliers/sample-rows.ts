import type { RandomStream } from '../engine/random.ts';

/** `size` different rows out of `rows`, drawn uniformly, in ascending order; all of them when there are no more. */
export function sampleRows(rows: number, size: number, random: RandomStream): Uint32Array {
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
