import { takeRows } from '../../models/encode/take-rows.ts';
import type { Table } from '../../models/table.ts';
import { knowColumn } from './column-facts.ts';
import { guessMissing } from './guess-missing.ts';
import { guessRoles } from './guess-roles.ts';
import { readAgain, readData } from './read-data.ts';
import type { ExcludeGuess, Guesses } from './types.ts';

/**
 * Reads a data file and guesses what an audit of it needs to know. When missing markers turn up it is read once more with them, since
 * a column of numbers with `unknown` in it is one of numbers then. @throws DataError when the file cannot be read.
 */
export async function guessData(path: string, signal?: AbortSignal): Promise<Guesses> {
  const { table: whole, reading: way } = await readData(path, signal);
  const table = filledRows(whole), blank = whole.rows - table.rows;
  const reading = blank === 0 ? way : { ...way, notes: [...way.notes, `${blank} of ${whole.rows} rows hold no value at all: the audit sets them aside`] };
  const found = guessMissing(table.columns.map(knowColumn), reading.missing);
  const markers = found.markers.map(({ text }) => text);
  if (markers.length === 0) return withDoubts(guessRoles(table, reading, unreadable(found.unreadable)), found.doubts);
  const notes = [...reading.notes, ...found.markers.map(({ text, why }) => `${JSON.stringify(text)} looks like a missing value (${why})`)];
  const again = { ...reading, missing: [...reading.missing, ...markers], notes };
  return withDoubts(guessRoles(filledRows(await readAgain(path, again, signal)), again, unreadable(found.unreadable)), found.doubts);
}

/** The rows that have a value anywhere: the audit sets the others aside. */
function filledRows(table: Table): Table {
  const filled = new Uint8Array(table.rows);
  for (const column of table.columns) {
    if (column.kind === 'number') column.values.forEach((value, row) => { if (!Number.isNaN(value)) filled[row] = 1; });
    else column.codes.forEach((code, row) => { if (code >= 0) filled[row] = 1; });
  }
  const rows = Uint32Array.from(filled.keys()).filter((row) => filled[row] === 1);
  return rows.length === table.rows ? table : takeRows(table, rows);
}

function withDoubts(guesses: Guesses, doubts: readonly string[]): Guesses {
  return { ...guesses, doubts: [...guesses.doubts, ...doubts] };
}

function unreadable(found: readonly { readonly column: string; readonly why: string }[]): readonly ExcludeGuess[] {
  return found.map((each) => ({ ...each, kind: 'unreadable' }));
}
