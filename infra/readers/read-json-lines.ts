import { StringDecoder } from 'node:string_decoder';
import type { ColumnBuilder } from './column-builder.ts';
import { damagedErrors } from './damaged-error.ts';
import { readUtf8 } from './read-utf8.ts';
import { readerErrors } from './reader-error.ts';
import type { Place } from './reader-error.ts';
import type { Source } from './source.ts';
import type { TableBuilder } from './table-builder.ts';

/** The longest line that is taken in. */
const MAXIMUM_LINE = 16 * 1024 * 1024;

export interface JsonLinesOptions {
  readonly encoding: string;
  readonly signal?: AbortSignal;
}

type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Adds the objects of a file of JSON lines to the table: one row each, its columns the union of all keys, a key that an object lacks
 * missing in it. Empty lines are passed over and counted.
 * @throws ReaderError `json`, `nested`, `mixed-types`, `infinite`, `too-large`, `empty`, and those of `readUtf8`.
 */
export async function readJsonLines(source: Source, table: TableBuilder, options: JsonLinesOptions): Promise<{ readonly emptyLines: number }> {
  table.beginOpen(source.name);
  const before = table.rows;
  let number = 0, emptyLines = 0;
  const rows = new RowWriter(table);
  for await (const line of linesOf(source, options)) {
    number++;
    if (line.trim() === '') emptyLines++;
    else rows.add(line, { file: source.name, unit: 'line', number });
  }
  if (table.rows === before) throw readerErrors.empty(source.name);
  return { emptyLines };
}

class RowWriter {
  readonly #table: TableBuilder;
  #rows: number;
  constructor(table: TableBuilder) {
    this.#table = table;
    this.#rows = table.rows;
  }

  add(line: string, place: Place): void {
    const object = parse(line, place);
    let exact: JsonObject | null = null;
    const keys = Object.keys(object);
    for (const key of keys) {
      const column = this.#table.column(key.trim() === '' ? 'column_unnamed' : key.trim(), this.#rows);
      if (column.rows > this.#rows) throw readerErrors.duplicateKey(place, column.name);
      const value = object[key];
      const isLong = column.options.asText && typeof value === 'number' && !Number.isSafeInteger(value);
      addValue(column, isLong ? (exact ??= exactly(line))[key] : value, place);
    }
    this.#rows++;
    if (keys.length < this.#table.width) for (const column of this.#table.columns) if (column.rows < this.#rows) column.addMissing();
  }
}

function addValue(column: ColumnBuilder, value: unknown, place: Place): void {
  switch (typeof value) {
    case 'number': return column.addNumber(value, place);
    case 'string': return column.addText(value, place);
    case 'boolean': return column.addBoolean(value, place);
    default:
      if (value !== null && !column.options.lenient) throw damagedErrors.nested(place, column.name, Array.isArray(value) ? 'a list' : 'an object');
      return column.addMissing();
  }
}

function parse(line: string, place: Place): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw damagedErrors.json(place, (error as Error).message, error);
  }
  if (value === null || typeof value !== 'object') throw damagedErrors.notObject(place, value === null ? 'null' : `a ${typeof value}`);
  if (Array.isArray(value)) throw damagedErrors.notObject(place, 'a list');
  return value as JsonObject;
}

/** The object with its numbers as they are written: a name of many digits must not lose its last ones. */
function exactly(line: string): JsonObject {
  const reviver = (_key: string, value: unknown, context?: { readonly source?: string }): unknown => (typeof value === 'number' ? context?.source ?? value : value);
  return JSON.parse(line, reviver as Parameters<typeof JSON.parse>[1]) as JsonObject;
}

async function* linesOf(source: Source, { encoding, signal }: JsonLinesOptions): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let rest = '', number = 0;
  for await (const chunk of readUtf8(source, encoding)) {
    signal?.throwIfAborted();
    const lines = (rest + decoder.write(chunk)).split('\n');
    rest = lines.pop()!;
    number += lines.length;
    if (rest.length > MAXIMUM_LINE) throw damagedErrors.longLine({ file: source.name, unit: 'line', number: number + 1 }, MAXIMUM_LINE);
    yield* lines;
  }
  rest += decoder.end();
  if (rest !== '') yield rest;
}
