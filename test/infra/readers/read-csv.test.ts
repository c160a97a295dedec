import { describe, expect, it } from 'vitest';
import { readTable } from '../../../infra/readers/read-table.ts';
import type { TableFacts, TableOptions } from '../../../infra/readers/read-table.ts';
import type { Column, Table } from '../../../models/table.ts';
import { temporaryFile } from './temporary-file.ts';

const OPTIONS: TableOptions = {
  columns: null, delimiter: 'auto', encoding: 'utf-8', missing: ['', '?', 'NA'], wanted: [], asText: new Set(), asNumber: new Set(), lenient: new Set(), unique: null,
};

type CsvTable = TableFacts & { readonly table: Table };

async function read(content: string | Uint8Array, options: Partial<TableOptions> = {}): Promise<CsvTable> {
  return readTable(await temporaryFile(content), { ...OPTIONS, ...options });
}

/** The cells as a reader of the table would name them. */
function cells(column: Column | undefined): readonly (string | number | null)[] {
  if (column === undefined) return [];
  if (column.kind === 'number') return Array.from(column.values, (value) => (Number.isNaN(value) ? null : value));
  return Array.from(column.codes, (code) => (code < 0 ? null : column.levels[code]!));
}

function asObject({ table }: CsvTable): Record<string, readonly (string | number | null)[]> {
  return Object.fromEntries(table.columns.map((column) => [column.name, cells(column)]));
}

async function failure(content: string | Uint8Array, options: Partial<TableOptions> = {}): Promise<{ code: string; message: string }> {
  const error = await read(content, options).then(() => null, (reason: unknown) => reason);
  expect(error).toMatchObject({ name: 'ReaderError' });
  return error as { code: string; message: string };
}

describe('a table from CSV', () => {
  it('finds numbers, categories and missing values', async () => {
    const read1 = await read('age,sex,pay\n39,Male,1e3\n?, Female ,-2.5\n50,,.5\n');
    expect(asObject(read1)).toEqual({ age: [39, null, 50], sex: ['Male', 'Female', null], pay: [1000, -2.5, 0.5] });
    expect(read1.table.columns.map((column) => column.kind)).toEqual(['number', 'category', 'number']);
  });

  it.each([
    ['semicolons', 'a;b\n1,5;x\n2,5;y\n', { a: ['1,5', '2,5'], b: ['x', 'y'] }],
    ['tabs', 'a\tb\n1\tx, y\n2\ty\n', { a: [1, 2], b: ['x, y', 'y'] }],
    ['bars', 'a|b\n1|x\n2|y\n', { a: [1, 2], b: ['x', 'y'] }],
    ['one column', 'a\n1\n2\n', { a: [1, 2] }],
    ['commas inside quotes', 'a;b\n"1,2,3";x\n"4,5,6";y\n', { a: ['1,2,3', '4,5,6'], b: ['x', 'y'] }],
  ])('finds the delimiter: %s', async (_name, content, expected) => {
    expect(asObject(await read(content))).toEqual(expected);
  });

  it('takes a delimiter that is given', async () => {
    expect(asObject(await read('a~b\n1~2\n3~4\n', { delimiter: '~' }))).toEqual({ a: [1, 3], b: [2, 4] });
    expect(asObject(await read('a\tb,c\n1\t2\n3\t4\n', { delimiter: 'tab' }))).toEqual({ a: [1, 3], 'b,c': [2, 4] });
    expect((await failure('a\n1\n2\n', { delimiter: '"' })).code).toBe('delimiter');
  });

  it.each(['auto', ' ', '   '])('takes runs of spaces for one delimiter: %j', async (delimiter) => {
    const text = 'a  b   c\n 1 "x  y" 3\n4    z 6   \n';
    expect(asObject(await read(text, { delimiter }))).toEqual({ a: [1, 4], b: ['x  y', 'z'], c: [3, 6] });
  });

  it('takes a column of phrases for one column', async () => {
    expect(asObject(await read('a phrase\none two three\nfour five\n'))).toEqual({ 'a phrase': ['one two three', 'four five'] });
  });

  it('reads values in single quotes as OpenML writes them, and says so', async () => {
    const result = await read(`"a","b"\n'<0',1\n'no account',2\nit's,3\n`);
    expect(asObject(result)).toEqual({ a: ['<0', 'no account', "it's"], b: [1, 2, 3] });
    expect(result.notes.join()).toContain('2 values stand in single quotes');
  });

  it('finds the encoding where it is told to, and says which', async () => {
    const result = await read(Buffer.from('a,b\ncaf\u00e9,1\nx,2\n', 'latin1'), { encoding: 'auto' });
    expect(asObject(result)['a']).toEqual(['café', 'x']);
    expect(result.notes).toEqual(['read as windows-1252: it is not valid UTF-8; set data.encoding if that is wrong']);
    expect((await read('a,b\ncafé,1\nx,2\n', { encoding: 'auto' })).notes).toEqual([]);
    expect(asObject(await read(Buffer.from('\ufeffa,b\ncafé,1\nx,2\n', 'utf16le'), { encoding: 'auto' }))['a']).toEqual(['café', 'x']);
  });

  it.each(['\n', '\r\n', '\r'])('reads line ends %j, also without one at the end', async (end) => {
    expect(asObject(await read(['a,b', '1,x', '2,"y"'].join(end)))).toEqual({ a: [1, 2], b: ['x', 'y'] });
  });

  it('reads mixed line ends, quoted line breaks, doubled quotes and a byte-order mark', async () => {
    expect(asObject(await read('\uFEFF"a",b\r\n1,"two\nlines"\n2,"say ""hi"""\r\n'))).toEqual({ a: [1, 2], b: ['two\nlines', 'say "hi"'] });
  });

  it('counts empty lines and passes them over', async () => {
    const result = await read('a,b\n\n1,2\n   \n3,4\n\n');
    expect(asObject(result)).toEqual({ a: [1, 3], b: [2, 4] });
    expect(result.emptyLines).toBe(3);
    expect((await read('a,b\n1,2\n3,4\n')).emptyLines).toBe(0);
    expect((await read('a,b\n1,2\n3,4')).emptyLines).toBe(0);
  });

  it('names the columns of a file without a header line', async () => {
    expect(asObject(await read('1,x\n2,y\n', { columns: ['a', 'b'] }))).toEqual({ a: [1, 2], b: ['x', 'y'] });
    const error = await failure('1,x,3\n2,y,4\n', { columns: ['a', 'b'] });
    expect(error.code).toBe('column-count');
    expect(error.message).toMatch(/line 1: data\.columns names 2 columns, but the line has 3 cells/);
  });

  it('gives a name to a column without one', async () => {
    expect(Object.keys(asObject(await read(',b\n1,2\n3,4\n')))).toEqual(['column_1', 'b']);
  });

  it('keeps names and values that mean something to JavaScript', async () => {
    const { table } = await read('__proto__,constructor\ntoString,1\n__proto__,2\n');
    expect(table.columns.map((column) => column.name)).toEqual(['__proto__', 'constructor']);
    expect(cells(table.columns[0])).toEqual(['toString', '__proto__']);
  });

  it('takes no hexadecimal, separated or worded number for a number', async () => {
    const { table } = await read('a,b,c,d\n0x10,1 000,Infinity,1_000\n0x11,2 000,NaN,2_000\n');
    expect(table.columns.map((column) => column.kind)).toEqual(['category', 'category', 'category', 'category']);
  });

  it('takes text for text where it is told to, and keeps a megabyte in a cell', async () => {
    const long = 'x'.repeat(1_000_000);
    const result = await read(`id,t\n007,${long}\n7,y\n`, { asText: new Set(['id']) });
    expect(asObject(result)).toEqual({ id: ['007', '7'], t: [long, 'y'] });
  });

  it('reads again when words turn up after thousands of numbers', async () => {
    const numbers = Array.from({ length: 6000 }, (_, i) => `${i / 4}`), words = Array.from({ length: 3000 }, (_, i) => `w${i % 7}`);
    const { table } = await read(`a\n${[...numbers, ...words].join('\n')}\n`);
    expect(table.columns[0]!.kind).toBe('category');
    expect(cells(table.columns[0])).toEqual([...numbers, ...words]);
  });

  it('keeps more rows than one chunk holds', async () => {
    const { table } = await read(`a,b\n${Array.from({ length: 70_000 }, (_, i) => `${i},${i % 3 === 0 ? '' : `l${i % 5}`}`).join('\n')}\n`);
    expect(cells(table.columns[0])[69_999]).toBe(69_999);
    expect(cells(table.columns[1])[65_536]).toBe('l1');
    expect(cells(table.columns[1])[65_538]).toBeNull();
  });
});

describe('what cannot be read', () => {
  it.each([
    ['an empty file', '', 'empty', /is empty; expected a header line/],
    ['empty lines only', '\n\n\n', 'empty', /is empty/],
    ['a header only', 'a,b\n', 'few-rows', /no row of data.*at least two/],
    ['one row', 'a,b\n1,2\n', 'few-rows', /one row of data/],
    ['a short row', 'a,b,c\n1,2,3\n1,2\n', 'ragged', /line 3, column "c": the row has 2 cells, expected 3/],
    ['a long row', 'a,b\n1,2\n\n1,2,3\n', 'ragged', /line 4, column "b": the row has 3 cells, expected 2; quote cells/],
    ['a name twice', 'a,b,a\n1,2,3\n1,2,3\n', 'duplicate-column', /line 1, column "a": the name stands at positions 1 and 3/],
    ['a quote that stays open', 'a,b\n1,"x\n2,y\n', 'quoting', /never closed; inside a quoted cell/],
    ['a quote inside a cell', 'a,b\n1,x"y\n2,z\n', 'quoting', /line 2: a quote stands in the middle/],
    ['text after a quote', 'a,b\n1,"x"y\n2,z\n', 'quoting', /line 2: text follows the closing quote/],
  ])('%s', async (_name, content, code, message) => {
    const error = await failure(content);
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) as string });
    expect(error.message).toContain('data.csv');
  });

  it('a word in a column of numbers', async () => {
    const rows = Array.from({ length: 100 }, (_, i) => `${i},x`);
    rows[41] = '4l,x';
    expect(await failure(`age,b\n${rows.join('\n')}\n`)).toMatchObject({ code: 'bad-number', message: expect.stringMatching(/line 43, column "age": "4l" is no number, but 99 other cells of the column are \(1 in all are not\).*data\.missing/) as string });
    const lenient = await read(`age,b\n${rows.join('\n')}\n`, { lenient: new Set(['age']) });
    expect(lenient.table.columns[0]!.kind).toBe('category');
  });

  it('a word in a column that must be numbers, however few are', async () => {
    expect((await failure('s,b\n0.5,x\nhigh,y\n', { asNumber: new Set(['s']) })).message).toMatch(/line 3, column "s": "high" is no number/);
  });

  it.each(['Infinity', '-inf', '1e999'])('the number %s', async (text) => {
    const rows = Array.from({ length: 100 }, (_, i) => `${i}`);
    rows[10] = text;
    expect(await failure(`a\n${rows.join('\n')}\n`)).toMatchObject({ code: 'infinite', message: expect.stringContaining(`line 12, column "a": "${text}" is not a finite number`) as string });
  });

  it('an id that is not unique', async () => {
    const error = await failure('id,b\nx,1\ny,2\nx,3\n', { unique: 'id', asText: new Set(['id']) });
    expect(error).toMatchObject({ code: 'duplicate-id', message: expect.stringMatching(/line 4, column "id": the id "x" stands in data rows 0 and 2/) as string });
  });

  it('a column that is not there, with the nearest that is', async () => {
    const wanted = [{ key: 'data.label', name: 'icnome' }];
    const error = await failure('age,income\n1,2\n3,4\n', { wanted });
    expect(error).toMatchObject({ code: 'unknown-column', message: expect.stringMatching(/data\.label names the column "icnome".*did you mean "income"\? its columns are "age", "income"/) as string });
    expect((await failure('age,income\n1,2\n3,4\n', { wanted: [{ key: 'data.id', name: 'zzzzzzzz' }] })).message).not.toContain('did you mean');
  });

  it('shows hostile text cut and escaped', async () => {
    const rows = Array.from({ length: 100 }, (_, i) => `${i}`);
    rows[5] = `"\u001b[31m\n${'<script>'.repeat(1000)}"`;
    const { message } = await failure(`a\n${rows.join('\n')}\n`);
    expect(message).not.toContain('\u001b');
    expect(message).not.toContain('\n');
    expect(message.length).toBeLessThan(600);
  });
});
