import { describe, expect, it } from 'vitest';
import { bar, describeText, sparkline } from '../../../infra/cli/commands/describe-text.ts';
import { profileColumn } from '../../../models/encode/profile-column.ts';
import { tableFrom, times, type Values } from '../guess/tables.ts';

function text(columns: Readonly<Record<string, Values>>, all = false): string {
  const table = tableFrom(columns);
  return describeText({ file: 'people.csv', rows: table.rows, profiled: table.rows, columns: table.columns.map((column) => profileColumn(column, [], null)), notes: [], all });
}

describe('the profile on a terminal', () => {
  it('shows numbers with their quarters and categories with their shares', () => {
    expect(text({ age: times(100, (i) => i), sex: times(100, (i) => (i % 4 === 0 ? 'Male' : 'Female')), gaps: times(100, (i) => (i < 50 ? null : 1)) })).toBe([
      'people.csv: 100 rows, 3 columns', 'numbers: how the values spread from smallest to largest, then smallest ‹ lower quarter ‹ median › upper quarter › largest',
      'categories: the most frequent values with their share of the rows', '',
      'age                           number, 100 values', '                              ████████████████████  0 ‹ 24.75 ‹ 49.5 › 74.25 › 99',
      'sex                           category, 2 values', '                              ████████████    75 %  Female', '                              ████            25 %  Male',
      'gaps                          number, 1 value, 50 % missing', '                              █  1 ‹ 1 ‹ 1 › 1 › 1',
    ].join('\n'));
  });

  it('bars end at their share, and the smallest share still shows', () => {
    expect([bar(1), bar(0.5), bar(1e-9)]).toEqual(['█'.repeat(12), '█'.repeat(6), '▏']);
    expect(sparkline([0, 1, 100])).toBe(' ▁█');
  });

  it('shortens a wide table with a count, unless all of it is wanted', () => {
    const wide = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`c${i}`, times(10, (row) => row)]));
    expect(text(wide)).toMatch(/… and 60 more columns; --all shows them$/);
    expect(text(wide, true).match(/^c\d+ /gm)).toHaveLength(100);
  });

  it('text from data does nothing to the terminal, the line or the direction', () => {
    const shown = text({ 'a\u001b[31m\nname': times(10, (i) => (i % 2 === 0 ? '\u001b]0;title\u0007\u202eturned\nnext' : 'x'.repeat(1_000_000))) });
    // oxlint-disable-next-line no-control-regex
    expect(shown).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2028\u2029]/);
    expect(shown).toContain('\\u001b]0;title\\u0007\\u202eturned next');
    expect(shown.split('\n').every((line) => line.length < 130)).toBe(true);
    expect(shown.split('\n')).toHaveLength(6);
  });

  it('a column without any value says so', () => {
    expect(text({ empty: times(10, () => null), x: times(10, (i) => i) })).toMatch(/empty +(?:no value|number, 0 values), 100 % missing/);
  });
});
