import { pipeline } from 'node:stream/promises';
import { CsvError, parse } from 'csv-parse';
import { collapseSpaces } from './collapse-spaces.ts';
import { readUtf8 } from './read-utf8.ts';
import { readerErrors } from './reader-error.ts';
import { sniffDelimiter } from './sniff-delimiter.ts';
import type { Source } from './source.ts';

/** An unclosed quote swallows the rest of a file; it is noticed here before it fills the memory. */
const MAXIMUM_RECORD = 16 * 1024 * 1024;

const NEWLINE = 10;

export interface CsvOptions {
  /** `auto`, or the text between cells; a space stands for any number of them. */
  readonly delimiter: string;
  readonly encoding: string;
  readonly signal?: AbortSignal;
}

export interface CsvEnd {
  readonly delimiter: string;
  readonly emptyLines: number;
}

/** cells: one record, each cell trimmed outside its quotes. line: 1-based, the record's last line. */
export type OnRecord = (cells: readonly string[], line: number) => void;

/**
 * Streams the records of a CSV source (RFC 4180, any line ends, cells trimmed, ragged rows passed on). What `onRecord` throws stops it.
 * Returns the delimiter and the number of empty lines, which are passed over.
 * @throws ReaderError `empty`, `quoting`, `delimiter`, and those of `readUtf8`.
 */
export async function parseCsv(file: Source, options: CsvOptions, onRecord: OnRecord): Promise<CsvEnd> {
  const chunks = readUtf8(file, options.encoding);
  try {
    return await parseChunks(file, chunks, options, onRecord);
  } finally {
    await chunks.return(undefined);
  }
}

async function parseChunks(file: Source, chunks: AsyncGenerator<Buffer>, options: CsvOptions, onRecord: OnRecord): Promise<CsvEnd> {
  const first = await chunks.next();
  if (first.done === true) throw readerErrors.empty(file.name);
  const delimiter = delimiterOf(options.delimiter, first.value);
  const parser = parse({
    delimiter, trim: true, relax_column_count: true, skip_empty_lines: true, max_record_size: MAXIMUM_RECORD,
    record_delimiter: ['\r\n', '\n', '\r'],
    on_record: (cells: string[], context) => {
      onRecord(cells, context.lines);
      return null;
    },
  });
  parser.resume();
  const collapse = delimiter === ' ' ? collapseSpaces() : null;
  let endsLine = false;
  async function* source(): AsyncGenerator<Buffer> {
    for (let chunk = first; chunk.done !== true; chunk = await chunks.next()) {
      options.signal?.throwIfAborted();
      yield collapse === null ? chunk.value : collapse(chunk.value);
      endsLine = chunk.value.at(-1) === NEWLINE;
    }
  }
  try {
    await pipeline(source, parser);
  } catch (error) {
    throw error instanceof CsvError ? readerErrors.quoting({ file: file.name, unit: 'line', number: parser.info.lines }, explain(error), error) : error;
  }
  // The parser counts what follows the last line's end as an empty line.
  return { delimiter, emptyLines: Math.max(0, parser.info.empty_lines - Number(endsLine)) };
}

/** What stands between cells. first: the first bytes of the text, in UTF-8, in which `auto` finds it. @throws ReaderError `delimiter` */
export function delimiterOf(given: string, first: Buffer): string {
  if (given === 'auto') return sniffDelimiter(first.toString());
  const delimiter = given === '\\t' || given === 'tab' ? '\t' : given.trim() === '' && given !== '\t' ? ' ' : given;
  if (delimiter.length === 0 || /["\r\n]/.test(delimiter)) throw readerErrors.delimiter(given);
  return delimiter;
}

function explain(error: CsvError): string {
  switch (error.code) {
    case 'CSV_QUOTE_NOT_CLOSED': return 'a quote that was opened is never closed';
    case 'CSV_MAX_RECORD_SIZE': return `a row is longer than ${MAXIMUM_RECORD} characters, probably because a quote before it is never closed`;
    case 'INVALID_OPENING_QUOTE': return 'a quote stands in the middle of a cell that does not begin with one';
    case 'CSV_INVALID_CLOSING_QUOTE': return 'text follows the closing quote of a cell';
    default: return error.message;
  }
}
