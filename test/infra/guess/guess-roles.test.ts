import { describe, expect, it } from 'vitest';
import { guessRoles } from '../../../infra/guess/guess-roles.ts';
import { DEFAULT_MISSING } from '../../../infra/guess/read-data.ts';
import type { Guesses } from '../../../infra/guess/types.ts';
import { randomStream } from '../../../models/engine/random.ts';
import { tableFrom, times, type Values } from './tables.ts';

const READING = { format: 'csv' as const, encoding: 'utf-8', columns: null, missing: DEFAULT_MISSING, notes: [] };
const N = 400;
const stream = randomStream(7, 'guess-roles-test');
const NOISE = times(N, () => stream.normal());
const OUTCOME = times(N, () => Number(stream.uniform() < 0.4));

function guess(columns: Readonly<Record<string, Values>>, nameless = false): Guesses {
  return guessRoles(tableFrom(columns), nameless ? { ...READING, columns: Object.keys(columns) } : READING, []);
}

const protectedBy = (columns: Readonly<Record<string, Values>>): readonly string[] => guess(columns).protected.map((each) => each.column);

describe('protected attributes', () => {
  it.each(['sex', 'Gender', 'GESCHLECHT', 'sexo', 'Genre', 'applicant_sex', 'male', 'is_female', 'Rasse', 'ethnicity', 'raza', 'religion', 'Konfession', 'has_disability', 'Behinderung', 'handicapé', 'discapacidad', 'marital-status', 'Familienstand', 'estado civil', 'état civil', 'nationality',
    'Staatsangehörigkeit', 'nacionalidad', 'pregnant', 'Schwangerschaft', 'skin_color', 'couleur de peau', 'citizenship'])('%s is one by its name', (name) => {
    expect(protectedBy({ [name]: times(N, (i) => (i % 3 === 0 ? 0 : 1)), feature: NOISE })).toEqual([name]);
  });

  it.each(['message', 'essex', 'average', 'race_time', 'account_age', 'vehicle_age', 'stage', 'embrace', 'manager', 'woman_owned_share', 'skin_thickness', 'generation'])('%s is none', (name) => {
    expect(protectedBy({ [name]: times(N, (i) => (i * 7) % 90), feature: NOISE })).toEqual([]);
  });

  it('is found by its values where the name says nothing, and the reason names them', () => {
    const found = guess({ who: times(N, (i) => (i % 2 === 0 ? 'Male' : 'Female')), feature: NOISE }).protected;
    expect(found).toEqual([{ column: 'who', ground: 'sex or gender', why: 'its values speak of sex or gender ("Female", "Male")', bins: null }]);
    expect(protectedBy({ g: times(N, (i) => ['White', 'Black', 'Asian-Pac-Islander', 'Other'][i % 4]!), feature: NOISE })).toEqual(['g']);
    expect(protectedBy({ k: times(N, (i) => ['evangelisch', 'katholisch', 'muslimisch', 'konfessionslos'][i % 4]!), feature: NOISE })).toEqual(['k']);
  });

  it('degrees F and M, and the colours of cars, are no groups of people', () => {
    expect(protectedBy({ degree: times(N, (i) => (i % 2 === 0 ? 'F' : 'M')), paint: times(N, (i) => ['white', 'black', 'red'][i % 3]!) })).toEqual([]);
    expect(guess({ column_1: times(N, (i) => (i % 2 === 0 ? 'F' : 'M')), column_2: NOISE }, true).protected.map((each) => each.column)).toEqual(['column_1']);
  });

  it('a quantity gets groups of some size: years of age at usual ages, other quantities near their quarters', () => {
    expect(guess({ age: times(N, (i) => 18 + (i % 60)) }).protected[0]?.bins).toEqual([0, 25, 45, 65, 120]);
    expect(guess({ age: times(N, (i) => 30 + (i % 12)) }).protected).toEqual([]);
    expect(guess({ age: times(N, (i) => 10_000 + 10 * i) }).protected[0]?.bins).toEqual([10_000, 11_000, 12_000, 13_000, 13_990]);
  });

  it('of two columns for one ground the one with few groups is taken and the other named', () => {
    const found = guess({ age: times(N, (i) => 18 + (i % 60)), age_cat: times(N, (i) => (i % 2 === 0 ? 'young' : 'old')) });
    expect(found.protected.map((each) => each.column)).toEqual(['age_cat']);
    expect(found.doubts.join()).toMatch(/"age" speaks of age and was not made a protected attribute: "age_cat" says the same/);
  });

  it('one group, or more than can be compared, makes none', () => {
    expect(protectedBy({ sex: times(N, () => 'F'), nationality: times(N, (i) => `country ${i % 40}`) })).toEqual([]);
    expect(guess({ nationality: times(N, (i) => `country ${i % 40}`) }).doubts.join()).toMatch(/40 groups are too many/);
  });
});

describe('label and positive value', () => {
  it.each([['label', '1'], ['target', '1'], ['y', '1'], ['income', '1'], ['default payment', '1'], ['two_year_recid', '1'], ['pass_bar', '1'], ['Zielgröße', '1']])('%s at the end is the label', (name, positive) => {
    const found = guess({ feature: NOISE, [name]: OUTCOME });
    expect([found.label?.value, found.positive?.value]).toEqual([name, positive]);
  });

  it('a name decides before the place does, and a prediction of the label is not the label', () => {
    const found = guess({ y: OUTCOME, feature: NOISE, predicted_label: times(N, (i) => i % 2), married: times(N, (i) => i % 2) });
    expect([found.label?.value, found.prediction?.value]).toEqual(['y', 'predicted_label']);
  });

  it.each([[['good', 'bad'], 'good'], [['>50K', '<=50K'], '>50K'], [['no', 'yes'], 'yes'], [['nein', 'ja'], 'ja'], [[1, 2], '1'], [[-1, 1], '1'], [['normal', 'anomaly'], 'anomaly'], [["'good'", "'bad'"], "'good'"]] as const)('of %j the positive value is %s', ([a, b], positive) => {
    expect(guess({ feature: NOISE, class: times(N, (i) => (i % 3 === 0 ? a : b)) }).positive?.value).toBe(positive);
  });

  it.each([['safe', 'unsafe', 'unsafe'], ['pass', 'fail', 'pass'], ['ok', 'failed', 'failed'], ['OK', 'NOK', 'NOK'], ['normal', 'anomalous', 'anomalous'], ['benign', 'malignant', 'malignant'], ['stable', 'unstable', 'unstable'], ['approved', 'denied', 'approved'],
    ['collision', 'no collision', 'collision'], ['not_hired', 'hired', 'hired'], ['legitimate', 'fraud', 'fraud'], ['non-compliant', 'compliant', 'compliant']])('%s and %s are an outcome whatever the column is called, and %s is positive', (a, b, positive) => {
    const found = guess({ feature: NOISE, run_end: times(N, (i) => (i % 3 === 0 ? a : b)) });
    expect([found.label?.value, found.positive?.value]).toEqual(['run_end', positive]);
    expect(found.label?.why).toMatch(/two values are opposites of an outcome/);
    expect(found.positive?.why).toMatch(/the wished-for one|the failure that an audit looks for|it is what happened/);
  });

  it('yes and no, and other pairs of words, say nothing of what they answer', () => {
    for (const [a, b] of [['yes', 'no'], ['true', 'false'], ['red', 'blue'], ['not a', 'not b']] as const) expect(guess({ feature: NOISE, run_end: times(N, (i) => (i % 3 === 0 ? a : b)) }).label).toBeNull();
  });

  it('a header line that stands in the data again is named with its row', () => {
    const found = guess({ speed: times(N, (i) => (i === 7 ? 'speed' : String(i))), gear: times(N, (i) => (i === 7 ? 'gear' : String(i % 5))), safety: times(N, (i) => (i === 7 ? 'safety' : i % 3 === 0 ? 'safe' : 'unsafe')) });
    expect(found.doubts[0]).toMatch(/the header line stands in the data again, as row 7:/);
    expect(guess({ speed: times(N, (i) => (i === 7 ? 'speed' : String(i))), gear: times(N, String), run: times(N, String) }).doubts.join()).not.toMatch(/header line/);
  });

  it('of several classes the rarest is set against the rest, so that the audit can run', () => {
    const found = guess({ feature: NOISE, class: times(N, (i) => (i % 10 === 0 ? 'c' : i % 2 === 0 ? 'a' : 'b')) });
    expect(found.positive).toMatchObject({ value: 'c', why: expect.stringMatching(/the rarest; all others count as not positive/) as string });
  });

  it('nothing is called a label without a reason, and the doubt says what that means', () => {
    const found = guess({ feature: NOISE, other: times(N, (i) => i % 2) });
    expect(found.label).toBeNull();
    expect(found.doubts.join()).toMatch(/no column is surely a label; these could be: "other"/);
  });

  it('a target of many numbers is a quantity, without a positive value', () => {
    const found = guess({ feature: times(N, (i) => i % 5), target: NOISE });
    expect([found.label?.value, found.positive]).toEqual(['target', null]);
  });
});

describe('columns that restate the label', () => {
  const columns = { feature: NOISE, label: OUTCOME };
  it.each<[string, Values]>([
    ['a copy', OUTCOME], ['a text of it', times(N, (i) => (OUTCOME[i] === 1 ? 'paid' : 'late'))], ['a number that is cut at it', times(N, (i) => (OUTCOME[i] === 1 ? 10 : -10) + Number(NOISE[i]))],
  ])('%s is excluded', (_, leak) => {
    expect(guess({ leak, ...columns }).exclude).toEqual([{ column: 'leak', kind: 'restates-label', why: expect.stringMatching(/restates the label "label" \(AUROC (?:1\.000|0\.99\d)/) as string }]);
  });

  it('what is filled in for one outcome only is excluded by the pattern of its gaps', () => {
    const found = guess({ closing_reason: times(N, (i) => (OUTCOME[i] === 1 ? ['a', 'b', 'c'][i % 3]! : null)), ...columns }).exclude;
    expect(found[0]).toMatchObject({ column: 'closing_reason', why: expect.stringMatching(/filled in for one outcome|restates/) as string });
  });

  it('a good feature is kept, noise is kept, and texts that never repeat are no leak', () => {
    const strong = times(N, (i) => 2 * Number(OUTCOME[i]) + Number(NOISE[i]));
    const found = guess({ strong, code: times(N, (i) => `x${i}`), ...columns });
    expect(found.exclude.filter((each) => each.kind === 'restates-label')).toEqual([]);
    expect(found.doubts.join()).toMatch(/by itself this column predicts the label well: "strong" \(AUROC 0\.\d{3}\)/);
  });

  it('a value that nearly always goes with one outcome tells only where the names share a word', () => {
    const marks = times(N, (i) => (OUTCOME[i] === 1 && i % 2 === 0 ? 1 : 0));
    const named = (name: string): readonly string[] => guess({ [name]: marks, feature: NOISE, repaid_loan: OUTCOME, label: OUTCOME.map((value, i) => (i % 50 === 0 ? 1 - Number(value) : value)) }).exclude.map((each) => each.column);
    expect(named('bonus')).not.toContain('bonus');
    expect(guess({ recid_again: marks, feature: NOISE, two_year_recid: OUTCOME }).exclude.map((each) => each.column)).toEqual(['recid_again']);
    expect(guess({ column_1: marks, column_2: NOISE, column_3: OUTCOME }, true).exclude).toEqual([]);
  });

  it('a group that restates the label is no group any more', () => {
    expect(guess({ sex: times(N, (i) => (OUTCOME[i] === 1 ? 'Male' : 'Female')), ...columns }).protected).toEqual([]);
  });

  it('of an npz, which says itself what its features are, a near copy is named and kept', () => {
    const found = guessRoles(tableFrom({ x0: OUTCOME, y: OUTCOME }), { ...READING, format: 'npz' }, []);
    expect(found.exclude).toEqual([]);
    expect(found.doubts.join()).toMatch(/"x0" \(AUROC 1\.000\)/);
  });

  it('with a handful of positives nothing is excluded, and it is said', () => {
    const few = times(N, (i) => Number(i < 5));
    const found = guess({ leak: few, label: few });
    expect(found.exclude).toEqual([]);
    expect(found.doubts.join()).toMatch(/the rarer class has 5 rows only/);
  });
});

describe('what a model said', () => {
  it('two values are a decision, numbers in [0, 1] a score that needs no threshold', () => {
    const found = guess({ feature: NOISE, label: OUTCOME, y_pred: times(N, (i) => i % 2), y_prob: times(N, (i) => (i % 97) / 97) });
    expect([found.prediction?.value, found.score?.value, found.threshold]).toEqual(['y_pred', 'y_prob', null]);
  });

  it('a score on a scale of its own gets the threshold that chooses as many as are positive', () => {
    const base = OUTCOME.reduce<number>((sum, value) => sum + Number(value), 0) / N;
    const found = guess({ label: OUTCOME, feature: NOISE, decile_score: times(N, (i) => 1 + (i % 10)) });
    const chosen = (11 - found.threshold!.value) / 10;
    expect(Math.abs(chosen - base)).toBeLessThanOrEqual(0.1);
  });

  it('further outputs are excluded; a credit score or a test score is a fact about the person', () => {
    const found = guess({ label: OUTCOME, risk_score: times(N, (i) => (i % 50) / 50), risk_score_text: times(N, (i) => ['low', 'high', 'medium'][i % 3]!), credit_score: times(N, (i) => 300 + i), test_score: times(N, (i) => i % 40) });
    expect([found.score?.value, found.exclude.map((each) => each.column)]).toEqual(['risk_score', ['risk_score_text']]);
  });

  it('decisions that the audit could not read are not set, and the doubt says so', () => {
    const found = guess({ label: OUTCOME, decision: times(N, (i) => (i % 2 === 0 ? 'approve' : 'deny')) });
    expect(found.prediction).toBeNull();
    expect(found.doubts.join()).toMatch(/"decision" may hold decisions, but its values are neither yes and no/);
  });
});

describe('keys', () => {
  it('a unique key is the id; a second one, dates and survey weights are excluded with their reasons', () => {
    const found = guess({ person_id: times(N, (i) => 1000 + 3 * i), token: times(N, (i) => `t${i}`), since: times(N, (i) => `2020-01-${String(1 + (i % 28)).padStart(2, '0')}`), fnlwgt: times(N, (i) => 1000 + ((i * 37) % 399)), feature: NOISE });
    expect(found.id?.value).toBe('person_id');
    expect(found.exclude.map(({ column, kind }) => [column, kind])).toEqual([['token', 'identifier'], ['since', 'date'], ['fnlwgt', 'weight']]);
  });

  it('a measurement that never repeats is no id', () => {
    expect(guess({ feature: NOISE, other: times(N, (i) => i % 7) }).id).toBeNull();
  });

  it('rows of one household are a cluster; steps of one trip a sequence with its time', () => {
    expect(guess({ household_id: times(N, (i) => `h${i % 100}`), feature: NOISE }).cluster?.value).toBe('household_id');
    const trips = guess({ trip_id: times(N, (i) => Math.floor(i / 10)), timestamp: times(N, (i) => i % 10), feature: NOISE });
    expect([trips.sequence?.value, trips.time?.value]).toEqual(['trip_id', 'timestamp']);
  });

  it('columns named like parts of an object are columns', () => {
    const found = guess({ ['__proto__x']: NOISE, constructor: times(N, (i) => i % 3), toString: times(N, (i) => (i % 2 === 0 ? 'a' : 'b')), label: OUTCOME });
    expect(found.columns.map((each) => each.name)).toEqual(['__proto__x', 'constructor', 'toString', 'label']);
  });
});
