import type { ColumnMetaData, FileMetaData, PageHeader, SchemaElement } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { damagedErrors } from './damaged-error.ts';
import { parquetCompressors } from './parquet-compressors.ts';
import { checkRuns } from './parquet-runs.ts';
import { ReaderError } from './reader-error.ts';
import type { Source } from './source.ts';

/** One page of one column is decoded at once; writers make them of about 1 MiB. */
const MAXIMUM_PAGE_BYTES = 512 * 1024 * 1024;
const MAXIMUM_ROWS = 2 ** 31;

/**
 * Sizes of a directory that is damaged or made to harm are not to be trusted with memory: row counts must fit together, column chunks
 * must lie in the file. @throws ReaderError `damaged`
 */
export function checkMetadata(file: string, metadata: FileMetaData, bytes: number): void {
  const damaged = (detail: string): Error => damagedErrors.damaged(file, 'Parquet', detail);
  let rows = 0;
  for (const [i, group] of metadata.row_groups.entries()) {
    const groupRows = Number(group.num_rows);
    if (!(groupRows >= 0 && groupRows < MAXIMUM_ROWS)) throw damaged(`row group ${i} has ${groupRows} rows`);
    rows += groupRows;
    for (const column of group.columns) {
      const { meta_data: chunk } = column;
      if (chunk === undefined) throw damaged(`a column of row group ${i} is not described`);
      if (column.file_path !== undefined && column.file_path !== '') throw damagedErrors.feature(file, 'keeps its columns in other files', 'write it as one file');
      const start = Number(chunk.dictionary_page_offset ?? chunk.data_page_offset), length = Number(chunk.total_compressed_size);
      if (!(start >= 0 && length >= 0 && start + length <= bytes)) throw damagedErrors.truncated(file, 'Parquet', `the column ${chunk.path_in_schema.join('.')} should lie at bytes ${start} to ${start + length} of ${bytes}`);
    }
  }
  if (rows !== Number(metadata.num_rows) || rows >= MAXIMUM_ROWS) throw damaged(`it says ${Number(metadata.num_rows)} rows, its row groups hold ${rows}`);
}

/** The pages of a column chunk, whose headers are read before they are decoded. @throws ReaderError `damaged`, `too-large` */
export async function checkChunk(source: Source, metadata: FileMetaData, group: number, element: SchemaElement): Promise<void> {
  const column = element.name, { columns, num_rows: rows } = metadata.row_groups[group]!;
  const chunk = columns.find(({ meta_data: meta }) => meta?.path_in_schema[0] === column)?.meta_data;
  const damaged = (detail: string, cause?: unknown): Error => damagedErrors.damaged(source.name, 'Parquet', `column ${column}: ${detail}`, cause);
  if (chunk === undefined) throw damaged(`row group ${group} lacks it`);
  const dictionary = Number(chunk.dictionary_page_offset ?? 0), data = Number(chunk.data_page_offset);
  const start = dictionary > 0 && dictionary < data ? dictionary : data;
  const bytes = await source.read(start, start + Number(chunk.total_compressed_size));
  const reader = { view: new DataView(bytes.buffer), offset: 0 };
  let values = 0;
  try {
    while (values < Number(rows) && reader.offset < bytes.length - 1) {
      const { compressed_page_size: packed, uncompressed_page_size: unpacked, ...header } = parquetHeader(reader);
      const count = header.data_page_header?.num_values ?? header.data_page_header_v2?.num_values ?? 0;
      const words = header.dictionary_page_header?.num_values ?? 0;
      if (!(packed >= 0 && unpacked >= 0 && reader.offset + packed <= bytes.length)) throw damaged('a page does not lie in its column');
      if (unpacked > MAXIMUM_PAGE_BYTES) throw damagedErrors.tooLarge(source.name, `has a page of ${unpacked} bytes in the column ${column}`, 'write it with smaller pages');
      if (!(count >= 0 && count <= Number(rows) && words >= 0 && words <= 8 * unpacked + 8)) throw damaged(`a page says that it holds ${Math.max(count, words)} values`);
      checkPage(header, bytes.subarray(reader.offset, reader.offset + packed), unpacked, chunk, element);
      values += count;
      reader.offset += packed;
    }
  } catch (error) {
    throw error instanceof ReaderError ? error : damaged(error instanceof Error ? error.message : String(error), error);
  }
  if (values !== Number(rows)) throw damaged(`its pages hold ${values} of ${Number(rows)} values`);
}

function checkPage(header: Omit<PageHeader, 'compressed_page_size' | 'uncompressed_page_size'>, bytes: Uint8Array, unpacked: number, { codec }: ColumnMetaData, element: SchemaElement): void {
  const { data_page_header: v1, data_page_header_v2: v2 } = header;
  if (v1 === undefined && v2 === undefined) return;
  const before = v2 === undefined ? 0 : v2.repetition_levels_byte_length + v2.definition_levels_byte_length;
  if (!(before >= 0 && before <= bytes.length && before <= unpacked)) throw new RangeError('its levels do not lie in their page');
  const packed = bytes.subarray(before), isPacked = codec !== 'UNCOMPRESSED' && v2?.is_compressed !== false;
  const unpack = parquetCompressors[codec];
  // What cannot be unpacked is said by the library.
  if (isPacked && unpack === undefined) return;
  const page = isPacked ? unpack!(packed, unpacked - before) : packed;
  checkRuns(header as PageHeader, {
    values: page, levels: v2 === undefined ? null : bytes.subarray(v2.repetition_levels_byte_length, before),
    nullable: element.repetition_type === 'OPTIONAL', isBoolean: element.type === 'BOOLEAN',
  });
}
