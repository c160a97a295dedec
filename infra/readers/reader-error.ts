/** A data file that cannot be read as it is. The message names file and place, what was found, what was expected, and what to do. */
export class ReaderError extends Error {
  readonly code: string;
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ReaderError';
    this.code = code;
  }
}

const MAXIMUM_SHOWN = 60;

/** A value from the data as a message shows it: quoted, control characters escaped, cut when long. */
export function shown(text: string): string {
  return JSON.stringify(text.length > MAXIMUM_SHOWN ? `${text.slice(0, MAXIMUM_SHOWN)}…` : text);
}

export interface Place {
  readonly file: string;
  /** `line`: 1-based line of a text file; `row`: 0-based row of a file without lines. */
  readonly unit: 'line' | 'row';
  readonly number: number;
}

export function at(place: Place, column?: string): string {
  const where = place.unit === 'line' ? `line ${place.number}` : `row ${place.number} (counted from 0)`;
  return `${place.file}, ${where}${column === undefined ? '' : `, column ${shown(column)}`}`;
}

export function list(names: readonly string[]): string {
  const few = names.slice(0, 30).map(shown).join(', ');
  return names.length > 30 ? `${few} and ${names.length - 30} more` : few;
}

/** Every message of the readers, so that they read alike and tests can find them. */
export const readerErrors = {
  noFile: (file: string, cause: unknown): ReaderError =>
    new ReaderError('no-file', `${file}: there is no such file; set data.path to the data (a path in a config is relative to the config)`, { cause }),
  unreadable: (file: string, cause: unknown): ReaderError =>
    new ReaderError('unreadable', `${file} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}; data.path must name a file that this user may read`, { cause }),
  noObject: (where: string, cause: Error): ReaderError =>
    new ReaderError('no-file', `there is no object ${where}; check data.path, and that the server is the one meant (store.endpoint of an S3 store, else AWS_ENDPOINT_URL)`, { cause }),
  object: (where: string, cause: Error): ReaderError =>
    new ReaderError('unreadable', `${where} cannot be read: ${cause.message.replaceAll('name another one in store.bucket', 'name another one in data.path').replaceAll('store.endpoint', 'the endpoint (store.endpoint of an S3 store, else AWS_ENDPOINT_URL)')}`, { cause }),
  folder: (file: string): ReaderError =>
    new ReaderError('not-built', `${file} is a folder; folders of images are not built yet: name a file in data.path, or a pattern such as ${file}/*.csv`),
  encodingName: (encoding: string, cause: unknown): ReaderError =>
    new ReaderError('encoding-name', `data.encoding ${shown(encoding)} is no encoding that is known; use a name such as utf-8, windows-1252, iso-8859-1, utf-16le or shift_jis`, { cause }),
  encoding: (place: Place, encoding: string, byte: number, likely: { readonly encoding: string; readonly sample: string } | null): ReaderError =>
    new ReaderError('encoding', `${at(place)}: byte ${byte} of the file is not valid ${encoding}; `
      + (likely === null ? 'save the file as UTF-8, or set data.encoding to the one it was written in'
        : `set data.encoding to ${likely.encoding}${likely.sample === '' ? '' : `, in which the place reads ${shown(likely.sample)}`}; if that is wrong, to the one it was written in, or save the file as UTF-8`)),
  quoting: (place: Place, detail: string, cause: unknown): ReaderError =>
    new ReaderError('quoting', `${at(place)}: ${detail}; inside a quoted cell a quote is written twice ("")`, { cause }),
  delimiter: (given: string): ReaderError =>
    new ReaderError('delimiter', `data.delimiter ${shown(given)} cannot separate cells; expected auto or one character such as , ; | a space or a tab`),
  empty: (file: string): ReaderError =>
    new ReaderError('empty', `${file} is empty; expected a header line and at least two rows of data`),
  fewRows: (file: string, rows: number, isText: boolean): ReaderError =>
    new ReaderError('few-rows', `${file} has ${rows === 0 ? 'no row' : 'one row'} of data; an audit needs at least two${isText ? ' (if the file has no header line, name its columns in data.columns)' : ''}`),
  columnCount: (place: Place, found: number, expected: number): ReaderError =>
    new ReaderError('column-count', `${at(place)}: data.columns names ${expected} columns, but the line has ${found} cells; name each column once, in order`),
  ragged: (place: Place, found: number, expected: number, column: string): ReaderError =>
    new ReaderError('ragged', `${at(place, column)}: the row has ${found} ${found === 1 ? 'cell' : 'cells'}, expected ${expected}; `
      + (found > expected ? 'quote cells that contain the delimiter' : 'fill the row, or check data.delimiter')),
  duplicateColumn: (place: Place, name: string, first: number, second: number): ReaderError =>
    new ReaderError('duplicate-column', `${at(place, name)}: the name stands at positions ${first} and ${second}; rename one, or give all names in data.columns and remove the header line`),
  duplicateKey: (place: Place, name: string): ReaderError =>
    new ReaderError('duplicate-column', `${at(place, name)}: two keys of the object differ in spaces only; rename one`),
  unknownColumn: (file: string, key: string, name: string, nearest: string | null, names: readonly string[]): ReaderError =>
    new ReaderError('unknown-column', `${key} names the column ${shown(name)}, which ${file} does not have; `
      + `${nearest === null ? '' : `did you mean ${shown(nearest)}? `}its columns are ${list(names)}`),
  badNumber: (place: Place, column: string, text: string, numbers: number, bad: number): ReaderError =>
    new ReaderError('bad-number', `${at(place, column)}: ${shown(text)} is no number, but ${numbers} other cells of the column are (${bad} in all are not); `
      + 'mend the cell, add its text to data.missing if it means a missing value, or put the column in data.exclude'),
  infinite: (place: Place, column: string, text: string): ReaderError =>
    new ReaderError('infinite', `${at(place, column)}: ${shown(text)} is not a finite number; mend the cell, or add its text to data.missing if it means a missing value`),
  duplicateId: (place: Place, column: string, text: string, firstRow: number, row: number): ReaderError =>
    new ReaderError('duplicate-id', `${at(place, column)}: the id ${shown(text)} stands in data rows ${firstRow} and ${row} (counted from 0); ids must differ: mend one, or leave data.id out`),
};
