import { describe, expect, it } from 'vitest';
import { sampleEncoded } from '../../activities/encoded-sample.ts';
import { referenceDecisions } from '../../activities/reference-decisions.ts';
import { randomStream } from '../../models/engine/random.ts';
import { encodedRows, storeEncoded } from './encoded-fixture.ts';
import { MemoryStore } from './memory-store.ts';

const ROWS = 500, PART = 120;

async function decideOn(most: number, labels: Uint8Array, everyRowNamed = false) {
  const store = new MemoryStore(), encode = await storeEncoded(store, encodedRows(ROWS), PART), sample = await sampleEncoded(store, encode, most, 1);
  return referenceDecisions(store, { encode, labels, units: null, seed: 1, threshold: null, progress: () => {},
    sample: everyRowNamed ? { ...sample, rows: Uint32Array.from({ length: ROWS }, (_, row) => row) } : sample });
}

/** Labels that the first feature tells, one in ten missing. */
function makeLabels(): Uint8Array {
  const { x } = encodedRows(ROWS), random = randomStream(2, 'labels');
  return Uint8Array.from({ length: ROWS }, (_, row) => (row % 10 === 0 ? 255 : Number(random.uniform() < 1 / (1 + Math.exp(-2 * x[row * 11]!)))));
}

describe('referenceDecisions', () => {
  const labels = makeLabels();

  it('scores part by part what it scores in memory, to the bit', async () => {
    const whole = await decideOn(ROWS, labels), parts = await decideOn(ROWS, labels, true);
    expect(parts.score).toEqual(whole.score);
    expect([whole.description.includes('drawn at random'), parts.description.includes('fitted on 500 rows drawn at random')]).toEqual([false, true]);
  });

  it('fitted on a sample scores every row, none by a fit that saw it, and about as well', async () => {
    const sampled = await decideOn(250, labels), whole = await decideOn(ROWS, labels), known = [...labels.keys()].filter((row) => labels[row] !== 255);
    const right = ({ decision }: { decision: Uint8Array }): number => known.filter((row) => decision[row] === labels[row]).length / known.length;
    expect(sampled.score!.every((score) => score > 0 && score < 1)).toBe(true);
    expect(Math.abs(right(sampled) - right(whole))).toBeLessThan(0.05);
    // Whatever a row's own label is, its own score stays.
    for (const row of [3, 101, 333]) {
      const turned = labels.slice();
      turned[row] = 1 - labels[row]!;
      expect((await decideOn(250, turned)).score![row]).toBe(sampled.score![row]);
    }
  });
});
