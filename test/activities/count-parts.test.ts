import { describe, expect, it } from 'vitest';
import { putJson } from '../../activities/artifacts.ts';
import { countRange, mergeCounts, type CountRequest } from '../../activities/count-parts.ts';
import { storeDecisions } from '../../activities/load-decisions.ts';
import type { ArtifactRef } from '../../activities/types.ts';
import { writeDataset } from '../../activities/write-dataset.ts';
import { randomStream } from '../../models/engine/random.ts';
import { packCounts, unpackCounts } from '../../models/fairness/tally-bytes.ts';
import { countRows } from '../../models/fairness/tally.ts';
import type { Column, Table } from '../../models/table.ts';
import { MemoryStore, testContext } from './memory-store.ts';

const PARTS = 9, ROWS = 200;

/** Rows with weights whose sums depend on the order of adding, and clusters that span parts. */
function makePart(part: number): Table {
  const random = randomStream(3, 'parts', part), yes = ['no', 'yes'];
  const category = (name: string, levels: string[]): Column => ({ kind: 'category', name, levels, codes: Int32Array.from({ length: ROWS }, () => random.integer(levels.length + 1) - 1) });
  return { rows: ROWS, columns: [category('sex', ['f', 'm']), category('race', ['a', 'b', 'c']), category('label', yes),
    { kind: 'number', name: 'w', values: Float64Array.from({ length: ROWS }, () => 10 ** (12 * random.uniform() - 6)) },
    { kind: 'number', name: 'home', values: Float64Array.from({ length: ROWS }, () => (random.uniform() < 0.1 ? Number.NaN : random.integer(300))) }] };
}

async function stored(clustered: boolean): Promise<{ store: MemoryStore; request: CountRequest; decisions: readonly ArtifactRef[] }> {
  const store = new MemoryStore(), refs: ArtifactRef[] = [], random = randomStream(4, 'decided');
  for (let part = 0; part < PARTS; part++) {
    refs.push(...(await writeDataset({ table: makePart(part), rowNumbers: Uint32Array.from({ length: ROWS }, (_, i) => part * ROWS + i), split: new Uint8Array(ROWS) }, new Map(), testContext(store))));
  }
  const decision = Uint8Array.from({ length: PARTS * ROWS }, () => [0, 1, 255][random.integer(3)]!);
  const { decisions } = await storeDecisions(store, { source: 'prediction', description: 'd', threshold: null, score: null, decision, surrogate: null }, refs.map(({ rows = 0 }) => rows));
  const attributes = ['sex', 'race'].map((name) => ({ name, rule: { kind: 'category' } as const }));
  return { store, decisions, request: { ingest: await putJson(store, { artifacts: { table: refs } }), attributes, judged: 2, label: { column: 'label', positive: 'yes' }, decisions, weight: 'w', cluster: clustered ? 'home' : null } };
}

/** Ranges that cover the parts, cut at random and in a random order. */
function partition(seed: number): (readonly [number, number])[] {
  const random = randomStream(seed, 'cuts'), cuts = [0, ...Array.from({ length: PARTS - 1 }, (_, i) => i + 1).filter(() => random.uniform() < 0.5), PARTS];
  const found = cuts.slice(1).map((last, i) => [cuts[i]!, last] as const);
  for (let i = found.length - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    [found[i], found[j]] = [found[j]!, found[i]!];
  }
  return found;
}

describe('counts of ranges of parts', () => {
  it.each([false, true])('add up to the same bits however the parts are shared out, in whatever order they come (clusters: %s)', async (clustered) => {
    const { store, request, decisions } = await stored(clustered);
    const count = async (pieces: readonly (readonly [number, number])[]) => {
      const refs: ArtifactRef[] = [];
      for (const [first, last] of pieces) refs.push(...(await countRange(store, { ...request, decisions: decisions.slice(first, last) }, first, last)));
      return mergeCounts(store, refs, 2);
    };
    const whole = await count([[0, PARTS]]);
    expect(whole.tally.rows.reduce((sum, rows) => sum + rows, 0)).toBe(PARTS * ROWS);
    for (let seed = 0; seed < 12; seed++) {
      const { tally, cellOfRow } = await count(partition(seed));
      expect(Buffer.from(packCounts({ part: 0, tally, cellOfRow })).equals(packCounts({ part: 0, ...whole }))).toBe(true);
    }
  });

  it('names clusters the same in every part, and leaves rows without one alone', async () => {
    const { store, request, decisions } = await stored(true), { tally } = await mergeCounts(store, await countRange(store, { ...request, decisions }, 0, PARTS), 2);
    const homes = new Set<string>();
    for (let part = 0; part < PARTS; part++) {
      const home = makePart(part).columns[4]!;
      if (home.kind === 'number') home.values.forEach((value, row) => homes.add(Number.isNaN(value) ? `row ${part * ROWS + row}` : `value ${value}`));
    }
    expect(new Set(tally.units!.names)).toEqual(homes);
  });
});

describe('packCounts', () => {
  it('is read back to the bit, with what is absent absent', () => {
    const groupings = [{ attribute: 'a', levels: ['x', 'y*"\u2028'], codes: Int32Array.of(0, 1, 1) }], labels = Uint8Array.of(1, 0, 255);
    for (const weights of [null, Float64Array.of(0.1, 1e300, 5e-324)]) {
      const counts = { part: 7, ...countRows({ rows: 3, groupings, labels, decisions: null, weights, clusters: weights === null ? null : { codes: Int32Array.of(0, 1, 0), names: ['p', 'q'] } }) };
      expect(unpackCounts(packCounts(counts))).toEqual(counts);
    }
  });
});
