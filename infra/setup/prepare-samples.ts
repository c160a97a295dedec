import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';

const ADULT_COLUMNS = ['age', 'workclass', 'fnlwgt', 'education', 'education-num', 'marital-status', 'occupation', 'relationship', 'race', 'sex',
  'capital-gain', 'capital-loss', 'hours-per-week', 'native-country', 'income'];

/** The two published parts as one table with a header: the test part's comment line goes, and the full stop after its labels. wheel: its unpacked folder. */
export async function prepareAdult(wheel: string): Promise<string> {
  const parts = await Promise.all(['adult.data', 'adult.test'].map((name) => readFile(join(wheel, name), 'utf8')));
  const rows = parts.flatMap((text) => text.split('\n')).map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('|'))
    .map((line) => line.replaceAll(', ', ',').replace(/\.$/, ''));
  return `${[ADULT_COLUMNS.join(','), ...rows].join('\n')}\n`;
}

/** Names and dates of birth of real people, which no audit needs. */
const COMPAS_DROPPED = new Set(['name', 'first', 'last', 'dob']);

/** ProPublica's table without names and dates of birth; of a column name that comes twice the second gets `.1`. */
export async function prepareCompas(wheel: string): Promise<string> {
  const records = parse(await readFile(join(wheel, 'compas-scores-two-years.csv'), 'utf8')) as string[][];
  const header = records[0]!.map((name, i) => (records[0]!.indexOf(name) < i ? `${name}.1` : name));
  const kept = header.map((_, i) => i).filter((i) => !COMPAS_DROPPED.has(header[i]!));
  const cell = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return `${[header, ...records.slice(1)].map((row) => kept.map((i) => cell(row[i]!)).join(',')).join('\n')}\n`;
}

const GERMAN_COLUMNS = ['status', 'duration', 'credit_history', 'purpose', 'amount', 'savings', 'employment', 'installment_rate', 'personal_status_sex',
  'other_debtors', 'residence_since', 'property', 'age', 'other_installments', 'housing', 'existing_credits', 'job', 'dependents', 'telephone',
  'foreign_worker', 'class'];

export async function prepareGerman(wheel: string): Promise<string> {
  const text = await readFile(join(wheel, 'german.data'), 'utf8');
  const rows = text.split('\n').map((line) => line.trim()).filter((line) => line !== '').map((line) => line.split(/\s+/).join(','));
  return `${[GERMAN_COLUMNS.join(','), ...rows].join('\n')}\n`;
}
