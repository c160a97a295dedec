import { open } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import { DataError } from '../../activities/data-error.ts';
import type { Column, Table } from '../../models/table.ts';
import { ReaderError } from '../readers/reader-error.ts';
import { readCsvTable } from '../readers/read-csv-table.ts';
import { sniffDelimiter } from '../readers/sniff-delimiter.ts';
import type { Reading } from './types.ts';

/** What the configuration takes for missing by itself. */
export const DEFAULT_MISSING: readonly string[] = ['', '?', 'NA', 'NaN', 'null'];

const FIRST_BYTES = 256 * 1024;

/** Every name: while nothing is known of a file, words among numbers are no error in any column. */
class EveryName extends Set<string> {
  override has(): boolean {
    return true;
  }
}

export interface ReadData {
  readonly table: Table;
  readonly reading: Reading;
}

type Way = Omit<Reading, 'notes'>;

/**
 * Reads a data file as the audit would, and finds out what has to be said to read it: encoding, a blank as delimiter, a missing header line.
 * @throws DataError as the audit would give it.
 */
export async function readData(path: string, signal?: AbortSignal): Promise<ReadData> {
  const notes: string[] = [];
  let way: Way = { encoding: 'utf-8', delimiter: 'auto', columns: null, missing: DEFAULT_MISSING };
  const attempt = async (changed: Partial<Way>): Promise<Table> => readAs(path, { ...way, ...changed }, signal);
  try {
    let table: Table | ReaderError = await attempt({}).catch(readerError);
    if (table instanceof ReaderError && table.code === 'encoding') {
      const encoding = table.message.includes('UTF-16') ? 'utf-16le' : 'windows-1252';
      way = { ...way, encoding };
      notes.push(`the file is no UTF-8 text; ${encoding} reads it. If letters look wrong in the report, name another encoding`);
      table = await attempt({}).catch(readerError);
    }
    if (!(table instanceof ReaderError) && table.columns.length === 1 && /\S +\S/.test(table.columns[0]!.name)) {
      const spaced = await attempt({ delimiter: ' ' }).catch(readerError);
      if (!(spaced instanceof ReaderError) || spaced.code === 'duplicate-column') [table, way] = [spaced, { ...way, delimiter: ' ' }];
    }
    const lacksHeader = table instanceof ReaderError ? table.code === 'duplicate-column' && await startsWithNumbers(path, way) : hasNoHeader(table);
    if (lacksHeader) {
      const count = table instanceof ReaderError ? (await firstCells(path, way)).length : table.columns.length;
      way = { ...way, columns: Array.from({ length: count }, (_, i) => `column_${i + 1}`) };
      notes.push('the file seems to have no header line: its columns got names by their place; write better ones');
      table = await attempt({});
    }
    if (table instanceof ReaderError) throw table;
    return { table, reading: { ...way, notes } };
  } catch (error) {
    throw error instanceof ReaderError ? new DataError(error.code, error.message, { cause: error }) : error;
  }
}

/** Reads the file in a way found before, with more missing markers. @throws DataError */
export async function readAgain(path: string, reading: Reading, signal?: AbortSignal): Promise<Table> {
  return readAs(path, reading, signal);
}

async function readAs(path: string, way: Way, signal?: AbortSignal): Promise<Table> {
  const none: ReadonlySet<string> = new Set();
  const { table } = await readCsvTable(path, { ...way, wanted: [], asText: none, asNumber: none, lenient: new EveryName(), unique: null, ...(signal === undefined ? {} : { signal }) });
  return table;
}

function readerError(error: unknown): ReaderError {
  if (error instanceof ReaderError) return error;
  throw error;
}

const isNumberText = (text: string): boolean => text.trim() !== '' && Number.isFinite(Number(text));

/** Whether the names of the columns are data: numbers above numbers, or texts that stand below as well. */
function hasNoHeader({ columns }: Table): boolean {
  const numbers = columns.filter((column) => column.kind === 'number');
  const numeric = columns.filter((column) => isNumberText(column.name));
  // 0, 1, 2 … and years are names that programs write.
  const counts = numeric.length === columns.length && numeric.every((column, i) => i === 0 || Number(column.name) === Number(columns[i - 1]!.name) + 1);
  if (counts) return false;
  if (numbers.length > 0) return numbers.every((column) => isNumberText(column.name) || /^column_\d+$/.test(column.name)) && numeric.length > 0;
  return columns.length > 1 && columns.filter(repeatsItsName).length > columns.length / 2;
}

function repeatsItsName(column: Column): boolean {
  return column.kind === 'category' && column.levels.includes(column.name);
}

async function startsWithNumbers(path: string, way: Way): Promise<boolean> {
  return (await firstCells(path, way)).some(isNumberText);
}

/** The first record's cells, from the file's beginning. */
async function firstCells(path: string, { delimiter, encoding }: Way): Promise<readonly string[]> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(FIRST_BYTES), 0, FIRST_BYTES, 0);
    const text = new TextDecoder(encoding === 'auto' ? 'utf-8' : encoding).decode(buffer.subarray(0, bytesRead));
    const records = parse(text, { delimiter: delimiter === 'auto' ? sniffDelimiter(text) : delimiter, trim: true, to: 1, relax_column_count: true, skip_empty_lines: true }) as string[][];
    return records[0] ?? [];
  } finally {
    await file.close();
  }
}
