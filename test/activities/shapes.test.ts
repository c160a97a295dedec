import { describe, expect, it } from 'vitest';
import { randomStream } from '../../models/engine/random.ts';
import { csvOf, QUICK, runAudit, type AuditRun } from './run-audit.ts';
import { pageText, problemsOf, textOf } from './sound-result.ts';

/** One applicant: a number or two, a category, a group and a label that favours one group; u is uniform, for columns of a test's own. */
interface Person { readonly age: number; readonly hours: number; readonly work: string; readonly sex: string; readonly hired: string; readonly u: number }
type Columns = Readonly<Record<string, (person: Person, i: number) => string | number>>;

function people(rows: number, seed = 1): Person[] {
  const random = randomStream(seed, 'shapes');
  return Array.from({ length: rows }, () => {
    const sex = random.uniform() < 0.4 ? 'Female' : 'Male', age = 20 + random.integer(45);
    return { sex, age, hours: Math.round(38 + 6 * random.normal()), work: ['office', 'field', 'home'][random.integer(3)]!,
      hired: random.uniform() < (sex === 'Male' ? 0.6 : 0.3) ? 'yes' : 'no', u: random.uniform() };
  });
}

const table = (rows: number | readonly Person[], columns: Columns): string => {
  const persons = typeof rows === 'number' ? people(rows) : rows;
  return csvOf(Object.keys(columns), persons.length, (i) => Object.values(columns).map((of) => of(persons[i]!, i)));
};

const age = (person: Person): number => person.age, hours = (person: Person): number => person.hours, work = (person: Person): string => person.work;
const sex = (person: Person): string => person.sex, hired = (person: Person): string => person.hired;
const USUAL = { age, hours, work, sex, hired } as const;
const LABEL = ['data.label=hired', 'data.positive="yes"'] as const, GROUPS = 'data.protected=[sex]';
const day = (u: number): Date => new Date(1.6e12 + 1e11 * u);

const allNotes = ({ documents: { profile, fairness, density, debias, outliers, perturbation, slices } }: AuditRun): string =>
  [profile, fairness, density, debias, outliers, perturbation, slices].flatMap((document) => document!.notes).join('\n');
const noteOn = (run: AuditRun, column: string): string => run.documents.profile!.columns.find(({ name }) => name === column)!.note ?? '';

async function audit(data: string, settings: readonly string[]): Promise<AuditRun> {
  return runAudit({ data, settings: [...QUICK, ...settings] });
}

type Shape = [what: string, data: string, settings: readonly string[], verdict: string, words?: readonly RegExp[]];

/** verdict: a pattern; words: patterns of what the notes must say. */
const SHAPES: readonly Shape[] = [
  ['the usual', table(400, USUAL), [...LABEL, GROUPS], 'findings'],
  ['no label', table(200, { age, hours, work, sex }), [GROUPS], 'undecided', [/neither a decision nor a label/]],
  ['no protected attribute', table(200, USUAL), LABEL, 'undecided', [/no protected attribute is named/]],
  ['neither', table(200, { age, hours, work }), [], 'undecided', [/no protected attribute is named/]],
  ['no numbers', table(200, { work, sex, hired }), [...LABEL, GROUPS], 'undecided|findings'],
  ['no categories', table(200, { age, hours, u: ({ u }) => u.toFixed(6) }), [], 'undecided'],
  ['one column of numbers', table(200, { u: ({ u }) => u.toFixed(6) }), [], 'undecided'],
  ['one column of words', table(200, { work }), [], 'undecided', [/197 of 200 rows are equal to an earlier row/]],
  ['one column of yes and no', table(200, { hired }), [], 'undecided'],
  ['20 rows', table(20, USUAL), [...LABEL, GROUPS], 'undecided'],
  ['20 rows and three seeds', table(20, USUAL), [...LABEL, GROUPS, 'model.seeds=3'], 'undecided'],
  ['20 rows and 64 latents', table(20, USUAL), [...LABEL, GROUPS, 'model.latent=64', 'model.batch=4096'], 'undecided'],
  ['copies', table(Array.from({ length: 300 }, (_, i) => people(4)[i % 4]!), USUAL), [...LABEL, GROUPS], 'undecided|findings', [/296 of 300 rows are equal to an earlier row in every column: copies/]],
  ['all rows alike but one', table(200, { a: (_, i) => (i === 77 ? 5 : 1), b: (_, i) => (i === 77 ? 'y' : 'x') }), [], 'undecided', [/198 of 200 rows/]],
  ['a quantity as label', table(200, { age, work, sex, pay: ({ age: years, u }) => (1000 * years * (0.5 + u)).toFixed(2) }), ['data.label=pay', GROUPS], 'undecided',
    [/the label pay has many distinct numbers.*taken as a quantity/, /nor a yes-or-no label: pay is a quantity/]],
  ['several classes', table(300, { age, hours, sex, class: ({ u }) => ['a', 'b', 'c', 'd'][Math.floor(4 * u)]! }), ['data.label=class', 'data.positive=b', GROUPS], 'undecided|findings'],
  ['a group of one row', table(200, { ...USUAL, sex: (person, i) => (i === 5 ? 'Other' : person.sex) }), [...LABEL, GROUPS], 'undecided|findings'],
  ['a group without positives', table(200, { ...USUAL, hired: (person) => (person.sex === 'Female' ? 'no' : person.hired) }), [...LABEL, GROUPS], 'findings'],
  ['missing groups', table(200, { ...USUAL, sex: (person, i) => (i % 3 === 0 ? '' : person.sex) }), [...LABEL, GROUPS], 'undecided|findings'],
  ['scores outside [0, 1] and a threshold', table(200, { ...USUAL, score: ({ u }) => (100 * u - 20).toFixed(3) }), [...LABEL, GROUPS, 'data.score=score', 'data.threshold=40'], 'undecided|pass|findings', [/scores run from -?[\d.]+ to [\d.]+/]],
  ['scores all alike, and missing ones', table(200, { ...USUAL, score: (_, i) => (i % 3 === 0 ? '' : 0.5) }), [...LABEL, GROUPS, 'data.score=score'], 'undecided|pass', [/every decision is positive/]],
  ['decisions all alike', table(200, { ...USUAL, decision: () => 'no' }), [...LABEL, GROUPS, 'data.prediction=decision'], 'undecided|pass', [/every decision is not positive.*check data.positive/]],
  ['decisions that are the label', table(200, { ...USUAL, decision: hired }), [...LABEL, GROUPS, 'data.prediction=decision'], 'findings'],
  ['an empty test part', table(60, USUAL), [...LABEL, GROUPS, 'data.split=[90, 9.999, 0.001]'], 'undecided', [/The test part is empty/]],
  ['an empty validation part', table(60, USUAL), [...LABEL, GROUPS, 'data.split=[80, 0.001, 19.999]'], 'undecided'],
  ['clusters', table(200, { ...USUAL, home: (_, i) => `h${i >> 2}` }), [...LABEL, GROUPS, 'data.cluster=home'], 'undecided|findings', [/rows of one home are not taken for independent/]],
  ['one cluster', table(200, { ...USUAL, home: () => 'h' }), [...LABEL, GROUPS, 'data.cluster=home'], 'undecided'],
  ['extreme numbers', table(200, { ...USUAL, huge: ({ u }, i) => (i % 2 === 0 ? 1e308 * u : -1e308 * u), tiny: ({ u }) => 1e-308 * u, spike: (_, i) => (i === 7 ? 1e30 : i % 5) }), [...LABEL, GROUPS], 'undecided|findings'],
  ['a numeric attribute with few rows', table(30, USUAL), ['data.protected=[age]', 'data.bins={age: [0, 30, 50, 100]}'], 'undecided'],
];

describe('a whole and true report comes of', () => {
  it.each<Shape>(SHAPES)('%s', async (_, data, settings, verdict, words = []) => {
    const run = await audit(data, settings);
    expect(problemsOf(run)).toEqual([]);
    expect(run.verdict).toMatch(new RegExp(`^(?:${verdict})$`));
    const notes = allNotes(run);
    for (const word of words) expect(notes).toMatch(word);
  });
});

describe('the profile says what is odd about a column', () => {
  it('without values, without variation, of dates, of keys', async () => {
    const run = await audit(table(200, {
      ...USUAL, empty: () => '', marked: () => 'NA', one: () => 1, same: () => 'same', day: ({ u }) => day(u).toISOString().slice(0, 10), when: ({ u }) => day(5 * u).toISOString(),
      year: ({ u }) => `${day(u).getUTCFullYear()}-01-01`, count: (_, i) => 1000 + i, code: (_, i) => `user-${i * 7919 % 99991}`, shuffled: (_, i) => (i * 7919) % 100_003, card: ({ u }) => `4${String(u).slice(2).padEnd(18, '7').slice(0, 18)}`,
    }), [...LABEL, GROUPS]);
    expect(problemsOf(run)).toEqual([]);
    const expected: Readonly<Record<string, RegExp>> = {
      empty: /every value is missing.*left out of the features/, marked: /every value is missing.*left out/, one: /constant.*left out/, same: /constant.*left out/,
      day: /dates, such as "20\d\d-\d\d-\d\d", are read as text.*left out/, when: /dates/, year: /^dates/, count: /identifier: it counts the rows.*left out/, code: /identifier: 200 of 200 texts are distinct.*left out/,
      shuffled: /no whole number occurs twice: if they name rows/, card: /held rounded/,
    };
    for (const [name, words] of Object.entries(expected)) expect([name, noteOn(run, name)]).toEqual([name, expect.stringMatching(words)]);
    const page = pageText(run);
    for (const words of ['counts the rows', 'held rounded', 'no whole number occurs twice', 'are read as text']) expect(page).toContain(words);
  });

  it('keeps the digits of ids beyond 2^53', async () => {
    const run = await audit(table(60, { key: (_, i) => `9007199254740${993 + i}`, ...USUAL }), ['data.id=key']);
    expect(problemsOf(run)).toEqual([]);
    for (const name of ['weights.csv', 'outliers.csv']) for (const id of ['9007199254740993', '9007199254740994']) expect(textOf(run, name)).toContain(`,${id},`);
  });

  it('takes true for the positive value, and rows without a label for unlabelled', async () => {
    const run = await audit(table(200, { age, owner: ({ u }) => String(u < 0.4), hired: (person, i) => (i % 10 === 0 ? '' : String(person.hired === 'yes')) }), ['data.label=hired', 'data.protected=[owner]']);
    expect(problemsOf(run)).toEqual([]);
    expect(run.documents.profile!.label).toMatchObject({ positive: 'true', missing: 20 });
    expect(run.documents.fairness!.population).toMatch(/20 without a label/);
  });
});

it('1,000 columns', async () => {
  const columns: Columns = Object.fromEntries(Array.from({ length: 998 }, (_, k) => [`c${k}`, ({ u }: Person, i: number) => (Math.floor(u * 1e6) * (k + 1) * 31 + i * k) % 97]));
  const run = await audit(table(100, { ...columns, sex, hired }), [...LABEL, GROUPS]);
  expect(problemsOf(run)).toEqual([]);
  expect(run.documents.profile!.columns).toHaveLength(1000);
});
