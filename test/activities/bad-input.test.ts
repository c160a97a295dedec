import { describe, expect, it } from 'vitest';
import type { StageName } from '../../activities/types.ts';
import { exitCodeOf } from '../../infra/cli/exit-codes.ts';
import { inert } from '../../infra/cli/output.ts';
import { MemoryStore } from './memory-store.ts';
import { csvOf, QUICK, runAudit, type AuditTrial } from './run-audit.ts';

/** What a message must say: where, what was found, what was expected, what to do. */
type Words = readonly [where: string | RegExp, found: string, expected: string, cure: string];

const GOOD = csvOf(['age', 'sex', 'w', 'hired'], 60, (i) => [20 + (i * 7) % 40, i % 3 === 0 ? 'F' : 'M', i % 5, i % 4 === 0 ? 'yes' : 'no']);
const FILE = 'data: { path: data.csv }\n';

/** A table of its own column beside the usual ones. */
const withColumn = (name: string, of: (i: number) => string | number, rows = 60): string =>
  csvOf(['age', 'sex', 'hired', name], rows, (i) => [20 + (i * 7) % 40, i % 3 === 0 ? 'F' : 'M', i % 4 === 0 ? 'yes' : 'no', of(i)]);

/** What is wrong with how the trial was refused, at the latest by `stage`; empty when the refusal is as it should be. */
async function faultsOf(trial: AuditTrial, [where, ...words]: Words, stage: StageName | null): Promise<string[]> {
  const ended: StageName[] = [], store = new MemoryStore();
  const error: unknown = await runAudit({ settings: [], ...trial, ended, store }).then(() => null, (reason: unknown) => reason);
  if (!(error instanceof Error)) return ['it was taken'];
  const { message } = error, faults: string[] = [], found = typeof where === 'string' ? message.includes(where) : where.test(message);
  const demand = (holds: boolean, what: string): void => { if (!holds) faults.push(`${what}: ${message.slice(0, 300)}`); };
  demand(found, `the place ${where} is not told`);
  for (const word of words) demand(message.includes(word), `it does not say ${word}`);
  demand(exitCodeOf(error) === 2, 'the exit code is not 2');
  demand(message.length < 4000 && inert(message) === message, 'it does not fit a terminal');
  demand(!ended.includes('train'), 'something was trained');
  demand([...store.objects.keys()].every((key) => stage !== null && !key.startsWith(`stages/${stage}/`)), 'something was committed');
  return faults;
}

describe('a configuration is refused before any data is read:', () => {
  it.each<[string, string, Words]>([
    ['an unknown section', `${FILE}modle: { epochs: 3 }\n`, ['audit.yaml:2:1', 'modle', 'unknown key', 'did you mean model?']],
    ['a misspelt key', 'data:\n  path: data.csv\n  lable: hired\n', ['audit.yaml:3:3', 'data.lable', 'unknown key', 'did you mean data.label?']],
    ['a key in another section', `${FILE}label: hired\n`, ['audit.yaml:2:1', 'unknown key', 'label', 'belongs under data']],
    ['tabs', 'data:\n\tpath: data.csv\n', ['audit.yaml:2:1', 'a tab', 'expected spaces', 'spaces']],
    ['a bracket that stays open', 'data: { path: data.csv\n', ['audit.yaml:2:1', 'Flow map', 'no valid YAML', 'check indentation, quotes and brackets']],
    ['a key twice', 'data:\n  path: data.csv\n  path: other.csv\n', ['audit.yaml:3:3', 'a second time', 'one of them', 'keep one']],
    ['a list at the top', '- a\n- b\n', ['audit.yaml:1:1', 'found a list', 'expected keys', 'data: { path: people.csv }']],
    ['one word', 'data.csv\n', ['audit.yaml:1:1', 'found a single value', 'expected keys', 'data: { path: people.csv }']],
    ['two documents', `${FILE}---\n${FILE}`, ['audit.yaml:2:1', 'a second document', 'expected one', 'remove the line of dashes']],
    ['nothing', '', ['audit.yaml:1:1', 'data.path is missing', 'name the file', 'data: { path: people.csv }']],
    ['no data', 'name: x\n', ['audit.yaml:1:1', 'data.path is missing', 'name the file', 'data: { path: people.csv }']],
    ['aliases that explode', `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c]\n${FILE}`, ['audit.yaml:1:1', 'Excessive alias count', 'no valid YAML', 'write the values out']],
    ['an alias of nothing', 'data: { path: *nobody }\n', [/audit\.yaml:1:/, 'nobody', 'no valid YAML', 'write the values out']],
    ['prototype keys', `${FILE}__proto__: { seed: 1 }\nconstructor: { seed: 1 }\n`, ['audit.yaml:2:1', 'unknown key __proto__', 'known here', 'name, data, model']],
    ['a file that is not there', 'data: { path: nobody.csv }\n', ['audit.yaml:1:9', 'nobody.csv', 'there is no such file', 'check data.path']],
    ['a word for a number', `${FILE}model: { epochs: many }\n`, ['audit.yaml:2:10', 'model.epochs is "many"', 'expected a number', 'the default, 30']],
    ['a fraction of an epoch', `${FILE}model: { epochs: 2.5 }\n`, ['audit.yaml:2:10', 'model.epochs is 2.5', 'expected a whole number', 'the default, 30']],
    ['a negative seed', `${FILE}seed: -1\n`, ['audit.yaml:2:1', 'seed is -1', 'at least 0', 'the default, 0']],
    ['a number that is none', 'data: { path: data.csv, threshold: .nan }\n', ['audit.yaml:1:25', 'data.threshold is NaN', 'expected a number', 'a number']],
    ['an infinite number', `${FILE}debias: { alpha: .inf }\n`, ['audit.yaml:2:11', 'debias.alpha is Infinity', 'expected a number', 'the default, 0.001']],
    ['percent for a share', `${FILE}fairness: { level: 95 }\n`, ['audit.yaml:2:13', 'fairness.level is 95', 'below 1', 'the default, 0.95']],
    ['a word for yes', `${FILE}report: { html: maybe }\n`, ['audit.yaml:2:11', 'report.html is "maybe"', 'true or false', 'the default, true']],
    ['parts that do not sum', 'data: { path: data.csv, split: [60, 20, 10] }\n', ['audit.yaml:1:25', '[60,20,10]', 'sum to 100', 'the default, [60,20,20]']],
    ['two parts', 'data: { path: data.csv, split: [60, 40] }\n', ['audit.yaml:1:25', '[60,40]', 'a list of 3', 'the default, [60,20,20]']],
    ['one name for a list', 'data: { path: data.csv, protected: sex }\n', ['audit.yaml:1:25', 'data.protected is "sex"', 'expected a list', 'write [sex]']],
    ['edges that fall', 'data: { path: data.csv, bins: { age: [0, 50, 25] } }\n', ['audit.yaml:1:33', '[0,50,25]', 'increasing edges', 'edges']],
    ['a range upside down', 'data: { path: data.csv, scoreRange: [1, 0] }\n', ['audit.yaml:1:25', '[1,0]', '[lowest, highest]', 'lowest']],
    ['an unknown network', `${FILE}model: { kind: vea }\n`, ['audit.yaml:2:10', '"vea"', 'expected one of ae, vae', 'the default, "vae"']],
    ['an unknown store', `${FILE}store: { kind: ftp }\n`, ['audit.yaml:2:10', 'store.kind is "ftp"', 'expected', 'dir']],
    ['an escape sequence', `${FILE}model: { kind: "\\e[31mred" }\n`, ['audit.yaml:2:10', '\\u001b[31mred', 'expected one of', 'the default, "vae"']],
    ['a name of 200 letters', `name: ${'x'.repeat(200)}\n${FILE}`, ['audit.yaml:1:1', 'name is "xxx', 'at most 100 characters', 'at most 100']],
    ['protected and excluded', 'data: { path: data.csv, protected: [sex], exclude: [sex] }\n', ['audit.yaml:1:43', 'sex', 'both protected and excluded', 'take it out of one list']],
    ['protected twice', 'data: { path: data.csv, protected: [sex, sex] }\n', ['audit.yaml:1:25', 'sex', 'in the list twice', 'take one out']],
    ['the label protected', 'data: { path: data.csv, protected: [hired], label: hired }\n', ['audit.yaml:1:25', 'hired', 'both the label and protected', 'cannot be a group']],
    ['a label that is the id', 'data: { path: data.csv, label: hired, id: hired }\n', [/audit\.yaml:1:25/, 'hired', 'both data.id and data.label', 'name another column']],
    ['a weight that is protected', 'data: { path: data.csv, weight: w, protected: [w] }\n', ['audit.yaml:1:36', 'w is both', 'data.weight and protected', 'take it out']],
    ['a positive value of no label', 'data: { path: data.csv, positive: "yes" }\n', ['audit.yaml:1:25', 'data.positive', 'needs data.label', 'name the column']],
    ['a reference of no attribute', `${FILE}fairness: { reference: { sex: M } }\n`, ['audit.yaml:2:13', 'sex', 'no protected attribute', 'those are']],
    ['an unknown metric', `${FILE}fairness: { headline: [demographic_party_difference] }\n`, ['audit.yaml:2:13', 'demographic_party_difference', 'there is no', 'did you mean demographic_parity_difference?']],
    ['an unknown detector', `${FILE}outliers: { detectors: [iforrest] }\n`, ['audit.yaml:2:13', 'iforrest', 'there is no', 'did you mean iforest?']],
  ])('%s', async (_, config, words) => {
    expect(await faultsOf({ data: GOOD, config }, words, null)).toEqual([]);
  });

  it('one that is not UTF-8', async () => {
    expect(await faultsOf({ data: GOOD, config: Buffer.from('data:\n  path: data.csv\n  label: prénom\n', 'latin1') }, [/audit\.yaml:3:/, 'not UTF-8', 'expected a UTF-8 text', 'save the configuration as UTF-8'], null)).toEqual([]);
  });

  it.each<[string, string, Words]>([
    ['without a value', 'model.epochs', ['flag --set model.epochs', 'model.epochs', 'expected path=value', '--set model.epochs=5']],
    ['of a prototype', '__proto__.polluted=1', ['flag --set', '__proto__.polluted', 'no key of the configuration', 'known']],
    ['of no key', 'data..path=1', ['flag --set', 'data..path', 'no key of the configuration', 'known']],
    ['with an open bracket', 'data.protected=[sex', ['flag --set', '"[sex"', 'expected a list', 'write']],
  ])('a setting %s', async (_, setting, words) => {
    expect(await faultsOf({ data: GOOD, settings: [setting] }, words, null)).toEqual([]);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

/** A data row where the reader counts lines or rows. */
const at = (line: number, row: number): RegExp => new RegExp(String.raw`data\.csv, (line ${line}\b|row ${row}\b)`);

describe('data are refused before anything is trained:', () => {
  it.each<[string, string | Uint8Array, readonly string[], Words]>([
    ['an empty file', '', [], ['data.csv', 'is empty', 'expected a header line', 'at least two rows']],
    ['a header alone', 'a,b\n', [], ['data.csv', 'no row of data', 'at least two', 'data.columns']],
    ['one row', 'a,b\n1,2\n', [], ['data.csv', 'one row of data', 'at least two', 'data.columns']],
    ['a short row', 'a,b\n1,2\n3\n', [], [at(3, 1), '1 cell', 'expected 2', 'fill the row']],
    ['a long row', 'a,b\n1,2\n3,4,5\n', [], [at(3, 1), '3 cells', 'expected 2', 'quote cells']],
    ['a quote that stays open', 'a,b\n1,2\n"3,4\n5,6\n', [], ['data.csv', 'never closed', 'quote', 'written twice']],
    ['a quote in a cell', 'a,b\n1,2\n3"x",4\n', [], [at(3, 1), 'in the middle of a cell', 'quote', 'written twice']],
    ['a header name twice', 'a,b,a\n1,2,3\n1,2,3\n', [], ['data.csv', '"a"', 'positions 1 and 3', 'rename one']],
    ['a label that is no column', GOOD, ['data.label=hird'], ['data.csv', 'data.label', '"hird"', 'did you mean "hired"?']],
    ['a protected attribute that is no column', GOOD, ['data.protected=[gender]'], ['data.csv', '"gender"', 'does not have', 'its columns are "age", "sex"']],
    ['a letter in a number', withColumn('n', (i) => (i === 41 ? '3O' : i * 1.5 + 100)), [], [at(43, 41), '"3O"', 'is no number', 'mend the cell']],
    ['an infinite number', withColumn('n', (i) => (i === 41 ? 'inf' : i * 1.5 + 100)), [], [at(43, 41), '"inf"', 'not a finite number', 'mend the cell']],
    ['a number beyond all numbers', withColumn('n', (i) => (i === 41 ? '1e999' : i * 1.5 + 100)), [], [at(43, 41), '"1e999"', 'not a finite number', 'mend the cell']],
    ['Latin-1', Buffer.from('name,b\nJos\xe9,1\nx,2\n', 'latin1'), [], ['data.csv', 'byte', 'not valid utf-8', 'data.encoding']],
    ['UTF-16', Buffer.from('\ufeffname,b\nJos\xe9,1\nx,2\n', 'utf16le'), [], ['data.csv', 'byte', 'not valid utf-8', 'utf-16le']],
    ['an encoding of nobody', GOOD, ['data.encoding=klingon'], [/./, '"klingon"', 'no encoding', 'use a name such as utf-8']],
    ['a quote for a delimiter', GOOD, ['data.delimiter=\'"\''], ['data.delimiter', String.raw`"\""`, 'cannot separate', 'expected auto or one character']],
    ['columns in the wrong number', GOOD, ['data.columns=[a, b]'], ['data.csv', '4 cells', 'names 2 columns', 'name each column once']],
    ['a label of one value', withColumn('l', () => 'x'), ['data.label=l'], ['column "l"', 'one value only, "x"', 'expected at least two', 'Check data.label']],
    ['a label of no value', withColumn('l', () => ''), ['data.label=l'], ['column "l"', 'no value', 'expected at least two', 'Check data.label']],
    ['a positive value that nobody has', GOOD, ['data.label=hired', 'data.positive=Yes'], ['column "hired"', '"Yes"', 'no row has the value', 'name one of "no", "yes"']],
    ['several classes and no positive one', GOOD, ['data.label=w'], ['column "w"', '5 values', 'counts as positive', 'set data.positive']],
    ['one group', withColumn('g', () => 'x'), ['data.protected=[g]'], ['column "g"', 'one group only, "x"', 'expected at least two', 'Take it out of data.protected']],
    ['one group by its edges', GOOD, ['data.protected=[age]', 'data.bins={age: [0, 1000]}'], ['column "age"', '[0, 1000)', 'expected at least two', 'data.bins']],
    ['a group for every row', withColumn('g', (i) => `g${i}`, 900), ['data.protected=[g]', 'data.label=hired'], ['column "g"', '900 groups', 'expected at most 500', 'data.bins']],
    ['edges for words', GOOD, ['data.protected=[sex]', 'data.bins={sex: [0, 1]}'], ['column "sex"', '"F"', 'number', 'mend']],
    ['words for weights', GOOD, ['data.weight=sex'], ['column "sex"', '"F"', 'number', 'mend']],
    ['a negative weight', withColumn('v', (i) => (i === 7 ? -2 : 1 + i / 100)), ['data.weight=v'], [/column "v", data row 7/, '-2', 'expected 0 or more', 'Mend the row']],
    ['weights of nothing', withColumn('v', () => 0), ['data.weight=v'], ['column "v"', 'sum to 0', 'expected a positive sum', 'Mend the column']],
    ['words for scores', GOOD, ['data.score=sex'], ['column "sex"', '"F"', 'number', 'mend']],
    ['scores without a threshold', withColumn('v', (i) => i), ['data.score=v'], ['column "v"', 'from 0 to 59', 'outside [0, 1]', 'set data.threshold']],
    ['a score outside what was declared', withColumn('v', (i) => i), ['data.score=v', 'data.threshold=3', 'data.scoreRange=[0, 10]'], [/data\.csv, column "v": data row 11/, 'the score 11', 'outside data.scoreRange [0, 10]', 'widen the range']],
    ['decisions that say neither yes nor no', withColumn('p', (i) => (i % 2 === 0 ? 'deny' : 'grant')), ['data.prediction=p'], [/data\.csv, column "p"/, '"deny", "grant"', 'neither', 'data.positive']],
    ['quantities for decisions', withColumn('p', (i) => i * 1.37), ['data.prediction=p'], [/data\.csv, column "p"/, '"1.37"', 'neither', 'name the column that holds the decisions']],
    ['decisions that are all missing', withColumn('p', () => ''), ['data.prediction=p'], [/data\.csv, column "p"/, 'missing', 'the prediction', 'name another column']],
    ['an id twice', withColumn('k', (i) => (i === 9 ? 'k3' : `k${i}`)), ['data.id=k'], ['column "k"', '"k3"', 'rows 3 and 9', 'mend one']],
    ['ids that are all missing', withColumn('k', () => ''), ['data.id=k'], ['data.csv', '0 of its rows', 'expected at least two', 'Mend the rows']],
    ['every cell missing', csvOf(['a', 'b'], 60, () => ['NA', '']), [], ['data.csv', '0 of its rows', 'expected at least two', 'check data.missing']],
    ['no row to train on', 'a,b\n1,2\n3,4\n5,6\n', ['data.split=[0.001, 0.001, 99.998]'], ['data.csv', '3 usable rows', 'train part', 'a larger first share']],
    ['a PDF document', '%PDF-1.7\n1 0 obj\n', [], ['data.csv', 'a PDF document', 'no reader', 'export it as CSV']],
    ['JSON lines', '{"a": 1}\n{"a": 2}\n', [], ['data.csv', 'JSON lines', 'by its name it should be delimited text', '.jsonl']],
    ['a JSON array', '[{"a": 1}, {"a": 2}]', [], ['data.csv', 'one JSON array', 'expected JSON lines', 'jq']],
    ['one JSON object over lines', '{\n  "a": 1\n}\n', [], ['data.csv', 'JSON', 'delimited text', '.jsonl']],
    ['a name of a column without end', `a,${'x'.repeat(1001)}\n1,2\n3,4\n`, [], ['data.csv', 'column 2', '1001 characters', 'at most 1000']],
    ['a row without end', `a,b\n1,"${'x'.repeat(17_000_000)}"\n2,3\n`, [], ['data.csv', '16777216', 'quote', 'written twice']],
  ])('%s', async (_, data, settings, words) => {
    expect(await faultsOf({ data, settings: [...QUICK, ...settings] }, words, 'ingest')).toEqual([]);
  });

  it.each<[string, string, readonly string[], Words]>([
    ['constant columns only', csvOf(['a', 'b'], 60, () => [1, 'x']), [], ['"a" (constant', '"b" (constant', 'expected at least one that varies', 'Give more rows or columns']],
    ['every column excluded', GOOD, ['data.exclude=[age, sex, w, hired]'], ['"age" (excluded)', 'no column is left', 'expected at least one', 'out of data.exclude']],
    ['too few rows to learn a category', 'a,b\n1,x\n2,y\n', ['data.split=[98, 1, 1]'], ['"b"', 'found in 10 rows', 'expected at least one', 'Give more rows']],
  ])('%s', async (_, data, settings, words) => {
    expect(await faultsOf({ data, settings: [...QUICK, ...settings] }, words, 'encode')).toEqual([]);
  });

  it.each<[string, readonly string[], Words]>([
    ['a reference group that is not there', ['data.protected=[sex]', 'fairness.reference={sex: X}'], ['fairness.reference', '"X" for sex', 'whose groups are', '"F", "M"']],
    ['a reference group that no bin makes', ['data.protected=[age]', 'data.bins={age: [0, 30, 100]}', 'fairness.reference={age: "[0, 31)"}'], ['fairness.reference', '"[0, 31)" for age', 'whose groups are', '"[0, 30)", "[30, 100]"']],
    ['a reference group of no intersection', ['data.protected=[sex, w]', 'fairness.reference={sex*w: F*9}'], ['fairness.reference', '"F*9" for sex*w', 'whose groups are', '"F*0"']],
    ['a reference of an intersection that is not compared', ['data.protected=[sex, w]', 'fairness.intersections=1', 'fairness.reference={sex*w: F*1}'], ['fairness.reference', '"sex*w"', 'there are', 'sex, w']],
    ['strata that are no column', ['data.protected=[sex]', 'fairness.strata=[town]'], ['fairness.strata', '"town"', 'does not have', 'its columns are "age"']],
    ['normal rows without a label', ['outliers.train=normal'], ['outliers.train', 'needs data.label', 'name the normal rows', 'set it or use outliers.train: all']],
    ['too few normal rows', ['data.label=hired', 'outliers.train=normal'], ['outliers.train', 'normal rows in the train part', 'at least 50 and 20', 'use outliers.train: all']],
  ])('%s', async (_, settings, words) => {
    expect(await faultsOf({ data: GOOD, settings: [...QUICK, ...settings] }, words, 'encode')).toEqual([]);
  });

  it('what a later stage would refuse, when the data are known from an audit before', async () => {
    const store = new MemoryStore();
    await expect(runAudit({ data: GOOD, settings: [...QUICK, 'data.protected=[sex]', 'fairness.reference={sex: X}'], store })).rejects.toThrow('"X" for sex');
    const ended: StageName[] = [], committed = [...store.objects.keys()];
    await expect(runAudit({ data: GOOD, settings: [...QUICK, 'data.protected=[sex]', 'fairness.strata=[town]'], store, ended })).rejects.toThrow('"town"');
    expect(ended).toEqual([]);
    expect([...store.objects.keys()]).toEqual(committed);
  });
});
