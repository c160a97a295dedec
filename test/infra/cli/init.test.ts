import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const MAIN = fileURLToPath(new URL('../../../infra/cli/main.ts', import.meta.url));
const PEOPLE = `id,sex,hired\n${Array.from({ length: 60 }, (_, i) => `p${i},${i % 2 === 0 ? 'F' : 'M'},${i % 3 === 0 ? 'yes' : 'no'}`).join('\n')}\n`;

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly said: string;
}

let root: string, folder: string, count = 0;
beforeAll(async () => { root = await mkdtemp(join(tmpdir(), 'penumbra-init-')); });
beforeEach(async () => { await mkdir(folder = join(root, String(count++))); });
afterAll(() => rm(root, { recursive: true }));

function penumbra(...args: readonly string[]): Promise<Ran> {
  return new Promise((settle) => {
    execFile(process.execPath, [MAIN, ...args], { cwd: folder }, (error, out, said) => settle({ code: error === null ? 0 : Number(error.code), out, said }));
  });
}

describe('penumbra init', () => {
  it('writes audit.yaml from the only data file of the folder and ends with the next command', async () => {
    await writeFile(join(folder, 'people.csv'), PEOPLE);
    await writeFile(join(folder, 'notes.txt'), 'not data\n');
    const { code, out } = await penumbra('init');
    expect(code).toBe(0);
    expect(out.trimEnd().split('\n').at(-1)).toBe(`  node ${MAIN} run audit.yaml`);
    expect(parse(await readFile(join(folder, 'audit.yaml'), 'utf8'))).toEqual({ name: 'people', data: { path: 'people.csv', label: 'hired', positive: 'yes', protected: ['sex'], id: 'id' } });
  });

  it('never replaces a file without --force', async () => {
    await writeFile(join(folder, 'people.csv'), PEOPLE);
    await writeFile(join(folder, 'audit.yaml'), 'mine: true\n');
    const refused = await penumbra('init', 'people.csv');
    expect(refused).toMatchObject({ code: 2, out: '', said: expect.stringMatching(/audit\.yaml is there already; .*--force/) as string });
    expect(await readFile(join(folder, 'audit.yaml'), 'utf8')).toBe('mine: true\n');
    expect((await penumbra('init', 'people.csv', '--force')).code).toBe(0);
    expect(await readFile(join(folder, 'audit.yaml'), 'utf8')).toContain('label: hired');
  });

  it('prints with --out -, and --json holds the guesses and nothing else', async () => {
    await writeFile(join(folder, 'people.csv'), PEOPLE);
    expect((await penumbra('init', 'people.csv', '--out', '-')).out).toMatch(/^# Guessed from people\.csv: 60 rows/);
    const json = JSON.parse((await penumbra('init', 'people.csv', '--out', 'sub.yaml', '--json')).out) as { guesses: { label: { value: string } }; next: string };
    expect([json.guesses.label.value, json.next]).toEqual(['hired', `node ${MAIN} run sub.yaml`]);
    expect((await readdir(folder)).sort()).toEqual(['people.csv', 'sub.yaml']);
  });

  it('data that lies elsewhere is named absolutely, below the configuration relatively', async () => {
    await mkdir(join(folder, 'data'));
    await writeFile(join(folder, 'data', 'people.csv'), PEOPLE);
    await penumbra('init', 'data/people.csv');
    expect(await readFile(join(folder, 'audit.yaml'), 'utf8')).toContain('path: "data/people.csv"');
    await mkdir(join(folder, 'configs'));
    await penumbra('init', 'data/people.csv', '--out', 'configs/a.yaml');
    expect(await readFile(join(folder, 'configs/a.yaml'), 'utf8')).toContain(`path: ${JSON.stringify(join(folder, 'data/people.csv'))}`);
  });

  it.each<[string, readonly string[], RegExp]>([
    ['no data here', ['init'], /there is no data file in this folder; name one/], ['a file that is not there', ['init', 'nobody.csv'], /nobody\.csv/],
    ['a configuration', ['init', 'audit.yaml'], /audit\.yaml is a configuration/], ['an output that is none', ['init', 'x.csv', '--out', 'x.txt'], /a configuration is a \.yaml file/],
    ['a sample that is none', ['init', 'sample:nobody'], /there is no sample data set named nobody/],
  ])('%s: exit 2, nothing written', async (_, args, message) => {
    const { code, out, said } = await penumbra(...args);
    expect([code, out]).toEqual([2, '']);
    expect(said).toMatch(message);
    expect(await readdir(folder)).toEqual([]);
  });

  it('two data files are one too many', async () => {
    await Promise.all(['a.csv', 'b.parquet'].map((name) => writeFile(join(folder, name), PEOPLE)));
    expect(await penumbra('init')).toMatchObject({ code: 2, said: expect.stringMatching(/there are 2 data files in this folder \(a\.csv, b\.parquet\)/) as string });
  });
});

describe('penumbra data', () => {
  it('describe draws a profile, and gives it as JSON', async () => {
    await writeFile(join(folder, 'people.csv'), PEOPLE);
    expect((await penumbra('data', 'describe', 'people.csv')).out).toMatch(/^people\.csv: 60 rows, 3 columns\n/);
    const { columns } = JSON.parse((await penumbra('data', 'describe', 'people.csv', '--json')).out) as { columns: readonly { name: string }[] };
    expect(columns.map((column) => column.name)).toEqual(['id', 'sex', 'hired']);
  });

  it('list tells what is planted; get writes a generated set', async () => {
    const { samples } = JSON.parse((await penumbra('data', 'list', '--json')).out) as { samples: readonly { name: string; truth: { gaps: readonly object[] } | null }[] };
    expect(samples.map((sample) => sample.name)).toEqual(['adult', 'compas', 'german', 'hiring', 'intersection', 'outliers', 'clean']);
    expect(samples.find((sample) => sample.name === 'hiring')!.truth!.gaps).toContainEqual({ attribute: 'sex', metric: 'equal_opportunity_difference', value: 0.15 });
    const { out } = await penumbra('data', 'get', 'outliers', '--out', 'deep/o.csv');
    expect(out.trim()).toBe(join(folder, 'deep/o.csv'));
    expect((await readFile(join(folder, 'deep/o.csv'), 'utf8')).split('\n')).toHaveLength(5002);
    expect(await penumbra('data', 'get', 'nobody')).toMatchObject({ code: 2, said: expect.stringMatching(/there is no sample nobody; there are: adult/) as string });
  });
});
