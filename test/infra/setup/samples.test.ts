import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../../infra/config/load-config.ts';
import { guessData } from '../../../infra/guess/guess-data.ts';
import { sampleConfig } from '../../../infra/setup/sample-config.ts';
import { ensureSample, SAMPLES } from '../../../infra/setup/samples.ts';

type Record_ = Readonly<Record<string, string>>;

let cache: string;
beforeAll(async () => { cache = await mkdtemp(join(tmpdir(), 'penumbra-samples-')); });
afterAll(() => rm(cache, { recursive: true }));

const generated = SAMPLES.filter((sample) => sample.origin === 'generated');
const records = async (name: string): Promise<readonly Record_[]> => parse(await readFile(await ensureSample(name, { cache })), { columns: true }) as Record_[];

/** Share of rows that say yes, and its standard error. */
function share(rows: readonly Record_[], column: string): { readonly value: number; readonly error: number } {
  const value = rows.filter((row) => row[column] === 'yes').length / rows.length;
  return { value, error: Math.sqrt((value * (1 - value)) / rows.length) };
}

function expectGap(a: readonly Record_[], b: readonly Record_[], column: string, truth: number): void {
  const [x, y] = [share(a, column), share(b, column)];
  expect(Math.abs(x.value - y.value - truth)).toBeLessThan(4 * Math.hypot(x.error, y.error));
}

describe('generated samples', () => {
  it.each(generated.map((sample) => [sample.name, sample] as const))('%s is what is pinned, without any download, and stays small', async (name, sample) => {
    const rows = await records(name);
    expect(rows).toHaveLength(sample.rows);
    expect(rows.length).toBeLessThanOrEqual(20_000);
    expect(sample.truth).not.toBeNull();
  });

  it('hiring holds the gaps that it claims', async () => {
    const rows = await records('hiring');
    const of = (sex: string, well?: string): readonly Record_[] => rows.filter((row) => row['sex'] === sex && (well === undefined || row['performed_well'] === well));
    expectGap(of('Male'), of('Female'), 'decision', 0.108);
    expectGap(of('Male', 'yes'), of('Female', 'yes'), 'decision', 0.15);
    expectGap(of('Male', 'no'), of('Female', 'no'), 'decision', 0.08);
    expectGap(of('Male'), of('Female'), 'performed_well', 0);
    expect(rows.every((row) => (Number(row['score']) >= 0.5) === (row['decision'] === 'yes'))).toBe(true);
  });

  it('intersection hides its gap from each attribute alone', async () => {
    const rows = await records('intersection');
    const thin = rows.filter((row) => row['sex'] === 'Female' && row['birthplace'] === 'abroad'), others = rows.filter((row) => !thin.includes(row));
    expect(Math.abs(thin.length / rows.length - 0.02)).toBeLessThan(0.005);
    expectGap(others, thin, 'decision', 0.245);
    expectGap(rows.filter((row) => row['sex'] === 'Male'), rows.filter((row) => row['sex'] === 'Female'), 'decision', 0.0098);
    expectGap(rows.filter((row) => row['birthplace'] === 'home'), rows.filter((row) => row['birthplace'] === 'abroad'), 'decision', 0.0181);
  });

  it('outliers marks twenty of each kind', async () => {
    const rows = await records('outliers'), kinds = rows.map((row) => row['outlier_kind']);
    for (const kind of ['far', 'broken', 'combination']) expect(kinds.filter((each) => each === kind)).toHaveLength(20);
    expect(rows.every((row) => (row['is_outlier'] === 'yes') === (row['outlier_kind'] !== 'none'))).toBe(true);
  });

  it('clean treats everybody alike', async () => {
    const rows = await records('clean');
    expect(Math.abs(share(rows, 'suitable').value - 0.5)).toBeLessThan(0.02);
    for (const [column, value] of [['sex', 'Female'], ['ethnicity', 'A'], ['ethnicity', 'B'], ['ethnicity', 'C']] as const) {
      for (const suitable of ['yes', 'no']) {
        const among = rows.filter((row) => row['suitable'] === suitable);
        expectGap(among.filter((row) => row[column] === value), among.filter((row) => row[column] !== value), 'decision', 0);
      }
    }
  });

  it('init guesses the roles that they were made with', async () => {
    const guesses = await Promise.all(generated.map(async (sample) => [sample.name, await guessData(await ensureSample(sample.name, { cache }))] as const));
    expect(guesses.map(([name, { label, positive, prediction, score, protected: groups }]) => [name, label?.value, positive?.value, prediction?.value, score?.value, groups.map((each) => each.column)])).toEqual([
      ['hiring', 'performed_well', 'yes', 'decision', 'score', ['sex', 'age']], ['intersection', 'repaid', 'yes', 'decision', undefined, ['sex', 'birthplace']],
      ['outliers', 'is_outlier', 'yes', undefined, undefined, []], ['clean', 'suitable', 'yes', 'decision', undefined, ['sex', 'ethnicity']],
    ]);
  });
});

describe('ready configurations', () => {
  it('are found by the name of the sample, and by nothing else', () => {
    expect(sampleConfig('sample:compas')).toMatch(/samples\/compas\.yaml$/);
    expect([null, 'sample:../adult', 'sample:nobody', 'compas', 'compas.csv'].map(sampleConfig)).toEqual([null, null, null, null, null]);
  });

  it('every sample has one that loads and names only columns that it has', async () => {
    const folder = join(import.meta.dirname, '../../../infra/samples');
    expect((await readdir(folder)).sort()).toEqual(SAMPLES.map((sample) => `${sample.name}.yaml`).sort());
    for (const sample of SAMPLES) {
      const { audit, location } = await loadConfig({ file: join(folder, `${sample.name}.yaml`), settings: [], seed: null, backend: null, environment: {}, folder });
      expect(location).toBe(`sample:${sample.name}`);
      if (sample.origin === 'fetched') continue;
      const names = Object.keys((await records(sample.name))[0]!), { id, label, score, prediction, protected: groups, exclude } = audit.data;
      expect(names).toEqual(expect.arrayContaining([id, label, score, prediction, ...groups, ...exclude].filter((name) => name !== null)));
    }
  });
});
