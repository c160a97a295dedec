import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { guessData } from '../../../infra/guess/guess-data.ts';
import { scalar, writeConfig } from '../../../infra/guess/write-config.ts';
import { loadConfig } from '../../../infra/config/load-config.ts';
import type { LoadedConfig } from '../../../infra/config/load-config.ts';
import { temporaryFile } from '../readers/temporary-file.ts';

/** What init would write for the file, loaded as `run` would load it. */
async function initAndLoad(data: string): Promise<{ text: string; loaded: LoadedConfig }> {
  const text = writeConfig(await guessData(data), { path: data, name: 'guessed' });
  const file = await temporaryFile(text, 'audit.yaml');
  return { text, loaded: await loadConfig({ file, settings: [], seed: null, backend: null, environment: {}, folder: dirname(file) }) };
}

const rows = (n: number, row: (i: number) => string): string => Array.from({ length: n }, (_, i) => row(i)).join('\n');

describe('the configuration that init writes', () => {
  it('is read back as what was guessed', async () => {
    const path = await temporaryFile(`id,sex,age,amount,notes,paid\n${rows(300, (i) => `p${i},${i % 2 === 0 ? 'F' : 'M'},${20 + (i % 50)},${i % 40 === 0 ? -999 : 100 + ((i * 37) % 90)},${i % 5 === 0 ? 'n/a' : 'x'},${(i * 7919) % 3 === 0 ? 'yes' : 'no'}`)}\n`);
    const { text, loaded } = await initAndLoad(path);
    expect(loaded.audit.data).toMatchObject({ id: 'id', label: 'paid', positive: 'yes', protected: ['sex', 'age'], bins: { age: [0, 25, 45, 65, 120] }, missing: ['', '?', 'NA', 'NaN', 'null', 'n/a', '-999'] });
    expect(text.split('\n').every((line) => line.length <= 200)).toBe(true);
    expect(text).toMatch(/# What really happened\. Wrong\?/);
  });

  it('names of columns can hold anything', async () => {
    const names = ['"sex: ""F"" or #M"', '"two\nlines"', "it's {odd} [thing]", 'yes', '-', '# hash', '‮turned', '__proto__', '123', '=1+1', 'label'];
    const path = await temporaryFile(`${names.join(',')}\n${rows(60, (i) => `${i % 2},a${i}b,c${i},d${i},e${i},f${i},g${i},h${i},i${i},j${i},${i % 2 === 0 ? '"!yes: #1"' : 'no'}`)}\n`);
    const { text, loaded } = await initAndLoad(path);
    expect(loaded.audit.data.label).toBe('label');
    expect(loaded.audit.data.id).toBe('two\nlines');
    expect(loaded.audit.data.exclude).toEqual(expect.arrayContaining(["it's {odd} [thing]", 'yes', '-', '# hash', '‮turned', '__proto__', '123', '=1+1']));
    expect(text).not.toContain('‮');
  });

  it.each(['plain name', 'yes', 'NULL', '1', '1.5', ' led', 'trail ', 'a: b', 'a #b', '- a', '[a]', '{a}', '*a', '&a', '!a', '|', '"', "'", '\\', 'a\nb', '‮', '\u2028', '\u0085', '~', '%a', '@a', '`a`', '', '<<', 'é', '名前'])('scalar %j reads back', (value) => {
    expect(parse(`key: ${scalar(value)}\n`)).toEqual({ key: value });
    expect(parse(`[${scalar(value)}]\n`)).toEqual([value]);
  });

  it('a header that is missing, another encoding and blank rows are found out and said', async () => {
    const headerless = await temporaryFile(`${rows(60, (i) => `${i},Male,${i % 2 === 0 ? '<=50K' : '>50K'}`)}\n${rows(60, (i) => `${i},Female,${i % 3 === 0 ? '<=50K' : '>50K'}`)}\n`);
    expect((await initAndLoad(headerless)).loaded.audit.data).toMatchObject({ columns: ['column_1', 'column_2', 'column_3'], label: 'column_3', protected: ['column_2'] });
    const western = await temporaryFile(Buffer.concat([Buffer.from('name,sex,label\n'), ...Array.from({ length: 40 }, (_, i) => Buffer.from(`caf\u00e9 ${i},${i % 2 === 0 ? 'F' : 'M'},${i % 3 === 0 ? 1 : 0}\n,,\n`, 'latin1'))]));
    const { text, loaded } = await initAndLoad(western);
    expect(loaded.audit.data.encoding).toBe('windows-1252');
    expect(text).toContain('40 of 80 rows hold no value at all');
  });

  it('rows of numbers without a header, with repeats, packed or not, get columns by their place', async () => {
    const lines = rows(60, (i) => `${i % 5} 1 1 ${i % 7} 1.5`);
    for (const path of [await temporaryFile(`${lines}\n`, 'digits.data'), await temporaryFile(gzipSync(`${lines}\n`), 'digits.data.gz')]) {
      expect((await guessData(path)).columns.map((column) => column.name)).toEqual(['column_1', 'column_2', 'column_3', 'column_4', 'column_5']);
    }
  });

  it('a file that cannot be read is refused with the message of the audit', async () => {
    await expect(guessData(await temporaryFile('a,b\n1,2\n3\n'))).rejects.toMatchObject({ name: 'DataError', code: 'ragged' });
    await expect(guessData('/nowhere/people.csv')).rejects.toMatchObject({ name: 'DataError', code: 'no-file' });
    await expect(guessData(await temporaryFile(''))).rejects.toMatchObject({ code: 'empty' });
  });
});

const DATA = fileURLToPath(new URL('../../../../shared/data/', import.meta.url));

const REAL: readonly (readonly [file: string, label: string | null, positive: string | null, protectedAttributes: readonly string[]])[] = [
  ['adult/adult.data', 'column_15', '>50K', ['column_10', 'column_9', 'column_6']],
  ['compas/derived_compas-two-years_noname.csv', 'two_year_recid', '1', ['sex', 'race', 'age_cat']],
  ['german_credit/credit-g.csv', 'class', 'good', ['personal_status', 'age', 'foreign_worker']],
  ['german_credit/german_data_credit.csv', 'class-label', '1', ['sex', 'age', 'marital-status', 'foreign-worker']],
  ['bank_marketing/bank-full.csv', 'y', 'yes', ['age', 'marital']],
  ['law_school/law_school_clean.csv', 'pass_bar', '1', ['male', 'race']],
  ['credit_card_default/credit-card-clients.csv', 'default payment', '1', ['SEX', 'AGE', 'MARRIAGE']],
  ['aequitas_scored/compas_for_aequitas.csv', 'label_value', '1', ['sex', 'race', 'age_cat']],
  ['aequitas_scored/nyc_sqf_for_aequitas.csv', 'label_value', '1', ['sex', 'race']],
  ['aequitas_scored/nyc_sqf_for_aequitas_multi.csv', 'label_value', '1', ['sex', 'race']],
  ['ca_dmv_disengagements/2023-Autonomous-Vehicle-Disengagement-Reports-CSV.csv', null, null, []],
];

describe.skipIf(!existsSync(DATA))('real tables', () => {
  it.each(REAL)('%s: label %s, positive %s', async (file, label, positive, attributes) => {
    const { data } = (await initAndLoad(join(DATA, file))).loaded.audit;
    expect([data.label, data.positive, data.protected]).toEqual([label, positive, attributes]);
  });

  it('COMPAS: what restates recidivism is left out, and the audited score found', async () => {
    const { data } = (await initAndLoad(join(DATA, 'compas/derived_compas-two-years_noname.csv'))).loaded.audit;
    expect(data).toMatchObject({ score: 'decile_score', threshold: 5, id: 'id' });
    expect(data.exclude).toEqual(expect.arrayContaining(['is_recid', 'is_violent_recid', 'r_charge_degree', 'r_days_from_arrest', 'vr_charge_degree', 'score_text', 'v_decile_score', 'decile_score.1']));
    expect(data.exclude).not.toEqual(expect.arrayContaining(['priors_count']));
  });
});
