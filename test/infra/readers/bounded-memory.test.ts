import { afterAll, describe, expect, it } from 'vitest';
import { storeRows } from '../../../activities/ingest.ts';
import { readingOf } from '../../../activities/ingest-roles.ts';
import { type PackedTable, readColumns } from '../../../infra/readers/read-table.ts';
import { SortedNumbers } from '../../../infra/readers/sorted-numbers.ts';
import { Spill } from '../../../infra/readers/spill.ts';
import { TextChunks } from '../../../infra/readers/text-chunks.ts';
import { randomStream } from '../../../models/engine/random.ts';
import { DATA } from '../../activities/ingest-fixture.ts';
import { MemoryStore, testContext } from '../../activities/memory-store.ts';
import { temporaryFile } from './temporary-file.ts';

const ROWS = 77_000, HELD = 100_000;

/** More keys and words than one dictionary holds, numbers and categories, and rows without a key. */
function csv(rows: number, repeated = -1): string {
  const random = randomStream(5, 'test/bounded memory'), lines = ['key,word,amount,kind'];
  for (let i = 0; i < rows; i++) lines.push(`${i % 700 === 3 ? '' : `k${i === repeated ? 17 : i}`},w${i % 9 === 0 ? 1 : i},${(1e6 * random.uniform()).toFixed(3)},${'abc'[i % 3]}`);
  return `${lines.join('\n')}\n`;
}

describe('rows beyond the memory', () => {
  const data = { ...DATA, id: 'key', protected: ['kind'] }, open: PackedTable[] = [];
  const read = async (rows: string, heldBytes: number): Promise<PackedTable> => {
    const table = await readColumns(rows, { ...readingOf(data), heldBytes });
    open.push(table);
    return table;
  };
  afterAll(() => { for (const { spill } of open) spill.close(); });

  it('take no more memory when there are more of them', async () => {
    const short = await read(await temporaryFile(csv(ROWS / 2)), HELD), long = await read(await temporaryFile(csv(ROWS)), HELD);
    expect(Math.max(short.spill.bytes.held, long.spill.bytes.held)).toBeLessThanOrEqual(HELD);
    expect(long.spill.bytes.spilled).toBeGreaterThan(1.5 * short.spill.bytes.spilled);
    expect(long.columns.map(({ levels }) => levels?.length ?? null)).toEqual([null, null, null, 3]);
  });

  it('give the same parts and the same profile as rows in memory', async () => {
    const path = await temporaryFile(csv(ROWS));
    const outputs = await Promise.all([0, HELD, 1e9].map(async (heldBytes) => storeRows(await read(path, heldBytes), { ...data, path }, 0, testContext(new MemoryStore()))));
    expect(outputs[1]).toEqual(outputs[0]);
    expect(outputs[2]).toEqual(outputs[0]);
    expect(outputs[0]!.summary).toMatchObject({ rows: ROWS, usable: ROWS - ROWS / 700 });
  });

  it('name the two rows with one id', async () => {
    await expect(read(await temporaryFile(csv(ROWS, ROWS - 5)), 0)).rejects.toThrow(`"k17"`);
    await expect(read(await temporaryFile(csv(ROWS, ROWS - 5)), 0)).rejects.toThrow(String(ROWS - 5));
  });
});

describe.each([['memory', 1e9], ['a file', 0]])('kept in %s', (_where, heldBytes) => {
  const spill = new Spill(heldBytes);
  afterAll(() => { spill.close(); });

  it.each([[10, 5], [300_000, 7], [4000, 4000], [5000, 1e9], [65_536, 1e9], [200_000, 1e9]])('%d numbers of %d values come in order', (count, distinct) => {
    const random = randomStream(2, 'test/sorted numbers', count), values = Float64Array.from({ length: count }, () => random.integer(distinct) / 8 - 3), sorter = new SortedNumbers(spill);
    for (const value of values) sorter.add(value);
    for (let again = 0; again < 2; again++) {
      const sorted = new Float64Array(count);
      let at = 0;
      for (const chunk of sorter.chunks()) {
        sorted.set(chunk, at);
        at += chunk.length;
      }
      expect([sorter.length, at]).toEqual([count, count]);
      expect(Buffer.from(sorted.buffer).equals(Buffer.from(values.slice().sort().buffer))).toBe(true);
    }
  });

  it('texts come back, whatever they hold, with the levels of the rows that were asked for', () => {
    const chunks = new TextChunks(spill), texts = Array.from({ length: 40_000 }, (_, i) => (i % 11 === 4 ? null : i % 5 === 0 ? 'same' : `\ud800"${i}\n\u0000é`));
    for (const text of texts) chunks.push(text);
    const rows = [0, 4, 5, 6, 16_383, 16_384, 39_999], { codes, levels } = chunks.take(rows, rows.length);
    expect(Array.from(codes, (code) => (code < 0 ? null : levels[code]))).toEqual(rows.map((row) => texts[row]));
    expect(levels).toEqual([...new Set(rows.map((row) => texts[row]).filter((text) => text !== null))]);
    expect(Array.from(chunks.take(texts.keys(), texts.length).codes, (code) => code < 0)).toEqual(texts.map((text) => text === null));
  });

  it('long texts close a chunk early', () => {
    const chunks = new TextChunks(spill), long = 'x'.repeat(5_000_000);
    for (let i = 0; i < 6; i++) chunks.push(`${long}${i}`);
    expect(chunks.take([1, 5], 2).levels.map((text) => text.at(-1))).toEqual(['1', '5']);
  });
});
