import { DataError } from './data-error.ts';

const MAXIMUM_SHOWN = 20;

function list(values: readonly string[]): string {
  const few = values.slice(0, MAXIMUM_SHOWN).map((value) => JSON.stringify(value.slice(0, 60))).join(', ');
  return values.length > MAXIMUM_SHOWN ? `${few} and ${values.length - MAXIMUM_SHOWN} more` : few;
}

function column(file: string, name: string): string {
  return `${file}, column ${JSON.stringify(name)}`;
}

/** What makes a well-formed table unfit for an audit. Rows are counted from 0, without the header line. */
export const ingestErrors = {
  fewValues: (file: string, name: string, values: readonly string[]): DataError =>
    new DataError('label-values', `${column(file, name)}: the label has ${values.length === 0 ? 'no value' : `one value only, ${list(values)}`}; expected at least two. Check data.label, or leave it out to audit without a label`),
  absentPositive: (file: string, name: string, positive: string, values: readonly string[]): DataError =>
    new DataError('label-positive', `${column(file, name)}: no row has the value data.positive names, ${JSON.stringify(positive)}; ${values.length === 0 ? 'name a number of the column' : `name one of ${list(values)}`}`),
  choosePositive: (file: string, name: string, values: readonly string[]): DataError =>
    new DataError('label-positive', `${column(file, name)}: the label has ${values.length} values, ${list(values)}; set data.positive to the one that counts as positive, against the rest`),
  oneGroup: (file: string, name: string, group: string): DataError =>
    new DataError('one-group', `${column(file, name)}: the protected attribute has one group only, ${JSON.stringify(group)}; expected at least two. Take it out of data.protected, or mend the column (or its data.bins)`),
  manyGroups: (file: string, name: string, groups: number, most: number, examples: readonly string[]): DataError =>
    new DataError('too-many-groups', `${column(file, name)}: the protected attribute has ${groups} groups, such as ${list(examples.slice(0, 3))}; expected at most ${most}. If it names rows or persons, put it in data.id or data.cluster; else name a coarser column, or give numbers edges in data.bins`),
  binsOfText: (file: string, name: string): DataError =>
    new DataError('bins', `${column(file, name)}: data.bins wants a column of numbers, and this one holds text; remove its bins, or mend the column`),
  notNumbers: (file: string, name: string, key: string): DataError =>
    new DataError('not-numbers', `${column(file, name)}: ${key} must be a column of numbers, and this one has none; name another column in ${key}`),
  negativeWeight: (file: string, name: string, row: number, value: number): DataError =>
    new DataError('weight', `${column(file, name)}, data row ${row}: the weight ${value} is negative; expected 0 or more. Mend the row, or name another column in data.weight`),
  noWeight: (file: string, name: string): DataError =>
    new DataError('weight', `${column(file, name)}: the weights sum to 0; expected a positive sum. Mend the column, or name another one in data.weight`),
  threshold: (file: string, name: string, min: number, max: number): DataError =>
    new DataError('threshold', `${column(file, name)}: the scores go from ${min} to ${max}, outside [0, 1], so 0.5 need not separate decisions; set data.threshold, or name the decisions in data.prediction`),
  noUsableRows: (file: string, usable: number, reasons: readonly string[]): DataError =>
    new DataError('few-rows', `${file}: ${usable} of its rows can be used, expected at least two; the others: ${reasons.join('; ')}. Mend the rows, or check data.missing`),
  noTrainRows: (file: string, usable: number): DataError =>
    new DataError('few-rows', `${file}: none of its ${usable} usable rows falls into the train part; give more rows, or a larger first share in data.split`),
};
