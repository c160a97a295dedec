import { rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DataConfig } from '../../activities/audit-config.ts';
import { ingest } from '../../activities/ingest.ts';
import { putJson } from '../../activities/artifacts.ts';
import { columnOf, labelsOf, loadDataset } from '../../activities/load-dataset.ts';
import { temporaryFile } from '../infra/readers/temporary-file.ts';
import { DATA, ingestText } from './ingest-fixture.ts';
import { MemoryStore, testContext } from './memory-store.ts';

const PEOPLE = 'name,age,sex,income\nann,39,Female,>50K\nbob,50,Male,<=50K\ncid,,Male,<=50K\ndee,28,?,\neve,37,Female,<=50K\n';

async function failure(text: string, data: Partial<DataConfig>): Promise<string> {
  const error = await ingestText(text, data).then(() => null, (reason: unknown) => reason);
  expect(error).toMatchObject({ name: 'DataError' });
  const { message } = error as Error;
  expect(message).toContain('data.csv');
  return message;
}

describe('ingest', () => {
  it('stores columns, rows, ids and label so that they load as they were', async () => {
    const { dataset, output } = await ingestText(PEOPLE, { id: 'name', label: 'income', protected: ['sex'] });
    expect(dataset.ids).toEqual(['ann', 'bob', 'cid', 'dee', 'eve']);
    expect(Array.from(dataset.rowNumbers)).toEqual([0, 1, 2, 3, 4]);
    expect(columnOf(dataset.table, 'age')).toMatchObject({ kind: 'number', values: Float64Array.of(39, 50, Number.NaN, 28, 37) });
    expect(columnOf(dataset.table, 'sex')).toMatchObject({ kind: 'category', levels: ['Female', 'Male'], codes: Int32Array.of(0, 1, 1, -1, 0) });
    expect(Array.from(labelsOf(dataset)!)).toEqual([1, 0, 0, 255, 0]);
    expect(dataset.profile.label).toEqual({ column: 'income', positive: '>50K', how: 'not configured; the rarer of the two values', missing: 1 });
    expect(dataset.profile.columns.map((column) => column.roles)).toEqual([['id'], ['feature'], ['protected', 'feature'], ['label']]);
    expect(output.summary).toMatchObject({ rows: 5, usable: 5, columns: 4 });
    expect(() => columnOf(dataset.table, 'nobody')).toThrow('"nobody"');
  });

  it('takes the row number for an id where none is named, and says what follows', async () => {
    const { dataset } = await ingestText(PEOPLE);
    expect(dataset.ids).toEqual(['0', '1', '2', '3', '4']);
    expect(labelsOf(dataset)).toBeNull();
    expect(dataset.profile.label).toBeNull();
    expect(dataset.profile.notes.join()).toContain('no id column');
  });

  it('sets rows aside that it cannot use, with reason and number', async () => {
    const text = 'id,w,a\nx,1,5\n,1,6\ny,?,7\nz,2,\n?,?,?\nu,0,8\n';
    const { dataset } = await ingestText(text, { id: 'id', weight: 'w' });
    expect(Array.from(dataset.rowNumbers)).toEqual([0, 3, 5]);
    expect(dataset.ids).toEqual(['x', 'z', 'u']);
    expect(dataset.profile).toMatchObject({ rows: 6, usable: 3, unusable: [
      { reason: 'every cell is missing', count: 1, rows: [4] },
      { reason: 'id (column id) is missing', count: 1, rows: [1] },
      { reason: 'weight (column w) is missing', count: 1, rows: [2] },
    ] });
    expect(dataset.profile.notes).toContain('1 row set aside: every cell is missing');
  });

  it('keeps the split of rows when others are added, in any order, and of whole clusters', async () => {
    const row = (i: number): string => `p${i},${i % 7},h${i % 40}`;
    const first = await ingestText(`id,a,h\n${Array.from({ length: 300 }, (_, i) => row(i)).join('\n')}\n`, { id: 'id' });
    const more = await ingestText(`id,a,h\n${Array.from({ length: 400 }, (_, i) => row(399 - i)).join('\n')}\n`, { id: 'id' });
    const partOf = new Map(more.dataset.ids.map((id, i) => [id, more.dataset.split[i]]));
    expect(first.dataset.ids.every((id, i) => partOf.get(id) === first.dataset.split[i])).toBe(true);
    expect(new Set(first.dataset.split).size).toBe(3);
    const clustered = await ingestText(`id,a,h\n${Array.from({ length: 300 }, (_, i) => row(i)).join('\n')}\n`, { id: 'id', cluster: 'h' });
    const parts = new Set(Array.from(clustered.dataset.split, (part, i) => `${i % 40}:${part}`));
    expect(parts.size).toBe(40);
  });

  it('takes few numbers for a category where they name groups or classes', async () => {
    const text = `sex,age,y\n${Array.from({ length: 60 }, (_, i) => `${i % 2 === 0 ? '2.0' : '1'},${i},${i % 3 === 0 ? '1.0' : '0'}`).join('\n')}\n`;
    const { dataset } = await ingestText(text, { protected: ['sex', 'age'], label: 'y', positive: '1', bins: { age: [0, 30, 60] } });
    expect(columnOf(dataset.table, 'sex')).toMatchObject({ kind: 'category', levels: ['1', '2'] });
    expect(columnOf(dataset.table, 'age').kind).toBe('number');
    expect(labelsOf(dataset)!.reduce((sum, mark) => sum + mark, 0)).toBe(20);
    expect(dataset.profile.columns[0]!.note).toContain('numbers read as a category');
  });

  it('takes a label of many numbers for a quantity, and says so', async () => {
    const { dataset } = await ingestText(`x,y\n${Array.from({ length: 30 }, (_, i) => `${i % 3},${i / 2}`).join('\n')}\n`, { label: 'y' });
    expect(dataset.profile.label).toBeNull();
    expect(dataset.profile.notes.join()).toContain('taken as a quantity');
  });

  it('notes constant columns, identifiers and empty lines', async () => {
    const { dataset } = await ingestText(`a,k,t,e\n${Array.from({ length: 80 }, (_, i) => `${i % 3},7,text ${i},`).join('\n')}\n\n\n`);
    expect(dataset.profile.columns.map((column) => column.note)).toEqual([
      null, 'constant; left out of the features', 'identifier: 80 of 80 texts are distinct; left out of the features', 'every value is missing; left out of the features',
    ]);
    expect(dataset.profile.notes).toContain('2 empty lines were passed over');
  });

  it('notes decimal commas and a first line that looks like data', async () => {
    const { dataset } = await ingestText('a;17\n1,5;x\n2,5;y\n');
    expect(dataset.profile.columns[0]!.note).toContain('decimal comma');
    expect(dataset.profile.columns[1]!.note).toBeNull();
    expect(dataset.profile.notes.join()).toContain('if the file has no header line, name its columns in data.columns');
  });

  it('gives the same bytes for the same content, wherever the file lies, and no path', async () => {
    const store = new MemoryStore(), again = new MemoryStore();
    const one = await ingestText(PEOPLE, { label: 'income' }, 0, store), two = await ingestText(PEOPLE, { label: 'income' }, 0, again);
    expect(one.output).toEqual(two.output);
    for (const bytes of store.objects.values()) expect(Buffer.from(bytes).toString('latin1')).not.toContain('penumbra-file');
  });

  it('splits by the seed too', async () => {
    const text = `a\n${Array.from({ length: 200 }, (_, i) => i % 9).join('\n')}\n`;
    expect((await ingestText(text, {}, 1)).dataset.split).not.toEqual((await ingestText(text, {}, 2)).dataset.split);
  });

  it('stores more rows than a part holds in parts, and loads them as one', async () => {
    const rows = Array.from({ length: 66_000 }, (_, i) => `${i},${i < 65_536 ? 'early' : 'late'},${i % 5 === 0 ? '' : `text ${i % 5001}`}`);
    const { dataset, output } = await ingestText(`n,c,t\n${rows.join('\n')}\n`);
    expect(output.artifacts['table']!.map((ref) => ref.rows)).toEqual([65_536, 464]);
    const cell = (name: string, row: number): string => {
      const column = columnOf(dataset.table, name);
      return column.kind === 'number' ? String(column.values[row]) : (column.levels[column.codes[row]!] ?? '');
    };
    for (const row of [0, 65_535, 65_536, 65_999]) {
      expect(dataset.rowNumbers[row]).toBe(row);
      expect(['n', 'c', 't'].map((name) => cell(name, row))).toEqual([String(row), row < 65_536 ? 'early' : 'late', row % 5 === 0 ? '' : `text ${row % 5001}`]);
    }
  });

  it('knows the content of the file, not its name', async () => {
    const path = await temporaryFile(PEOPLE), moved = join(dirname(path), 'moved.csv');
    const fingerprint = (at: string): Promise<string> => ingest.fingerprint!({ config: { data: { ...DATA, path: at }, seed: 0 }, inputs: {}, seed: 0 }, new AbortController().signal);
    const before = await fingerprint(path);
    expect(before).toMatch(/^[0-9a-f]{64}$/);
    await rename(path, moved);
    expect(await fingerprint(moved)).toBe(before);
    expect(await fingerprint(await temporaryFile(`${PEOPLE}x`))).not.toBe(before);
    await expect(fingerprint(path)).rejects.toMatchObject({ name: 'DataError', code: 'no-file' });
  });

  it('knows the content of every file of a pattern, and runs their rows on', async () => {
    const first = await temporaryFile(PEOPLE, 'part-1.csv'), folder = dirname(first), pattern = join(folder, 'part-*.csv');
    const config = { data: { ...DATA, path: pattern, id: 'name' }, seed: 0 }, input = { config, inputs: {}, seed: 0 };
    const fingerprint = (): Promise<string> => ingest.fingerprint!(input, new AbortController().signal);
    const alone = await fingerprint();
    await writeFile(join(folder, 'part-2.csv'), 'sex,name,age,income\nMale,fay,3,>50K\n');
    const both = await fingerprint();
    await writeFile(join(folder, 'part-2.csv'), 'sex,name,age,income\nMale,fay,4,>50K\n');
    expect(new Set([alone, both, await fingerprint()]).size).toBe(3);
    const store = new MemoryStore(), output = await ingest.run(input, testContext(store));
    const { table, rowNumbers, ids } = await loadDataset(store, await putJson(store, { stage: 'ingest', version: 1, identity: '', ...output }));
    expect([...rowNumbers]).toEqual([0, 1, 2, 3, 4, 5]);
    expect(ids.at(-1)).toBe('fay');
    expect(columnOf(table, 'age')).toMatchObject({ values: Float64Array.of(39, 50, Number.NaN, 28, 37, 4) });
  });

  it('stops when it is told to', async () => {
    const path = await temporaryFile(PEOPLE);
    const run = ingest.run({ config: { data: { ...DATA, path }, seed: 0 }, inputs: {}, seed: 0 }, testContext(new MemoryStore(), null, AbortSignal.abort(new Error('cancelled'))));
    await expect(run).rejects.toThrow('cancelled');
  });
});

describe('data that is not fit for an audit', () => {
  it.each<[string, string, Partial<DataConfig>, RegExp]>([
    ['a label with one value', 'a,y\n1,p\n2,p\n3,\n', { label: 'y' }, /column "y": the label has one value only, "p"; expected at least two\. Check data\.label/],
    ['a label without values', 'a,y\n1,\n2,\n', { label: 'y' }, /the label has no value/],
    ['a positive that no row has', 'a,y\n1,p\n2,q\n', { label: 'y', positive: 'r' }, /names, "r"; name one of "p", "q"/],
    ['three classes and no positive', 'a,y\n1,p\n2,q\n3,r\n', { label: 'y' }, /has 3 values, "p", "q", "r"; set data\.positive/],
    ['one group', 'a,g\n1,x\n2,x\n', { protected: ['g'] }, /the protected attribute has one group only, "x"/],
    ['one group of missing values', 'a,g\n1,\n2,\n', { protected: ['g'] }, /one group only, "\(missing\)"/],
    ['one bin', 'a,g\n1,30\n2,31\n', { protected: ['g'], bins: { g: [0, 50, 100] } }, /one group only, "\[0, 50\)"/],
    ['bins of text', 'a,g\n1,x\n2,y\n', { protected: ['g'], bins: { g: [0, 1] } }, /"x" is no number/],
    ['a negative weight', 'a,w\n1,1\n2,-0.5\n', { weight: 'w' }, /data row 1: the weight -0\.5 is negative/],
    ['weights that are all 0', 'a,w\n1,0\n2,0\n', { weight: 'w' }, /the weights sum to 0/],
    ['a score of words', 'a,s\n1,high\n2,low\n', { score: 's' }, /column "s": "high" is no number/],
    ['a score without values', 'a,s\n1,\n2,\n', { score: 's' }, /data\.score must be a column of numbers, and this one has none/],
    ['scores without a threshold', 'a,s\n1,3\n2,9\n', { score: 's' }, /the scores go from 3 to 9, outside \[0, 1\].*data\.threshold/],
    ['no row that can be used', 'a,w\n1,\n2,\n', { weight: 'w' }, /0 of its rows can be used, expected at least two; the others: 2 where weight/],
    ['no row to train on', 'a\n1\n2\n', { split: [0, 50, 50] }, /none of its 2 usable rows falls into the train part.*data\.split/],
    ['an unknown column in protected', 'age,sex\n1,x\n2,y\n', { protected: ['sexx'] }, /data\.protected names the column "sexx".*did you mean "sex"/],
    ['an unknown column with bins', 'age,sex\n1,x\n2,y\n', { bins: { agee: [0, 1] } }, /data\.bins names the column "agee"/],
    ['an id twice', 'id,a\nx,1\nx,2\n', { id: 'id' }, /line 3, column "id": the id "x" stands in data rows 0 and 1/],
  ])('%s', async (_name, text, data, message) => {
    expect(await failure(text, data)).toMatch(message);
  });

  it('takes a missing value for a group, and scores with a threshold or a prediction', async () => {
    await expect(ingestText('a,g\n1,x\n2,\n', { protected: ['g'] })).resolves.toBeDefined();
    await expect(ingestText('a,s\n1,3\n2,9\n', { score: 's', threshold: 5 })).resolves.toBeDefined();
    await expect(ingestText('a,s,p\n1,3,0\n2,9,1\n', { score: 's', prediction: 'p' })).resolves.toBeDefined();
  });
});
