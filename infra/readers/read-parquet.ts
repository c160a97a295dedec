import { parquetMetadataAsync, parquetRead, parquetSchema } from 'hyparquet';
import type { AsyncBuffer, DecodedArray, FileMetaData, SchemaTree } from 'hyparquet';
import type { ColumnBuilder } from './column-builder.ts';
import { damagedErrors } from './damaged-error.ts';
import { isoDate, isoTime } from './iso-time.ts';
import { checkChunk, checkMetadata } from './parquet-checks.ts';
import { parquetType } from './parquet-type.ts';
import { parquetCompressors } from './parquet-compressors.ts';
import { readerErrors, ReaderError } from './reader-error.ts';
import type { Source } from './source.ts';
import type { TableBuilder } from './table-builder.ts';

const MAGIC = 0x31524150;
const SMALLEST = 12;

/** What pandas adds when it writes a table whose rows have names. */
const PANDAS_INDEX = /^__index_level_\d+__$/;

/**
 * Adds the rows of a Parquet file to the table, one column of one row group at a time. Dates and times become ISO 8601 text, decimals
 * numbers. What cannot be a column is refused, or missing when the column is excluded.
 * groups: the row groups [first, last) alone.
 * @throws ReaderError `truncated`, `damaged`, `column-type`, `infinite`.
 */
export async function readParquet(source: Source, table: TableBuilder, signal?: AbortSignal, groups: readonly [first: number, last: number] = [0, Infinity]): Promise<void> {
  const file = source.name, { buffer, metadata } = await openParquet(source);
  const columns = await guarded(file, () => columnsOf(metadata, table));
  if (columns.length === 0) throw readerErrors.empty(file);
  const types = columns.map((column) => parquetType(column.element));
  for (const [i, column] of columns.entries()) {
    const type = types[i]!;
    if (type.type === null && !table.reading.lenient.has(column.element.name)) throw damagedErrors.columnType(file, column.element.name, type.found);
  }
  const builders = table.begin(file, columns.map(({ element }) => element.name), types.map(({ type }) => type ?? 'none'));
  let start = 0;
  for (const [group, { num_rows: groupRows }] of metadata.row_groups.entries()) {
    const end = start + Number(groupRows), isWanted = group >= groups[0] && group < groups[1];
    for (const [i, { element }] of isWanted ? columns.entries() : []) {
      signal?.throwIfAborted();
      const { type } = types[i]!;
      if (type === null || type === 'none') addNothing(builders[i]!, end - start);
      else {
        await checkChunk(source, metadata, group, element);
        await readColumn({ file, buffer, metadata, name: element.name, builder: builders[i]!, start, end });
      }
    }
    start = end;
  }
}

/** The directory of a Parquet file, looked through. @throws ReaderError `truncated`, `damaged` */
export async function openParquet(source: Source): Promise<{ readonly buffer: AsyncBuffer; readonly metadata: FileMetaData }> {
  const buffer = await asBuffer(source), metadata = await guarded(source.name, () => parquetMetadataAsync(buffer, { geoparquet: false }));
  checkMetadata(source.name, metadata, source.bytes);
  return { buffer, metadata };
}

/** hyparquet asks for the same ranges that it plans; the source stays where it is. */
async function asBuffer(source: Source): Promise<AsyncBuffer> {
  const first = await source.read(0, SMALLEST);
  const { bytes } = source, tail = new DataView((await source.read(Math.max(0, bytes - 8), bytes)).buffer);
  if (first.length < SMALLEST || tail.byteLength < 8 || tail.getUint32(4, true) !== MAGIC) throw damagedErrors.truncated(source.name, 'Parquet', `it does not end with PAR1 (it has ${bytes} bytes)`);
  const length = tail.getUint32(0, true);
  if (length + SMALLEST > bytes) throw damagedErrors.truncated(source.name, 'Parquet', `its directory of ${length} bytes does not fit into its ${bytes} bytes`);
  return { byteLength: bytes, slice: async (start, end = bytes) => (await source.read(start, end)).buffer };
}

function columnsOf(metadata: FileMetaData, table: TableBuilder): readonly SchemaTree[] {
  const all = parquetSchema(metadata).children;
  const isIndex = ({ element: { name } }: SchemaTree): boolean => PANDAS_INDEX.test(name) && !table.reading.wanted.some((column) => column.name === name);
  const index = all.filter(isIndex).map(({ element }) => element.name);
  if (index.length > 0) table.notes.push(`the row names that pandas wrote (${index.join(', ')}) are left out`);
  return all.filter((column) => !isIndex(column));
}

interface ColumnPart {
  readonly file: string;
  readonly buffer: AsyncBuffer;
  readonly metadata: FileMetaData;
  readonly name: string;
  readonly builder: ColumnBuilder;
  readonly start: number;
  readonly end: number;
}

async function readColumn({ file, buffer, metadata, name, builder, start, end }: ColumnPart): Promise<void> {
  if (end === start) return;
  const chunks: DecodedArray[] = [];
  await guarded(file, () => parquetRead({
    file: buffer, metadata, columns: [name], rowStart: start, rowEnd: end, compressors: parquetCompressors, parsers: PARSERS, geoparquet: false,
    onChunk: ({ columnData }) => { chunks.push(columnData); },
  }), name);
  const place = { file, unit: 'row' as const, number: start };
  for (const chunk of chunks) {
    for (let i = 0; i < chunk.length && place.number < end; i++, place.number++) addValue(builder, chunk[i] as unknown, place);
  }
  if (place.number < end) throw damagedErrors.truncated(file, 'Parquet', `the column ${JSON.stringify(name)} has ${place.number} of ${end} rows`);
}

function addValue(builder: ColumnBuilder, value: unknown, place: { readonly file: string; readonly unit: 'row'; readonly number: number }): void {
  switch (typeof value) {
    case 'number': case 'bigint': return builder.addNumber(value, place);
    case 'string': return builder.addText(value, place);
    case 'boolean': return builder.addBoolean(value, place);
    default:
      if (value !== null && value !== undefined) throw damagedErrors.columnType(place.file, builder.name, 'bytes that are no text');
      return builder.addMissing();
  }
}

function addNothing(builder: ColumnBuilder, rows: number): void {
  for (let row = 0; row < rows; row++) builder.addMissing();
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });

const PARSERS = {
  timestampFromMilliseconds: (value: bigint) => isoTime(value, 3),
  timestampFromMicroseconds: (value: bigint) => isoTime(value, 6),
  timestampFromNanoseconds: (value: bigint) => isoTime(value, 9),
  dateFromDays: (days: number) => isoDate(days),
  stringFromBytes: (bytes: Uint8Array) => (bytes === undefined ? undefined : UTF8.decode(bytes)),
  jsonFromBytes: (bytes: Uint8Array) => (bytes === undefined ? undefined : UTF8.decode(bytes)),
};

/** What the library throws at bytes that are no Parquet, as an error of ours. */
async function guarded<T>(file: string, action: () => T | Promise<T>, column?: string): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof ReaderError || (error instanceof Error && (error.name === 'StoreError' || error.name === 'AbortError'))) throw error;
    const detail = error instanceof Error ? error.message : String(error);
    throw damagedErrors.damaged(file, 'Parquet', column === undefined ? detail : `column ${column}: ${detail}`, error);
  }
}
