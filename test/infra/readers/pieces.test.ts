import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findSources } from '../../../infra/readers/find-sources.ts';
import { type JoinedTable, joinPieces, type StoredPiece } from '../../../infra/readers/join-pieces.ts';
import { readPieceObject, writePiece } from '../../../infra/readers/piece-bytes.ts';
import { planPieces, type SourcePiece } from '../../../infra/readers/plan-pieces.ts';
import { readPiece } from '../../../infra/readers/read-piece.ts';
import { readColumns, type TableOptions } from '../../../infra/readers/read-table.ts';
import { ReaderError } from '../../../infra/readers/reader-error.ts';
import { Spill } from '../../../infra/readers/spill.ts';
import { randomStream } from '../../../models/engine/random.ts';
import { fixture, OPTIONS } from './read-options.ts';
import { temporaryFile } from './temporary-file.ts';

const rows = (count: number, row: (i: number) => string): string => Array.from({ length: count }, (_, i) => row(i)).join('');

async function folderOf(files: Readonly<Record<string, string | Uint8Array>>, pattern: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'penumbra-pieces-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  return join(folder, pattern);
}

async function plansOf(location: string, given: Partial<TableOptions> = {}, bytes = 100): Promise<readonly SourcePiece[]> {
  return planPieces(await findSources(location), { ...OPTIONS, ...given }, bytes);
}

async function stored(location: string, plan: SourcePiece, options: TableOptions): Promise<StoredPiece> {
  const spill = new Spill(0), { facts, columns } = (await readPiece(await findSources(location), JSON.parse(JSON.stringify(plan)) as SourcePiece, options, spill))!;
  const objects = [...writePiece(columns.map(({ column }) => column))];
  spill.close();
  return { facts, columns: columns.map(({ known }) => known), async *blocks() { for (const bytes of objects) yield* readPieceObject(bytes); } };
}

/** What the pieces make, read from the last to the first; null where one of them cannot be read. */
async function joined(location: string, given: Partial<TableOptions> = {}, bytes = 100, least = 3): Promise<JoinedTable | null> {
  const options = { ...OPTIONS, ...given }, plans = await plansOf(location, given, bytes), pieces: StoredPiece[] = [];
  expect(plans.length).toBeGreaterThanOrEqual(least);
  try {
    for (const plan of plans.toReversed()) pieces.unshift(await stored(location, plan, options));
  } catch (error) {
    if (error instanceof ReaderError) return null;
    throw error;
  }
  return joinPieces(location, pieces, options);
}

function contents({ columns, rows, emptyLines, notes }: JoinedTable): unknown {
  return { rows, emptyLines, notes, columns: columns.map((column) => ({ missing: column.missing, levels: column.levels, cells: column.read() })) };
}

/** What pieces and one reading make, where that differs. */
async function difference(location: string, given: Partial<TableOptions> = {}, bytes = 100, least = 3): Promise<unknown> {
  const whole = await readColumns(location, { ...OPTIONS, ...given }), table = await joined(location, given, bytes, least);
  const found = [table === null ? null : contents(table), contents(whole)] as const;
  table?.spill.close();
  whole.spill.close();
  return isDeepStrictEqual(...found) ? null : found;
}

describe('a table read in pieces', () => {
  it('of one CSV file is that of one reading: quotes and line ends, missing values, words that come late', async () => {
    for (const end of ['\n', '\r\n']) {
      const text = `\ufeff${end}id, "n ""1""",word,late,none,code${end}${rows(60, (i) => `r${i}, ${i % 5 === 0 ? '' : i / 4},"w${i % (1 + i / 6)},${i % 3 === 0 ? end : '""'}",${i < 50 ? '?' : i},,${i < 45 ? i % 7 : `c${i % 3}`}${end}${i % 11 === 0 ? end : ''}`)}`;
      expect(await difference(await temporaryFile(text))).toBeNull();
      expect(await difference(await temporaryFile(text), { asText: new Set(['id', 'n "1"']), unique: 'id' })).toBeNull();
      expect(await difference(await temporaryFile(text.slice(0, -end.length)), { lenient: new Set(['code']) })).toBeNull();
    }
  });

  it('of a CSV file without a header, in another encoding, with another delimiter, with single quotes', async () => {
    const text = rows(60, (i) => `'caf\u00e9 ${i % 9}';${i},5;x\n`);
    expect(await difference(await temporaryFile(Buffer.from(text, 'latin1')), { columns: ["'a'", 'b', 'c'], encoding: 'auto' })).toBeNull();
    expect(await difference(await temporaryFile(Buffer.from(`'a';b;c\n${text}`, 'latin1')), { encoding: 'windows-1252' })).toBeNull();
    expect(await difference(await temporaryFile(rows(60, (i) => `${i}\t"a\tb"\t\n`)), { columns: ['n', 'w', 'z'], delimiter: '\\t' })).toBeNull();
  });

  it('has no dictionary where there are too many texts, of one piece or of all', async () => {
    expect(await difference(await temporaryFile(`t,u\n${rows(150_000, (i) => `text ${i},${i < 140_000 ? 'same' : `other ${i}`}\n`)}`), {}, 500_000)).toBeNull();
    expect(await difference(await temporaryFile(`t\n${rows(150_000, (i) => `text ${(i * 7) % 100_003}\n`)}`), {}, 300_000)).toBeNull();
    expect(await difference(await temporaryFile(`t,n\n${rows(150_000, (i) => `text ${i},${(i * 31) % 9973}\n`)}`), { unique: 't', asText: new Set(['t']) }, 500_000)).toBeNull();
  }, 60_000);

  it('of JSON lines has the keys of all in order of appearance', async () => {
    const line = (i: number): string => `${JSON.stringify({ n: i % 4 === 0 ? null : i / 8, word: `w${i % (1 + i / 5)}\n"`, flag: i % 2 === 0, ...(i > 30 ? { late: i } : {}), ...(i > 45 ? { last: 'é' } : {}) })}\n${i % 13 === 0 ? '\n' : ''}`;
    expect(await difference(await temporaryFile(`\ufeff${rows(60, line)}`, 'data.jsonl'), { wanted: [{ key: 'data.label', name: 'late' }] })).toBeNull();
    expect(await difference(await temporaryFile(rows(60, line).trimEnd(), 'data.jsonl'), { asText: new Set(['last']) })).toBeNull();
    expect(await joined(await temporaryFile(rows(60, line), 'data.jsonl'), { wanted: [{ key: 'data.label', name: 'nobody' }] })).toBeNull();
  });

  it('of Parquet by row groups', async () => {
    expect(await difference(fixture('groups.parquet'), { unique: 'id', asText: new Set(['id']) }, 300, 5)).toBeNull();
    for (const codec of ['zstd', 'snappy']) expect(await difference(fixture(`types-${codec}.parquet`), {}, 1000, 2)).toBeNull();
  });

  it('of several files, of which some are empty, compressed, or large enough to be cut', async () => {
    const csv = (from: number, count: number): string => `a,b\n${rows(count, (i) => `${from + i},w${(from + i) % 9}\n`)}`;
    const files = { 'p1.csv': 'a,b\n', 'p2.csv': csv(0, 8), 'p3.csv': 'b,a\nw3,7\n\n', 'p4.csv.gz': gzipSync(csv(50, 30)), 'p5.csv': csv(90, 70), 'p6.csv': csv(200, 3) };
    const location = await folderOf(files, 'p*.csv*'), plans = await plansOf(location);
    expect(new Set(plans.map(({ kind }) => kind))).toEqual(new Set(['files', 'csv']));
    expect(await difference(location)).toBeNull();
    expect(await difference(await folderOf({ '1.jsonl': rows(40, (i) => `{"a":${i}}\n`), '2.jsonl': rows(40, (i) => `{"b":"${i}"}\n`), '3.jsonl': '{"c":true}\n' }, '*.jsonl'))).toBeNull();
  });

  it('is the same however random texts are cut', async () => {
    const random = randomStream(0, 'pieces'), pick = <T>(from: readonly T[]): T => from[random.integer(from.length)]!;
    let compared = 0;
    for (let round = 0; round < 60; round++) {
      const kinds = Array.from({ length: 4 }, () => pick([['1', '2', '-3.50', ''], ['a', '"b\n"', '', "'c'"], ['1', '01', 'x', '"4"'], ['', '?']]));
      const path = await temporaryFile(`a,b,c,d\n${rows(20 + random.integer(60), () => `${kinds.map((kind) => pick(kind)).join(',')}\n`)}`);
      const whole = await readColumns(path, OPTIONS).catch(() => null), bytes = 40 + random.integer(100);
      if ((await plansOf(path, {}, bytes)).length === 0) continue;
      const table = await joined(path, {}, bytes, 2);
      expect(table === null ? null : contents(table)).toEqual(whole === null ? null : contents(whole));
      compared++;
    }
    expect(compared).toBeGreaterThan(30);
  });
});

describe('pieces of several random files', () => {
  it('make the table of one reading, or none where that is refused', async () => {
    const random = randomStream(1, 'files'), pick = <T>(from: readonly T[]): T => from[random.integer(from.length)]!;
    let made = 0, refused = 0;
    for (let round = 0; round < 80; round++) {
      const file = (): string => {
        const kind = pick([['1', '2.5'], ['1', '2', ''], ['a', 'b', ''], ['a', '1'], ['']]);
        return `a,b\n${rows(2 + random.integer(8), (i) => `${pick(kind)},${i}\n`)}`;
      };
      const location = await folderOf(Object.fromEntries(Array.from({ length: 3 + random.integer(5) }, (_, i) => [`${i}.csv`, file()])), '*.csv'), bytes = 30 + random.integer(60);
      if ((await plansOf(location, {}, bytes)).length === 0) continue;
      const whole = await readColumns(location, OPTIONS).then(contents, () => null), table = await joined(location, {}, bytes, 2);
      expect(table === null ? whole : contents(table)).toEqual(whole);
      made += Number(table !== null);
      refused += Number(whole === null);
    }
    expect([made > 5, refused > 5]).toEqual([true, true]);
  });
});

describe('pieces that make no table', () => {
  const many = (last: string, first = 'i,n'): string => `${first}\n${rows(5000, (i) => `r${i},${i}\n`)}${last}`;

  it('are those of numbers whose texts are gone and words, and of columns in which words are mistakes', async () => {
    expect(await joined(await temporaryFile(many(rows(5000, (i) => `r${i},word ${i}\n`))), {}, 60_000, 2)).toBeNull();
    expect(await joined(await temporaryFile(many('z,oops\n')), {}, 4000)).toBeNull();
    expect(await joined(await temporaryFile(`n\n${rows(60, (i) => `${i % 3}\n`)}x\n`), { asNumber: new Set(['n']) }, 20)).toBeNull();
    expect(await difference(await temporaryFile(`n\n${rows(60, (i) => `${i % 3}\n`)}x\n`), {}, 20)).toBeNull();
    expect(await difference(await temporaryFile(many('z,oops\n')), { lenient: new Set(['n']), asText: new Set(['n']) }, 4000)).toBeNull();
  });

  it('are those with one id twice, in one dictionary or beyond', async () => {
    const unique = { unique: 'i', asText: new Set(['i']) };
    expect(await joined(await temporaryFile(many('r3,1\n')), unique, 4000)).toBeNull();
    expect(await joined(await temporaryFile(`i,n\n${rows(140_000, (i) => `r${i},1\n`)}r5,1\n`), unique, 400_000)).toBeNull();
  });

  it('are those of files that differ', async () => {
    const a = `a,b\n${rows(40, (i) => `${i},x\n`)}`;
    for (const other of [`a,c\n${rows(40, (i) => `${i},x\n`)}`, `a,b\n${rows(40, () => 'word,x\n')}`, 'a,b\nword,2\n']) expect(await joined(await folderOf({ '1.csv': a, '2.csv': a, '3.csv': other }, '*.csv'))).toBeNull();
    const words = `a,b\n${rows(20, () => 'word,x\n')}`, both = `a,b\n${rows(20, (i) => `${i % 2 === 0 ? 'word' : i},x\n`)}`;
    for (const [given, isFine] of [[{ '1.csv': a, '2.csv': words, '3.csv': both }, false], [{ '1.csv': words, '2.csv': words, '3.csv': `a,b\n${rows(15, (i) => `${i},x\n`)}`, '4.csv': both }, false], [{ '1.csv': both, '2.csv': words, '3.csv': a }, true]] as const) {
      const location = await folderOf(given, '*.csv'), whole = await readColumns(location, OPTIONS).then(contents, () => null), table = await joined(location, {}, 110, 2);
      expect(table === null ? null : contents(table)).toEqual(whole);
      expect(table !== null).toBe(isFine);
    }
    expect(await joined(await folderOf({ '1.jsonl': rows(40, (i) => `{"a":${i}}\n`), '2.jsonl': rows(40, () => '{"a":"x"}\n') }, '*.jsonl'))).toBeNull();
    expect(await plansOf(await folderOf({ '1.csv': a, '2.csv': a, '3.jsonl': '{"a":1}\n' }, '*'))).toEqual([]);
  });

  it('are refused where they are not what was cut', async () => {
    const path = await temporaryFile(many('')), [, plan] = await plansOf(path, {}, 4000), read = async (): Promise<unknown> => readPiece(await findSources(path), plan!, OPTIONS, new Spill());
    expect(await read()).not.toBeNull();
    await writeFile(path, many('').replace('r700,', 'r7OO,'));
    expect(await read()).toBeNull();
    await writeFile(path, 'i,n\n1,2\n');
    expect(await read()).toBeNull();
  });
});

describe('what is not cut', () => {
  it('is small, or a text of which nobody can tell where lines begin', async () => {
    const text = `a,b\n${rows(100, (i) => `${i},x\n`)}`, bytes = Buffer.from(text);
    expect(await plansOf(await temporaryFile(text), {}, 400)).toEqual([]);
    expect(await plansOf(await temporaryFile(text), {}, 200)).toHaveLength(2);
    for (const [content, options] of [
      [Buffer.from(text, 'utf16le'), { encoding: 'utf-16le' }], [bytes, { encoding: 'shift_jis' }], [bytes, { encoding: 'nonsense' }], [bytes, { delimiter: 'ab' }],
      [text.replaceAll(',', '  q  '), {}], [text.replaceAll('\n', '\r'), {}], [`"a,b\n${rows(100, (i) => `${i},x\n`)}`, {}], ['', {}], [`l\n${rows(50, () => ' 1 2\n')}`, {}],
    ] as const) expect(await plansOf(await temporaryFile(content), options)).toEqual([]);
    expect(await plansOf(await temporaryFile(gzipSync(Buffer.from(Array.from(bytes, (byte, i) => byte ^ (i * i))), { level: 0 }), 'data.csv.gz'))).toEqual([]);
    expect(await plansOf(fixture('deltas.parquet'))).toEqual([]);
  });
});
