import { describe, expect, it } from 'vitest';
import { knowColumn } from '../../../infra/guess/column-facts.ts';
import { guessMissing, type MissingGuess } from '../../../infra/guess/guess-missing.ts';
import { DEFAULT_MISSING } from '../../../infra/guess/read-data.ts';
import { tableFrom, times, type Values } from './tables.ts';

function guess(columns: Readonly<Record<string, Values>>): MissingGuess {
  return guessMissing(tableFrom(columns).columns.map(knowColumn), DEFAULT_MISSING);
}

const markers = (columns: Readonly<Record<string, Values>>): readonly string[] => guess(columns).markers.map((each) => each.text);

describe('missing markers', () => {
  it.each(['unknown', 'N/A', 'n.d.', '-', 'keine Angabe', 'k.A.', 'non renseigné', 'sin dato', '#N/A', 'Missing'])('%s is one', (text) => {
    expect(markers({ job: times(100, (i) => (i % 10 === 0 ? text : `job ${i % 4}`)) })).toEqual([text]);
  });

  it('none, other and what the default knows are not', () => {
    expect(markers({ debtors: times(100, (i) => ['none', 'other', 'guarantor', '?', 'nothing'][i % 5]!) })).toEqual([]);
  });

  it.each([-9, -999, 999, 9999])('%d apart from the values is one', (marker) => {
    expect(markers({ height: times(200, (i) => (i % 20 === 0 ? marker : 150 + (i % 50))) })).toEqual([String(marker)]);
  });

  it('the end of a scale is none', () => {
    expect(markers({ hours: times(200, (i) => 800 + (i % 200)), depth: times(200, (i) => -9 + (i % 19)) })).toEqual([]);
  });

  it('a number that another column has as a value is only a doubt, since a marker holds for the whole file', () => {
    const found = guess({ height: times(200, (i) => (i % 20 === 0 ? -9 : 150 + (i % 50))), celsius: times(200, (i) => -20 + (i % 40)) });
    expect(found.markers).toEqual([]);
    expect(found.doubts.join()).toMatch(/-9 in "height" may stand for a missing value, but "celsius" has it as a value/);
  });

  it('words in a column of numbers are named, and markers among them do not count as such', () => {
    const found = guess({ amount: times(300, (i) => (i === 7 ? 'about 12' : i === 8 ? 'unknown' : String(i))), fine: times(300, (i) => (i % 9 === 0 ? 'unknown' : String(i))) });
    expect(found.unreadable).toEqual([{ column: 'amount', why: expect.stringMatching(/it holds numbers, but for 1 cell such as "about 12"/) as string }]);
  });
});
