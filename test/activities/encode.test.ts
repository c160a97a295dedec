import { describe, expect, it } from 'vitest';
import { encode, encodeTasks } from '../../activities/encode.ts';
import { loadEncoded } from '../../activities/load-encoded.ts';
import { decodeColumn } from '../../models/encode/decode.ts';
import type { Json, StageOutput } from '../../activities/types.ts';
import { partsOfSize, rowsBetween } from '../../activities/parts-of-size.ts';
import type { TablePart } from '../../infra/readers/table-part.ts';
import { randomStream, type RandomStream } from '../../models/engine/random.ts';
import { MemoryStore, testContext } from './memory-store.ts';
import { encodeIngested, ingestText } from './ingest-fixture.ts';

const ROWS = 200;
const TEXT = `id,age,job,pay,y,w\n${Array.from({ length: ROWS }, (_, i) => `r${i},${20 + (i * 7) % 50},${['cook', 'smith', 'clerk'][i % 3]},${i % 10 === 0 ? '' : 1000 + i * 3},${i % 2},1`).join('\n')}\n`;
const DATA = { id: 'id', label: 'y', weight: 'w', exclude: ['job'] };

describe('encode', () => {
  it('stores the features with their encoder, row numbers and split', async () => {
    const ingested = await ingestText(TEXT, DATA);
    const { manifest, output } = await encodeIngested(ingested);
    const { encoder, x, split, rowNumbers } = await loadEncoded(ingested.store, manifest);
    expect(encoder.columns.map((code) => [code.name, code.width])).toEqual([['age', 1], ['pay', 2]]);
    expect(encoder.omitted).toEqual([{ name: 'id', reason: 'id' }, { name: 'job', reason: 'excluded' }, { name: 'y', reason: 'label' }, { name: 'w', reason: 'weight' }]);
    expect(x).toMatchObject({ rows: ROWS, columns: 3 });
    expect(x.values.length).toBe(ROWS * 3);
    expect(split).toEqual(ingested.dataset.split);
    expect(rowNumbers).toEqual(ingested.dataset.rowNumbers);
    expect(output.summary).toEqual({ features: 3, columns: 2, omitted: 4 });
  });

  it('can be taken back to the data by the encoder that is stored', async () => {
    const ingested = await ingestText(TEXT, DATA);
    for (const numbers of ['standard', 'quantile'] as const) {
      const { encoder, x } = await loadEncoded(ingested.store, (await encodeIngested(ingested, { numbers })).manifest);
      const pay = encoder.columns[1]!;
      expect(decodeColumn(pay, x.values, 10 * x.columns)).toEqual({ kind: 'number', value: null });
      const decoded = decodeColumn(pay, x.values, 11 * x.columns);
      expect(decoded.kind === 'number' ? decoded.value : null).toBeCloseTo(1033, 2);
    }
  });

  it('is fitted on the train part: its features have mean 0 there', async () => {
    const ingested = await ingestText(TEXT, DATA);
    const { x, split } = await loadEncoded(ingested.store, (await encodeIngested(ingested)).manifest);
    const train = Array.from(split.keys()).filter((row) => split[row] === 0).map((row) => x.values[row * x.columns]!);
    expect(train.reduce((sum, value) => sum + value, 0) / train.length).toBeCloseTo(0, 5);
    expect(train.length).toBeLessThan(ROWS);
  });

  it('gives the same bytes each time', async () => {
    const [one, two] = [new MemoryStore(), new MemoryStore()];
    expect((await encodeIngested(await ingestText(TEXT, DATA, 0, one))).output).toEqual((await encodeIngested(await ingestText(TEXT, DATA, 0, two))).output);
  });

  it('joins parts, and refuses one of another encoder', async () => {
    const text = `a\n${Array.from({ length: 66_000 }, (_, i) => i % 1000).join('\n')}\n`;
    const ingested = await ingestText(text);
    const { manifest, output } = await encodeIngested(ingested);
    expect(output.artifacts['x']!.map((ref) => ref.rows)).toEqual([65_536, 464]);
    const { x, rowNumbers } = await loadEncoded(ingested.store, manifest);
    expect(x.values[65_999]).toBe(x.values[999]);
    expect(rowNumbers[65_999]).toBe(65_999);
    const other = await encodeIngested(ingested, { numbers: 'quantile' });
    const mixed = { stage: 'encode', version: 1, identity: '', summary: {}, artifacts: { summary: output.artifacts['summary'], x: other.output.artifacts['x'] } };
    const bytes = new TextEncoder().encode(JSON.stringify(mixed));
    await ingested.store.put('mixed', bytes);
    const { createHash } = await import('node:crypto');
    const ref = { key: 'mixed', sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length };
    await expect(loadEncoded(ingested.store, ref)).rejects.toThrow('was made by encoder');
  });

  it('says so when no column is left to learn from', async () => {
    const ingested = await ingestText('a,y\n1,p\n1,q\n1,p\n1,q\n1,p\n1,q\n', { label: 'y' });
    await expect(encodeIngested(ingested)).rejects.toMatchObject({ name: 'DataError', code: 'no-features', message: expect.stringContaining('"a" (constant: "1"), "y" (label)') as string });
  });
});

/** 0 … count − 1 cut at random places. */
function cuts(count: number, random: RandomStream): (readonly [number, number])[] {
  const places = [...new Set([0, count, ...Array.from({ length: random.integer(count) }, () => random.integer(count))])].sort((a, b) => a - b);
  return places.slice(1).map((end, i) => [places[i]!, end] as const);
}

function shuffled(count: number, random: RandomStream): number[] {
  return Array.from({ length: count }, (_, i) => [random.uniform(), i] as const).sort(([a], [b]) => a - b).map(([, i]) => i);
}

describe('encode shared out by ranges of parts', () => {
  it('gives the bytes of one call, whatever the ranges and whoever ends first', async () => {
    const text = `a,b\n${Array.from({ length: 330_000 }, (_, i) => `${(i * 7919) % 1009},${['x', 'y', 'z'][(i * i) % 3]}`).join('\n')}\n`;
    const ingested = await ingestText(text), { output } = await encodeIngested(ingested), context = testContext(ingested.store);
    const input = { config: { numbers: 'standard' as const }, inputs: { ingest: [ingested.manifest] }, seed: 0 }, random = randomStream(0, 'partitions');
    const [whole] = await encodeTasks(input, context) as readonly [{ first: number; last: number; encoder: Json }];
    expect([whole.first, whole.last]).toEqual([0, 6]);
    for (let round = 0; round < 3; round++) {
      const own = cuts(6, random), pieces: StageOutput[] = [];
      for (const k of shuffled(own.length, random)) pieces[k] = await encode.division!.task(input, { first: own[k]![0], last: own[k]![1], encoder: whole.encoder }, context);
      expect(await encode.division!.join(input, pieces, context)).toEqual(output);
    }
    expect((await encodeTasks(input, context, 100_000)).map((task) => Object.values(task as object).slice(0, 2))).toEqual([[0, 2], [2, 4], [4, 6]]);
  });

  it('reads of parts of any size the rows of a range, in parts of another size', async () => {
    const random = randomStream(1, 'partitions');
    for (let round = 0; round < 100; round++) {
      const total = 1 + random.integer(40), sizes = cuts(total, random).map(([first, last]) => last - first), size = 1 + random.integer(9), opened: number[] = [];
      const starts = sizes.map((_, i) => sizes.slice(0, i).reduce((sum, own) => sum + own, 0));
      const part = (i: number): TablePart => {
        const numbers = Array.from({ length: sizes[i]! }, (_, k) => starts[i]! + k);
        return { table: { rows: numbers.length, columns: [{ kind: 'number', name: 'n', values: Float64Array.from(numbers) }] }, rowNumbers: Uint32Array.from(numbers), split: new Uint8Array(numbers.length) };
      };
      const [from, to] = cuts(total, random)[0]!, found: number[][] = [];
      for await (const { rowNumbers } of partsOfSize(rowsBetween(sizes, async (i) => { opened.push(i); return part(i); }, from, to), size)) found.push([...rowNumbers]);
      expect(found.flat()).toEqual(Array.from({ length: to - from }, (_, i) => from + i));
      expect(found.slice(0, -1).every((own) => own.length === size)).toBe(true);
      expect(opened.every((i) => starts[i]! < to && starts[i]! + sizes[i]! > from)).toBe(true);
    }
  });
});
