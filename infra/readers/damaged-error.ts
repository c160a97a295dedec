import { at, list, ReaderError, shown } from './reader-error.ts';
import type { Place } from './reader-error.ts';

export type BinaryFormat = 'Parquet' | 'Arrow' | 'npz' | 'gzip' | 'JSON lines';

/** Characters of a column's name. */
export const LONGEST_NAME = 1000;

function article(format: BinaryFormat): string {
  return format === 'Arrow' || format === 'npz' ? 'an' : 'a';
}

/** Messages about files that are not whole, not what their name says, or hold what cannot be a table. */
export const damagedErrors = {
  truncated: (file: string, format: BinaryFormat, detail: string, cause?: unknown): ReaderError =>
    new ReaderError('truncated', `${file} is ${article(format)} ${format} file that was cut off: ${detail}; copy or download it again, whole`, { cause }),
  damaged: (file: string, format: BinaryFormat, detail: string, cause?: unknown): ReaderError =>
    new ReaderError('damaged', `${file} is ${article(format)} ${format} file that is damaged: ${shown(detail)}; write it again, or copy it again from where it came`, { cause }),
  wrongFormat: (file: string, found: string, expected: string, cure: string): ReaderError =>
    new ReaderError('wrong-format', `${file} is ${found}, but by its name it should be ${expected}; ${cure}`),
  unread: (file: string, found: string, cure: string): ReaderError =>
    new ReaderError('not-built', `${file} is ${found}, for which there is no reader; ${cure}`),
  tooLarge: (file: string, what: string, cure: string): ReaderError =>
    new ReaderError('too-large', `${file} ${what}, more than is read at once; ${cure}`),
  feature: (file: string, detail: string, cure: string, cause?: unknown): ReaderError =>
    new ReaderError('not-built', `${file} ${detail}, which is not read; ${cure}`, { cause }),
  columnType: (file: string, column: string, found: string): ReaderError =>
    new ReaderError('column-type', `${file}, column ${shown(column)}: it holds ${found}; expected numbers, texts, booleans, dates or times. Flatten it, or put the column in data.exclude`),
  noValues: (file: string): ReaderError =>
    new ReaderError('empty', `${file} has no column with a value; expected numbers, texts, booleans, dates or times`),
  columnTwice: (file: string, name: string): ReaderError =>
    new ReaderError('duplicate-column', `${file} has two columns named ${shown(name)}; rename one`),
  longName: (file: string, position: number, name: string): ReaderError =>
    new ReaderError('long-name', `${file}, column ${position}: its name has ${name.length} characters (${shown(name)}); expected at most ${LONGEST_NAME}, as results repeat it: give it a shorter one, or check that the first line is a header`),
  nested: (place: Place, key: string, found: string): ReaderError =>
    new ReaderError('nested', `${at(place, key)}: the value is ${found}; expected a number, a text, true, false or null. Flatten it into keys of its own, or put the key in data.exclude`),
  notObject: (place: Place, found: string): ReaderError =>
    new ReaderError('json', `${at(place)}: the line holds ${found}; expected one JSON object a line, such as {"age": 39, "sex": "Female"}`),
  json: (place: Place, detail: string, cause: unknown): ReaderError =>
    new ReaderError('json', `${at(place)}: the line is no JSON (${shown(detail)}); expected one object a line, such as {"age": 39, "sex": "Female"}`, { cause }),
  jsonArray: (file: string): ReaderError =>
    new ReaderError('json', `${file} is one JSON array; expected JSON lines, one object a line: jq -c '.[]' FILE > FILE.jsonl makes them`),
  longLine: (place: Place, maximum: number): ReaderError =>
    new ReaderError('too-large', `${at(place)}: the line is longer than ${maximum} characters; expected one JSON object a line`),
  mixedTypes: (place: Place, column: string, found: string, value: string, expected: string): ReaderError =>
    new ReaderError('mixed-types', `${at(place, column)}: found the ${found} ${shown(value)}, but the column holds ${expected} before; write all its values as one type, add ${shown(value)} to data.missing if it means a missing value, or put the column in data.exclude`),
  typesDiffer: (file: string, column: string, found: string, first: string, expected: string): ReaderError =>
    new ReaderError('types-differ', `${file}, column ${shown(column)}: it holds ${found}, but in ${first} it holds ${expected}; give the column one type in all files, or put it in data.exclude`),
  columnsDiffer: (file: string, first: string, missing: readonly string[], extra: readonly string[]): ReaderError =>
    new ReaderError('columns-differ', `${file} does not have the columns of ${first}: ${[
      missing.length === 0 ? '' : `it lacks ${list(missing)}`, extra.length === 0 ? '' : `it has ${list(extra)} besides`,
    ].filter((text) => text !== '').join(', and ')}; files read together must have the same columns: mend it, or take it out of the pattern in data.path`),
  formatsDiffer: (file: string, format: string, first: string, expected: string): ReaderError =>
    new ReaderError('formats-differ', `${file} is ${format}, but ${first} is ${expected}; files read together must be of one format: narrow the pattern in data.path`),
  noMatch: (pattern: string): ReaderError =>
    new ReaderError('no-file', `no file matches ${pattern}; check data.path (a pattern in a config is relative to the config; * stands for any name, ** for any folders)`),
  noArray: (file: string, names: readonly string[]): ReaderError =>
    new ReaderError('npz', `${file} has no array X; it holds ${names.length === 0 ? 'no array' : list(names)}. Save the features as X: numpy.savez(FILE, X=features, y=labels)`),
  shape: (file: string, array: string, shape: string, expected: string): ReaderError =>
    new ReaderError('npz', `${file}, array ${array}: its shape is ${shape}; expected ${expected}`),
  dtype: (file: string, array: string, dtype: string, cure: string): ReaderError =>
    new ReaderError('npz', `${file}, array ${array}: its dtype is ${shown(dtype)}; expected numbers or booleans. ${cure}`),
};
