import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../models/engine/random.ts';
import { sampleRows } from '../../../models/outliers/sample-rows.ts';

/** The first `size` of all rows after as many exchanges (Fisher and Yates). */
function shuffled(rows: number, size: number, seed: number): number[] {
  const random = randomStream(seed, 'sample'), pool = Array.from({ length: rows }, (_, i) => i);
  for (let i = 0; i < size; i++) {
    const j = i + random.integer(rows - i);
    [pool[i], pool[j]] = [pool[j]!, pool[i]!];
  }
  return pool.slice(0, size).sort((a, b) => a - b);
}

describe('a sample of rows', () => {
  it.each([[5, 9], [9, 9], [20, 9], [72, 9], [73, 9], [5000, 9], [40, 1], [17, 2], [3000, 370]])('is what exchanges in a pool of all rows give: of %i rows %i', (rows, size) => {
    for (let seed = 0; seed < 20; seed++) expect([...sampleRows(rows, size, randomStream(seed, 'sample'))]).toEqual(shuffled(rows, Math.min(rows, size), seed));
  });
});
