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
  /** 1-based line of the file. */
  readonly line: number;
}

function at(place: Place, column?: string): string {
  return `${place.file}, line ${place.line}${column === undefined ? '' : `, column ${shown(column)}`}`;
}

function list(names: readonly string[]): string {
  const few = names.slice(0, 30).map(shown).join(', ');
  return names.length > 30 ? `${few} and ${names.length - 30} more` : few;
}

/** Every message of the readers, so that they read alike and tests can find them. */
export const readerErrors = {
  noFile: (file: string, cause: unknown): ReaderError =>
    new ReaderError('no-file', `${file}: there is no such file; set data.path to the data (a path in a config is relative to the config)`, { cause }),
  unreadable: (file: string, cause: unknown): ReaderError =>
    new ReaderError('unreadable', `${file} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}; data.path must name a file that this user may read`, { cause }),
  folder: (file: string): ReaderError =>
    new ReaderError('not-built', `${file} is a folder; folders of images are not built yet: give a csv or tsv file in data.path`),
  format: (file: string, found: string): ReaderError =>
    new ReaderError('not-built', `${file} is ${found}, which is not built yet; expected csv or tsv text: export it as csv`),
  encodingName: (encoding: string, cause: unknown): ReaderError =>
    new ReaderError('encoding-name', `data.encoding ${shown(encoding)} is no encoding that is known; use a name such as utf-8, windows-1252, iso-8859-1, utf-16le or shift_jis`, { cause }),
  encoding: (place: Place, encoding: string, byte: number, utf16: boolean): ReaderError =>
    new ReaderError('encoding', `${at(place)}: byte ${byte} of the file is not valid ${encoding}; `
      + (utf16 ? 'the file starts like UTF-16: set data.encoding to utf-16le or utf-16be' : 'save the file as UTF-8, or set data.encoding (often windows-1252)')),
  quoting: (place: Place, detail: string, cause: unknown): ReaderError =>
    new ReaderError('quoting', `${at(place)}: ${detail}; inside a quoted cell a quote is written twice ("")`, { cause }),
  delimiter: (given: string): ReaderError =>
    new ReaderError('delimiter', `data.delimiter ${shown(given)} cannot separate cells; expected auto or one character such as , ; | or a tab`),
  empty: (file: string): ReaderError =>
    new ReaderError('empty', `${file} is empty; expected a header line and at least two rows of data`),
  fewRows: (file: string, rows: number): ReaderError =>
    new ReaderError('few-rows', `${file} has ${rows === 0 ? 'no row' : 'one row'} of data; an audit needs at least two (if the file has no header line, name its columns in data.columns)`),
  columnCount: (place: Place, found: number, expected: number): ReaderError =>
    new ReaderError('column-count', `${at(place)}: data.columns names ${expected} columns, but the line has ${found} cells; name each column once, in order`),
  ragged: (place: Place, found: number, expected: number, column: string): ReaderError =>
    new ReaderError('ragged', `${at(place, column)}: the row has ${found} ${found === 1 ? 'cell' : 'cells'}, expected ${expected}; `
      + (found > expected ? 'quote cells that contain the delimiter' : 'fill the row, or check data.delimiter')),
  duplicateColumn: (place: Place, name: string, first: number, second: number): ReaderError =>
    new ReaderError('duplicate-column', `${at(place, name)}: the name stands at positions ${first} and ${second}; rename one, or give all names in data.columns and remove the header line`),
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
