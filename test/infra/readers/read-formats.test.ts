import { readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readTable } from '../../../infra/readers/read-table.ts';
import { OPTIONS, asObject, failureOf, fixture } from './read-options.ts';
import { temporaryFile } from './temporary-file.ts';

/** What fixtures/make.py put into its table. */
const TYPES = {
  i8: [1, -2, null, 4, 5], i64: [2 ** 53, 1, 2, 3, null], u64: [2 ** 63, 0, 1, 2, 3], u32: [2 ** 32 - 1, 0, 1, 2, 3],
  f16: [1.5, -2, 0.25, null, 65_504], f32: [0.5, 2, 3, 4, null], f64: [0.1, 2, null, 4, null],
  bool: ['true', 'false', null, 'true', 'false'], text: ['a', 'b', null, 'ü€😀', null], large: ['x', 'y', 'z', 'x', null],
  date: ['2020-01-01', '1969-12-31', null, '2024-02-29', '0001-01-01'], decimal: [1.25, -3.5, null, 0.01, 0],
  milli: ['1970-01-01T00:00:00Z', '1970-01-01T00:00:01.5Z', null, '1969-12-31T23:59:59.999Z', '1970-01-01T00:00:00.001Z'],
  micro: ['1970-01-01T00:00:00Z', '1970-01-01T00:00:01.500001Z', null, '1969-12-31T23:59:59.999999Z', '1970-01-01T00:00:00.000001Z'],
  nano: ['1970-01-01T00:00:00Z', '1970-01-01T00:00:01.500000001Z', null, '1969-12-31T23:59:59.999999999Z', '1970-01-01T00:00:00.000000001Z'],
  word: ['x', 'y', null, 'x', 'z'], none: [null, null, null, null, null],
};

const DTYPES = ['f8', 'f4', 'f2', 'i8', 'i4', 'i2', 'i1', 'u8', 'u4', 'u2', 'u1', 'big-f8', 'big-i4', 'big-u2'];

describe('Parquet and Arrow files of pyarrow', () => {
  it.each(['none', 'snappy', 'gzip', 'brotli', 'zstd', 'lz4', 'pages-2'])('Parquet, %s', async (kind) => {
    expect(asObject(await readTable(fixture(`types-${kind}.parquet`), OPTIONS))).toEqual(TYPES);
  });

  it.each(['types-uncompressed.feather', 'types-lz4.feather', 'types-zstd.feather', 'types.arrows'])('Arrow, %s', async (name) => {
    expect(asObject(await readTable(fixture(name), OPTIONS))).toEqual(TYPES);
  });

  it('Parquet with delta encodings', async () => {
    const { i64, f64, text, bool } = TYPES;
    expect(asObject(await readTable(fixture('deltas.parquet'), OPTIONS))).toEqual({ i64, f64, text, bool });
  });

  it('keep numbers that are ids to the last digit, and take missing markers for missing', async () => {
    const read = await readTable(fixture('types-snappy.parquet'), { ...OPTIONS, asText: new Set(['u64']), missing: ['1', 'x'] });
    expect(asObject(read)['u64']).toEqual(['9223372036854775808', '0', null, '2', '3']);
    expect(asObject(read)['i8']).toEqual([null, -2, null, 4, 5]);
    expect(asObject(read)['large']).toEqual([null, 'y', 'z', null, null]);
  });

  it.each([['nested.parquet', 'lists'], ['nested.feather', 'List<Int32>']])('refuse what is no column, unless it is excluded: %s', async (name, found) => {
    const error = await failureOf(fixture(name));
    expect(error).toMatchObject({ code: 'column-type' });
    expect(error.message).toContain(`column "list": it holds ${found}; expected numbers`);
    const read = await readTable(fixture(name), { ...OPTIONS, lenient: new Set(['list']) });
    expect(asObject(read)).toEqual({ a: [1, 2], list: [null, null] });
  });

  it('leave out the row names of pandas, and say so', async () => {
    const read = await readTable(fixture('nested.parquet'), { ...OPTIONS, lenient: new Set(['list']) });
    expect(read.notes.join()).toContain('__index_level_0__');
  });

  it('find the column that the configuration misspells', async () => {
    expect((await failureOf(fixture('types.arrows'), { wanted: [{ key: 'data.label', name: 'texd' }] })).message).toContain('did you mean "text"');
  });
});

describe('npz files of numpy', () => {
  it.each(DTYPES.flatMap((dtype) => [`${dtype}.npz`, `${dtype}-columns.npz`]))('%s', async (name) => {
    expect(asObject(await readTable(fixture(name), OPTIONS))).toEqual({ x0: [0, 3, 6, 9], x1: [1, 4, 7, 10], x2: [2, 5, 8, 11], y: [0, 1, 0, 1] });
  });

  it.each(['bool.npz', 'bool-columns.npz'])('%s', async (name) => {
    const [t, f] = ['true', 'false'];
    expect(asObject(await readTable(fixture(name), OPTIONS))).toEqual({ x0: [f, t, f, t], x1: [t, f, t, f], x2: [f, t, f, t], y: [0, 1, 0, 1] });
  });

  it('read texts as labels, and say which arrays they leave', async () => {
    const read = await readTable(fixture('texts.npz'), OPTIONS);
    expect(asObject(read)['y']).toEqual(['yes', 'no', 'yes']);
    expect(read.notes.join()).toContain('other than X and y are not read: names');
  });

  it.each([
    ['objects.npz', 'npz', /array X: its dtype is "\|O".*would run code/], ['without-x.npz', 'npz', /has no array X; it holds "data"/],
    ['one-dimension.npz', 'npz', /array X: its shape is \(3\); expected two dimensions/], ['other-rows.npz', 'npz', /array y: its shape is \(4\); expected \(3,\)/],
    ['infinite.npz', 'infinite', /row 0 \(counted from 0\), column "x1": "Infinity" is not a finite number/],
  ])('%s is refused', async (name, code, message) => {
    expect(await failureOf(fixture(name))).toMatchObject({ code, message: expect.stringMatching(message) as string });
  });

  it('refuse a member that says it unpacks to far more than it can', async () => {
    const bytes = Buffer.from(await readFile(fixture('f8-columns.npz')));
    // The size of the first member in the archive's directory.
    const entry = bytes.indexOf(Buffer.from([0x50, 0x4b, 1, 2]));
    bytes.writeUInt32LE(0x7fff_ffff, entry + 24);
    expect((await failureOf(await temporaryFile(bytes, 'bomb.npz'))).message).toMatch(/unpacks from \d+ to 2147483647 bytes, more than is read at once/);
  });
});

describe('JSON lines', () => {
  it('keep types, and make columns of the union of keys', async () => {
    const text = '{"a": 1, "b": "x", "c": true}\n\n{"a": null, "d": "12", "b": " y "}\r\n{"__proto__": 5, "a": 2.5}';
    const read = await readTable(await temporaryFile(text, 'data.jsonl'), OPTIONS);
    expect(read.table.columns.map(({ name, kind }) => `${name} ${kind}`)).toEqual(['a number', 'b category', 'c category', 'd category', '__proto__ number']);
    expect(read.table.columns.map((column) => asObject({ table: { rows: 3, columns: [{ ...column, name: 'v' }] } })['v'])).toEqual([[1, null, 2.5], ['x', 'y', null], ['true', null, null], [null, '12', null], [null, null, 5]]);
    expect(read.emptyLines).toBe(1);
  });

  it('keep numbers that are ids to the last digit', async () => {
    const read = await readTable(await temporaryFile('{"id": 12345678901234567890, "a": 1}\n{"id": 12345678901234567891, "a": 2}\n', 'data.jsonl'), { ...OPTIONS, asText: new Set(['id']), unique: 'id' });
    expect(asObject(read)).toEqual({ id: ['12345678901234567890', '12345678901234567891'], a: [1, 2] });
  });

  it.each([
    ['a nested value', '{"a": 1}\n{"a": {"b": 2}}\n', 'nested', /line 2, column "a": the value is an object; expected a number/],
    ['a list', '{"a": [1]}\n{"a": [2]}\n', 'nested', /line 1, column "a": the value is a list/],
    ['two types', '{"a": 1}\n{"a": "x"}\n', 'mixed-types', /line 2, column "a": found the text "x", but the column holds numbers before/],
    ['no JSON', '{"a": 1}\n{"a": \n', 'json', /line 2: the line is no JSON/],
    ['no object', '{"a": 1}\n[2]\n', 'json', /line 2: the line holds a list; expected one JSON object/],
    ['one array', '[{"a": 1}, {"a": 2}]', 'json', /is one JSON array; expected JSON lines.*jq -c/],
    ['an infinite number', '{"a": 1}\n{"a": 1e999}\n', 'infinite', /line 2, column "a": "Infinity"/],
    ['one object', '{"a": 1}\n', 'few-rows', /one row of data/],
    ['an id twice', '{"id": "x", "a": 1}\n{"id": "x", "a": 2}\n', 'duplicate-id', /line 2, column "id"/],
    ['a column that is not there', '{"id": "x", "b": 1}\n{"id": "y", "b": 2}\n', 'unknown-column', /data\.label names the column "a"/],
  ])('refuse %s', async (_what, text, code, message) => {
    const wanted = code === 'unknown-column' ? [{ key: 'data.label', name: 'a' }] : [];
    expect(await failureOf(await temporaryFile(text, 'data.jsonl'), { unique: 'id', wanted })).toMatchObject({ code, message: expect.stringMatching(message) as string });
  });

  it('let an excluded column be of any types', async () => {
    const read = await readTable(await temporaryFile('{"a": 1, "b": 1}\n{"a": "x", "b": 2}\n{"a": [1], "b": 3}\n', 'data.jsonl'), { ...OPTIONS, lenient: new Set(['a']) });
    expect(asObject(read)).toEqual({ a: ['1', 'x', null], b: [1, 2, 3] });
  });
});

describe('gzip', () => {
  it.each(['types-snappy.parquet', 'types-lz4.feather', 'types.arrows', 'f8.npz'])('of %s', async (name) => {
    const path = await temporaryFile(gzipSync(await readFile(fixture(name))), `${name}.gz`);
    expect(asObject(await readTable(path, OPTIONS))).toEqual(asObject(await readTable(fixture(name), OPTIONS)));
  });

  it.each([['data.csv.gz', 'a,b\n1,x\n2,y\n'], ['data.jsonl.gz', '{"a": 1, "b": "x"}\n{"a": 2, "b": "y"}\n']])('of %s, in several members', async (name, text) => {
    const half = text.length >> 1, bytes = Buffer.concat([gzipSync(text.slice(0, half)), gzipSync(text.slice(half))]);
    expect(asObject(await readTable(await temporaryFile(bytes, name), OPTIONS))).toEqual({ a: [1, 2], b: ['x', 'y'] });
  });

  it('that is cut off, damaged, or none', async () => {
    const whole = gzipSync(`a,b\n${Array.from({ length: 2000 }, (_, i) => `${i},${i * i}`).join('\n')}\n`);
    expect(await failureOf(await temporaryFile(whole.subarray(0, whole.length - 20), 'cut.csv.gz'))).toMatchObject({ code: 'truncated', message: expect.stringContaining('is a gzip file that was cut off') as string });
    const flipped = Buffer.from(whole);
    flipped.fill(0x55, 1000, 1100);
    expect((await failureOf(await temporaryFile(flipped, 'bad.csv.gz'))).code).toBe('damaged');
    expect((await failureOf(await temporaryFile('a,b\n1,2\n3,4\n', 'plain.csv.gz'))).message).toContain('is not compressed, but by its name it should be gzip-compressed; take .gz off its name');
  });
});

describe('a file that its name does not tell', () => {
  it.each([
    ['people.csv', () => readFile(fixture('types-snappy.parquet')), 'wrong-format', 'is a Parquet file, but by its name it should be delimited text; give it the name that it should have (.parquet or .pq)'],
    ['people.parquet', () => Promise.resolve(Buffer.from('a,b\n1,2\n3,4\n')), 'wrong-format', 'is delimited text, but by its name it should be a Parquet file'],
    ['people.npz', () => readFile(fixture('types.arrows')), 'wrong-format', 'is an Arrow file, but by its name it should be an npz file'],
    ['people.arrow', () => readFile(fixture('f8.npz')), 'wrong-format', 'is an npz file, but by its name it should be an Arrow file'],
    ['people.csv', () => Promise.resolve(gzipSync('a,b\n1,2\n')), 'wrong-format', 'is gzip-compressed, but by its name it should be plain; name it people.csv.gz'],
    ['people.csv', () => Promise.resolve(Buffer.from('{"a": 1}\n{"a": 2}\n')), 'wrong-format', 'is JSON lines, but by its name it should be delimited text'],
    ['people.txt', () => Promise.resolve(Buffer.from('@RELATION people\n@ATTRIBUTE a NUMERIC\n@DATA\n1\n')), 'not-built', 'is an ARFF file'],
    ['people.csv', () => Promise.resolve(Buffer.from('\u0089PNG\r\n', 'latin1')), 'not-built', 'is a PNG picture, for which there is no reader; export it as CSV or Parquet'],
    ['people.csv', () => Promise.resolve(Buffer.from('<!DOCTYPE html><html>')), 'not-built', 'is a web page or XML'],
    ['people.csv', () => Promise.resolve(Buffer.from([1, 2, 0, 0, 3, 0, 7, 0, 0])), 'not-built', 'is no text: it holds zero bytes'],
    ['people.csv', () => Promise.resolve(Buffer.from('PK\u0003\u0004........[Content_Types].xml', 'latin1')), 'not-built', 'an Excel workbook'],
  ])('%s: %#', async (name, content, code, words) => {
    const error = await failureOf(await temporaryFile(await content(), name));
    expect(error).toMatchObject({ code, message: expect.stringContaining(words) as string });
  });

  it('is read by its content when the name tells nothing', async () => {
    expect((await readTable(await temporaryFile(await readFile(fixture('f8.npz')), 'people.bin'), OPTIONS)).format).toBe('npz');
    expect((await readTable(await temporaryFile('{"a": 1}\n{"a": 2}\n', 'people'), OPTIONS)).format).toBe('json-lines');
  });

  it.each(['parquet', 'arrow', 'npz'])('is empty: %s', async (end) => {
    expect((await failureOf(await temporaryFile('', `people.${end}`))).message).toMatch(/cut off|empty/);
  });

  it.each(['types-snappy.parquet', 'types-lz4.feather', 'types.arrows', 'f8.npz'])('is cut off: %s', async (name) => {
    const whole = await readFile(fixture(name));
    for (const share of [0.2, 0.5, 0.9, 0.999]) {
      const error = await failureOf(await temporaryFile(whole.subarray(0, Math.floor(whole.length * share)), name));
      expect(error).toMatchObject({ code: 'truncated', message: expect.stringMatching(/was cut off: .*; copy or download it again, whole/) as string });
    }
  });
});

describe('several files', () => {
  async function parts(contents: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
    const folder = dirname(await temporaryFile('', 'empty'));
    for (const [name, content] of Object.entries(contents)) await writeFile(join(folder, name), content);
    return folder;
  }

  it('are read as one, sorted by name, whatever the order of their columns', async () => {
    const folder = await parts({ 'p-2.csv': 'b,a\nz,3\n', 'p-10.csv': 'a,b\n1,x\n', 'other.csv': 'q\n1\n', 'p-3.csv.gz': gzipSync('a,b\n4,w\n') });
    const read = await readTable(join(folder, 'p-*'), OPTIONS);
    expect(asObject(read)).toEqual({ a: [1, 3, 4], b: ['x', 'z', 'w'] });
    expect(read.files.map((file) => basename(file))).toEqual(['p-10.csv', 'p-2.csv', 'p-3.csv.gz']);
  });

  it.each([
    ['lack a column', { 'p1.csv': 'a,b\n1,x\n2,y\n', 'p2.csv': 'a,c\n1,x\n' }, 'columns-differ', /p2\.csv does not have the columns of .*p1\.csv: it lacks "b", and it has "c" besides; files read together/],
    ['change a type', { 'p1.csv': 'a,b\n1,x\n2,y\n', 'p2.csv': 'a,b\nred,x\nblue,y\n' }, 'types-differ', /p2\.csv, column "a": it holds text, but in .*p1\.csv it holds numbers; give the column one type/],
    ['hold a bad row', { 'p1.csv': 'a,b\n1,x\n2,y\n', 'p2.csv': 'a,b\n1\n' }, 'ragged', /p2\.csv, line 2/],
    ['repeat an id', { 'p1.csv': 'id,b\n1,x\n2,y\n', 'p2.csv': 'id,b\n2,x\n' }, 'duplicate-id', /p2\.csv, line 2, column "id": the id "2" stands in data rows 1 and 2/],
    ['are of two formats', { 'p1.csv': 'a,b\n1,x\n2,y\n', 'p2.jsonl': '{"a": 1, "b": "x"}\n' }, 'formats-differ', /p2\.jsonl is json-lines, but .*p1\.csv is csv/],
  ])('are refused when they %s', async (_what, contents, code, message) => {
    const error = await failureOf(join(await parts(contents as unknown as Record<string, string>), 'p*'), { unique: 'id', asText: new Set(['id']) });
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) as string });
  });

  it('with types differ by what the files say', async () => {
    const folder = await parts({ 'p1.npz': await readFile(fixture('f8.npz')), 'p2.npz': await readFile(fixture('bool.npz')) });
    expect(await failureOf(join(folder, '*.npz'))).toMatchObject({ code: 'types-differ', message: expect.stringMatching(/p2\.npz, column "x0": it holds true and false, but in .*p1\.npz it holds numbers/) as string });
  });

  it('are none', async () => {
    expect((await failureOf(join(await parts({}), '*.csv'))).message).toMatch(/no file matches .*\*\.csv; check data\.path/);
  });

  it('a file whose own name looks like a pattern is that file', async () => {
    const folder = await parts({ 'p[1].csv': 'a,b\n1,x\n2,y\n' });
    expect((await readTable(join(folder, 'p[1].csv'), OPTIONS)).rows).toBe(2);
  });
});
