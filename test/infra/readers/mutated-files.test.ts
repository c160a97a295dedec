import { readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { array, assert, asyncProperty, constantFrom, double, integer, oneof, record } from 'fast-check';
import type { Arbitrary } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTable } from '../../../infra/readers/read-table.ts';
import type { Column } from '../../../models/table.ts';
import { OPTIONS, fixture } from './read-options.ts';
import type { ReadTable } from './read-options.ts';
import { temporaryFile } from './temporary-file.ts';

/** The longest that a damaged file of a few kilobytes may keep a reader busy: what is caught are loops over made-up counts, not slowness. */
const LONGEST_MS = 10_000;

const CSV = Buffer.from('id,age,sex,note\n1,39,Male,"a, ""b""\nc"\n2,50,Female,ü€😀\n3,,?,\n4,1e3,Male,x\n');
const JSON_LINES = Buffer.from('{"id": 1, "sex": "Male", "ok": true}\n{"id": 2.5, "sex": null}\n{"ok": false, "x": "\\u00fc\\ud83d\\ude00"}\n');

const VALID: readonly (readonly [name: string, content: Buffer])[] = [
  ['text.csv', CSV], ['text.jsonl', JSON_LINES], ['text.csv.gz', gzipSync(CSV)],
  ...['types-none.parquet', 'types-pages-2.parquet', 'deltas.parquet', 'types-lz4.parquet', 'types-uncompressed.feather', 'types-lz4.feather', 'types.arrows', 'f8.npz', 'i4-columns.npz', 'texts.npz']
    .map((name) => [name, readFileSync(fixture(name))] as const),
];

interface Mutation {
  readonly kind: 'set' | 'flip' | 'remove' | 'insert' | 'cut';
  /** Where, as a share of the file. */
  readonly at: number;
  readonly byte: number;
}

const mutation: Arbitrary<Mutation> = record({
  kind: constantFrom('set' as const, 'flip' as const, 'remove' as const, 'insert' as const, 'cut' as const),
  at: double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  byte: oneof(integer({ min: 0, max: 255 }), constantFrom(0, 1, 127, 128, 255)),
});

function apply(content: Buffer, { kind, at, byte }: Mutation): Buffer {
  const place = Math.floor(at * content.length), bytes = Buffer.from(content);
  switch (kind) {
    case 'set': bytes[place] = byte; return bytes;
    case 'flip': bytes[place] = (bytes[place] ?? 0) ^ (1 << (byte % 8)); return bytes;
    case 'remove': return Buffer.concat([bytes.subarray(0, place), bytes.subarray(place + 1 + (byte % 9))]);
    case 'insert': return Buffer.concat([bytes.subarray(0, place), Buffer.of(byte), bytes.subarray(place)]);
    case 'cut': return bytes.subarray(0, place);
  }
}

/** Codes lie among the levels, numbers are finite or missing, and every row has one of each. */
function isSound(column: Column, rows: number): boolean {
  if (column.kind === 'number') return column.values.length === rows && column.values.every((value) => Number.isNaN(value) || Number.isFinite(value));
  return column.codes.length === rows && column.codes.every((code) => code >= -1 && code < column.levels.length);
}

/** What a reader must not do: fail without a word about the file, or hand over columns that are not sound. */
function wrongWith(result: Error | ReadTable): string {
  if (result instanceof Error) return result.name === 'ReaderError' && result.message.includes('/penumbra-file-') ? '' : `${result.name}: ${result.message}`;
  return result.table.columns.filter((column) => !isSound(column, result.rows)).map((column) => column.name).join();
}

describe('a file with wrong bytes is read, or refused with a word about it', () => {
  it.each(VALID)('%s', async (name, content) => {
    const path = await temporaryFile(content, name);
    await readTable(path, OPTIONS);
    await assert(asyncProperty(array(mutation, { minLength: 1, maxLength: 3 }), async (mutations) => {
      await rm(path);
      await writeFile(path, mutations.reduce(apply, content));
      const start = performance.now();
      const result = await readTable(path, OPTIONS).catch((error: unknown) => error as Error);
      expect(performance.now() - start).toBeLessThan(LONGEST_MS);
      expect(wrongWith(result)).toBe('');
    }), { numRuns: 120, seed: 20_261_122 });
  }, 60_000);
});
