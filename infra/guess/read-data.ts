import { open } from 'node:fs/promises';
import { constants, gunzipSync } from 'node:zlib';
import { CsvError, parse } from 'csv-parse/sync';
import { DataError } from '../../activities/data-error.ts';
import type { Column, Table } from '../../models/table.ts';
import { readTable } from '../readers/read-table.ts';
import { ReaderError } from '../readers/reader-error.ts';
import { sniffDelimiter } from '../readers/sniff-delimiter.ts';
import type { Reading } from './types.ts';

/** What the configuration takes for missing by itself. */
export const DEFAULT_MISSING: readonly string[] = ['', '?', 'NA', 'NaN', 'null'];

const FIRST_BYTES = 256 * 1024;
/** Of more rows, so many at equal distance are looked at. */
const MOST_ROWS = 1_000_000;

/** Every name: while nothing is known of a file, words among numbers are no error in any column. */
class EveryName extends Set<string> {
  override has(): boolean {
    return true;
  }
}

export interface ReadData {
  /** All rows, or a million of them at equal distance, which the notes then say. */
  readonly table: Table;
  /** That the data have. */
  readonly rows: number;
  readonly reading: Reading;
}

type Way = Omit<Reading, 'notes' | 'format'>;
type Read = Awaited<ReturnType<typeof readTable>>;

/**
 * Reads data as the audit would, and finds out what has to be said to read it: its encoding, a header line that is not there.
 * location: a file, a pattern or the address of objects. @throws DataError as the audit would give it.
 */
export async function readData(location: string, signal?: AbortSignal, mostRows = MOST_ROWS): Promise<ReadData> {
  const notes: string[] = [];
  let way: Way = { encoding: 'utf-8', columns: null, missing: DEFAULT_MISSING };
  const attempt = (): Promise<Read | ReaderError> => readAs(location, way, mostRows, signal).catch(readerError);
  try {
    let read = await attempt();
    if (read instanceof ReaderError && read.code === 'encoding') {
      way = { ...way, encoding: 'auto' };
      read = await attempt();
      if (!(read instanceof ReaderError)) way = { ...way, encoding: read.encoding ?? 'utf-8' };
      notes.push(`the file is no UTF-8 text; ${way.encoding} reads it. If letters look wrong in the report, name another encoding`);
    }
    if (await lacksHeader(read, location, way)) {
      const width = read instanceof ReaderError ? (await firstCells(location, way)).length : read.table.columns.length;
      way = { ...way, columns: Array.from({ length: width }, (_, i) => `column_${i + 1}`) };
      notes.push('the file seems to have no header line: its columns got names by their place; write better ones');
      read = await attempt();
    }
    if (read instanceof ReaderError) throw read;
    if (read.rows > read.table.rows) notes.push(`looked at ${read.table.rows.toLocaleString('en-US')} of ${read.rows.toLocaleString('en-US')} rows, at equal distance; the audit reads them all`);
    return { table: read.table, rows: read.rows, reading: { ...way, format: read.format, notes: [...notes, ...read.notes] } };
  } catch (error) {
    throw error instanceof ReaderError ? new DataError(error.code, error.message, { cause: error }) : error;
  }
}

/** Reads the data in a way found before, with more missing markers. @throws ReaderError */
export async function readAgain(location: string, reading: Reading, signal?: AbortSignal): Promise<Table> {
  return (await readAs(location, reading, MOST_ROWS, signal)).table;
}

async function readAs(location: string, { encoding, columns, missing }: Way, mostRows: number, signal?: AbortSignal): Promise<Read> {
  const none: ReadonlySet<string> = new Set(), held = signal === undefined ? {} : { signal };
  return readTable(location, { encoding, columns, missing, delimiter: 'auto', wanted: [], asText: none, asNumber: none, lenient: new EveryName(), unique: null, ...held }, mostRows);
}

function readerError(error: unknown): ReaderError {
  if (error instanceof ReaderError) return error;
  throw error;
}

const isNumberText = (text: string): boolean => text.trim() !== '' && Number.isFinite(Number(text));

/** Text only: other formats bring their names with them. */
async function lacksHeader(read: Read | ReaderError, location: string, way: Way): Promise<boolean> {
  if (!(read instanceof ReaderError)) return read.format === 'csv' && hasNoHeader(read.table);
  return read.code === 'duplicate-column' && (await firstCells(location, way)).some(isNumberText);
}

/** Whether the names of the columns are data: numbers above numbers, or texts that stand below as well. */
function hasNoHeader({ columns }: Table): boolean {
  const numbers = columns.filter((column) => column.kind === 'number');
  const numeric = columns.filter((column) => isNumberText(column.name));
  // 0, 1, 2 … and years are names that programs write.
  const counts = numeric.length === columns.length && numeric.length > 1 && numeric.every((column, i) => i === 0 || Number(column.name) === Number(columns[i - 1]!.name) + 1);
  if (counts) return false;
  if (numbers.length > 0) return numbers.every((column) => isNumberText(column.name) || /^column_\d+$/.test(column.name)) && numeric.length > 0;
  // A header line that stands in the file again makes texts of numbers, and their names are no numbers.
  if (columns.some((column) => column.kind === 'category' && !isNumberText(column.name) && column.levels.length > 1 && column.levels.every((level) => level === column.name || isNumberText(level)))) return false;
  return columns.length > 1 && columns.filter(repeatsItsName).length > columns.length / 2;
}

function repeatsItsName(column: Column): boolean {
  return column.kind === 'category' && column.levels.includes(column.name);
}

/** The first record's cells, from the file's beginning; none when it cannot be told, or is no plain file. */
async function firstCells(path: string, { encoding }: Way): Promise<readonly string[]> {
  const file = await open(path, 'r').catch(() => null);
  if (file === null) return [];
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(FIRST_BYTES), 0, FIRST_BYTES, 0);
    const text = new TextDecoder(encoding === 'auto' ? 'utf-8' : encoding).decode(unpacked(buffer.subarray(0, bytesRead)));
    const delimiter = sniffDelimiter(text);
    if (delimiter === ' ') return text.trimStart().split(/[\r\n]/, 1)[0]!.trim().split(/ +/);
    return (parse(text, { delimiter, trim: true, to: 1, relax_column_count: true, skip_empty_lines: true }) as string[][])[0] ?? [];
  } catch (error) {
    if (error instanceof CsvError) return [];
    throw error;
  } finally {
    await file.close();
  }
}

/** The beginning of a gzip file, unpacked as far as its bytes reach; other bytes as they are. */
function unpacked(bytes: Buffer): Buffer {
  return bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }) : bytes;
}
