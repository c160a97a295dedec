import type { Table } from '../../models/table.ts';
import { damagedErrors } from './damaged-error.ts';
import type { BinaryFormat } from './damaged-error.ts';
import { formatOf, isGzipName } from './file-format.ts';
import type { FileFormat } from './file-format.ts';
import { findSources } from './find-sources.ts';
import { gunzipSource } from './gunzip-source.ts';
import type { PackedColumn } from './packed-column.ts';
import { readArrow } from './read-arrow.ts';
import { looksLikeBlocks, readBlocks } from './read-blocks.ts';
import { readCsv, singleQuoteNotes } from './read-csv.ts';
import { checkWanted } from './read-header.ts';
import { readJsonLines } from './read-json-lines.ts';
import { readNpz } from './read-npz.ts';
import { readParquet } from './read-parquet.ts';
import { sniffEncoding, type SniffedEncoding } from './read-utf8.ts';
import { Spill } from './spill.ts';
import { countingSource } from './source.ts';
import type { Source } from './source.ts';
import { TableBuilder, tableOf } from './table-builder.ts';
import type { ColumnReading } from './table-builder.ts';

const HEAD_BYTES = 4096;

export interface TableOptions extends ColumnReading {
  /** `auto`, or the text between cells of a CSV file. */
  readonly delimiter: string;
  /** `auto`, or the name of a text's encoding. */
  readonly encoding: string;
  readonly signal?: AbortSignal;
  /** Called for each piece that was taken in, with what all files hold; some is read twice. */
  readonly onBytes?: (bytes: number, total: number) => void;
  /** Bytes of rows that may lie in memory; the others go to a file. */
  readonly heldBytes?: number;
  /** What the location names, when it was opened already: whoever did closes it. */
  readonly sources?: readonly Source[];
}

export interface TableFacts {
  readonly rows: number;
  readonly format: FileFormat;
  /** As messages name them, in the order of their rows. */
  readonly files: readonly string[];
  /** Of a CSV file; null for others. */
  readonly delimiter: string | null;
  /** Of a text; null for others. */
  readonly encoding: string | null;
  readonly emptyLines: number;
  readonly notes: readonly string[];
}

export interface PackedTable extends TableFacts {
  readonly columns: readonly PackedColumn[];
  /** Where the rows lie that memory does not hold; whoever has the table closes it when the columns have been read. */
  readonly spill: Spill;
}

/**
 * The data of a location (a file, a pattern, an S3 address) as typed columns: what the file says they are, or for CSV numbers where
 * every value present is one and categories elsewhere. Rows of several files follow each other in the order of the files' names.
 * @throws ReaderError naming file, place and column of what cannot be read; StoreError when an object store does not answer.
 */
export async function readColumns(location: string, options: TableOptions): Promise<PackedTable> {
  const sources = options.sources ?? await findSources(location);
  try {
    return await readSources(sources, options);
  } finally {
    if (options.sources === undefined) for (const source of sources) source.close?.();
  }
}

async function readSources(sources: readonly Source[], options: TableOptions): Promise<PackedTable> {
  const total = sources.reduce((sum, source) => sum + source.bytes, 0);
  const counted = sources.map((source) => countingSource(source, (bytes) => options.onBytes?.(bytes, total)));
  const files: OpenFile[] = [];
  for (const source of counted) files.push(await openFile(source, files[0]));
  const first = await readWhole(files, options);
  if ('facts' in first) return first.facts;
  // Words turned up after the texts of the numbers before them had been let go: read those columns as text.
  const again = await readWhole(files, { ...options, asText: new Set([...options.asText, ...first.conflicts]) });
  if ('facts' in again) return again.facts;
  throw new Error(`columns read as text hold mistakes: ${again.conflicts.join(', ')}`);
}

/** All rows, or the columns that must be read again as text. */
async function readWhole(files: readonly OpenFile[], options: TableOptions): Promise<{ readonly facts: PackedTable } | { readonly conflicts: readonly string[] }> {
  const spill = new Spill(options.heldBytes);
  try {
    const reading = await readFiles(files, options, spill), conflicts = reading.table.columns.filter((builder) => builder.conflict).map((builder) => builder.name);
    const columns = reading.table.finish();
    if (conflicts.length === 0) return { facts: factsOf(files, reading, columns) };
    spill.close();
    return { conflicts };
  } catch (error) {
    spill.close();
    throw error;
  }
}

/** As `readColumns`, with all columns unpacked; of more than `mostRows` rows, so many at equal distance. */
export async function readTable(location: string, options: TableOptions, mostRows = Infinity): Promise<TableFacts & { readonly table: Table }> {
  const { columns, spill, ...facts } = await readColumns(location, options);
  try {
    if (facts.rows <= mostRows) return { ...facts, table: tableOf(columns) };
    const chosen = Uint32Array.from({ length: mostRows }, (_, i) => Math.floor(i * facts.rows / mostRows));
    return { ...facts, table: { rows: mostRows, columns: columns.map((column) => column.take(chosen)) } };
  } finally {
    spill.close();
  }
}

export interface OpenFile {
  /** As it lies there, compressed or not. */
  readonly source: Source;
  readonly isGzip: boolean;
  readonly format: FileFormat;
}

/** What a file is, by its name and first bytes; all must be of one format. */
export async function openFile(source: Source, first: OpenFile | undefined): Promise<OpenFile> {
  const head = await source.read(0, HEAD_BYTES);
  const isGzip = head[0] === 0x1f && head[1] === 0x8b, named = isGzipName(source.name);
  if (isGzip && !named) throw damagedErrors.wrongFormat(source.name, 'gzip-compressed', 'plain', `name it ${source.name.split(/[\\/]/).at(-1)}.gz, or unpack it`);
  if (named && !isGzip && head.length > 0) throw damagedErrors.wrongFormat(source.name, 'not compressed', 'gzip-compressed', 'take .gz off its name');
  const plain = isGzip ? gunzipSource(source) : source;
  const content = isGzip ? await headOf(plain) : head, text = formatOf(source.name, content);
  const format = text === 'csv' && looksLikeBlocks(content) ? 'blocks' : text;
  if (first !== undefined && first.format !== format) throw damagedErrors.formatsDiffer(source.name, format, first.source.name, first.format);
  return { source, isGzip, format };
}

/** The first bytes of what unpacks as it goes. */
async function headOf(source: Source): Promise<Uint8Array> {
  const chunks = source.chunks();
  try {
    const first = await chunks.next();
    return first.done === true ? new Uint8Array(0) : first.value.subarray(0, HEAD_BYTES);
  } finally {
    await chunks.return(undefined);
  }
}

export interface Reading {
  readonly table: TableBuilder;
  readonly delimiter: string | null;
  readonly encoding: string | null;
  readonly emptyLines: number;
}

export async function readFiles(files: readonly OpenFile[], options: TableOptions, spill: Spill): Promise<Reading> {
  const table = new TableBuilder(options, spill);
  let delimiter: string | null = null, encoding: string | null = null, emptyLines = 0;
  for (const { source: packed, isGzip, format } of files) {
    options.signal?.throwIfAborted();
    const source = isGzip ? gunzipSource(packed) : packed;
    switch (format) {
      case 'parquet': await readBinary('Parquet', source, () => readParquet(source, table, options.signal)); break;
      case 'arrow': await readBinary('Arrow', source, () => readArrow(source, table, options.signal)); break;
      case 'npz': await readBinary('npz', source, () => readNpz(source, table, options.signal)); break;
      default: {
        encoding = await encodingOf(source, options, table);
        const text = { ...options, encoding };
        if (format === 'csv') {
          const read = await readCsv(source, table, text);
          table.notes.push(...singleQuoteNotes(read.quoted.names + read.quoted.cells));
          delimiter = read.delimiter;
          emptyLines += read.emptyLines;
        } else emptyLines += (await (format === 'blocks' ? readBlocks : readJsonLines)(source, table, text)).emptyLines;
      }
    }
  }
  // Keys of JSON lines turn up on the way.
  if (files[0]!.format === 'json-lines') checkWanted(files[0]!.source.name, table.columns.map((column) => column.name), options.wanted);
  return { table, delimiter, encoding, emptyLines };
}

/** Bytes can be wrong in more ways than the readers look for; what a library then trips over is the file's fault and said so, with the cause. */
export async function readBinary(format: BinaryFormat, source: Source, read: () => Promise<void>): Promise<void> {
  try {
    await read();
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError)) throw error;
    throw damagedErrors.damaged(source.name, format, error.message, error);
  }
}

async function encodingOf(source: Source, { encoding }: TableOptions, table: TableBuilder): Promise<string> {
  if (encoding !== 'auto') return encoding;
  const sniffed = await sniffEncoding(source);
  table.notes.push(...encodingNotes(sniffed));
  return sniffed.encoding;
}

/** What to say of an encoding that was found out; nothing of UTF-8. */
export function encodingNotes({ encoding, reason }: SniffedEncoding): readonly string[] {
  return reason === null ? [] : [`read as ${encoding}: ${reason}; set data.encoding if that is wrong`];
}

function factsOf(files: readonly OpenFile[], { table, delimiter, encoding, emptyLines }: Reading, columns: readonly PackedColumn[]): PackedTable {
  return { columns, spill: table.spill, rows: table.rows, format: files[0]!.format, files: files.map(({ source }) => source.name), delimiter, encoding, emptyLines, notes: table.notes };
}
