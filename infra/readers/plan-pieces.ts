import type { RowGroup } from 'hyparquet';
import { findLineCuts } from './line-cuts.ts';
import { delimiterOf } from './parse-csv.ts';
import { type ByteRange, rangeSource } from './range-source.ts';
import { openParquet } from './read-parquet.ts';
import { encodingNotes, openFile, type OpenFile, type TableOptions } from './read-table.ts';
import { readUtf8, sniffEncoding } from './read-utf8.ts';
import { ReaderError } from './reader-error.ts';
import { hashSources, type Source } from './source.ts';

/** Tasks of one source at most, about. */
const MOST_PIECES = 16;
/** Encodings in which a byte of ASCII is that character wherever it stands. */
const ONE_BYTE = /^(?:utf-8|windows-(?:874|125\d)|iso-8859-\d+(?:-i)?|koi8-[ru]|ibm866|macintosh|x-mac-cyrillic)$/;
/** What is looked at of a Parquet file besides its row groups: its first bytes, and its directory with what the library fetches beside it. */
const PARQUET_HEAD = 12, PARQUET_TAIL = 8, PARQUET_FETCH = 512 * 1024;

/** Some of what a location names, to be read by itself; `sha256` is of the bytes that it takes. */
export type SourcePiece = { readonly sha256: string } & (
  /** Files [first, last). */
  | { readonly kind: 'files'; readonly first: number; readonly last: number }
  /** Records of one text. notes: what reading found out about all of it. */
  | { readonly kind: 'csv' | 'json-lines'; readonly file: number; readonly ranges: readonly ByteRange[]; readonly encoding: string; readonly delimiter: string; readonly notes: readonly string[] }
  /** Row groups [first, last) of a Parquet file of so many bytes. */
  | { readonly kind: 'parquet'; readonly file: number; readonly ranges: readonly ByteRange[]; readonly first: number; readonly last: number; readonly bytes: number }
);

type Unhashed<Piece> = Piece extends SourcePiece ? Omit<Piece, 'sha256'> : never;
type Plan = Unhashed<SourcePiece>;

/**
 * Pieces of about equal size that can be read each by itself, in the order of their rows: files, ranges of the lines of a text that is not
 * compressed, row groups of Parquet. None where the whole is smaller than two of `bytesPerPiece`, or cannot be cut: of a file of several
 * million bytes in an encoding of two bytes a letter nobody can tell where a line begins without reading it.
 * @throws StoreError when an object store does not answer
 */
export async function planPieces(sources: readonly Source[], options: TableOptions, bytesPerPiece: number): Promise<readonly SourcePiece[]> {
  const total = sources.reduce((sum, { bytes }) => sum + bytes, 0), count = Math.min(MOST_PIECES, Math.floor(total / bytesPerPiece));
  if (count < 2) return [];
  try {
    const plans = await planFiles(sources, options, total / count);
    if (plans.length < 2) return [];
    const pieces: SourcePiece[] = [];
    for (const plan of plans) pieces.push({ ...plan, sha256: await hashSources(sourcesOf(plan, sources), options.signal) });
    return pieces;
  } catch (error) {
    // What cannot be read is said by whoever reads it from its beginning.
    if (error instanceof ReaderError) return [];
    throw error;
  }
}

/** The bytes that a piece takes. */
export function sourcesOf(piece: Plan, sources: readonly Source[]): readonly Source[] {
  if (piece.kind === 'files') return sources.slice(piece.first, piece.last);
  const source = sources[piece.file];
  return source === undefined ? [] : [rangeSource(source, piece.ranges)];
}

async function planFiles(sources: readonly Source[], options: TableOptions, size: number): Promise<readonly Plan[]> {
  const plans: Plan[] = [];
  let first = 0, bytes = 0, opened: OpenFile | undefined;
  const endFiles = (last: number): void => {
    if (last > first) plans.push({ kind: 'files', first, last });
    first = last;
    bytes = 0;
  };
  for (const [file, source] of sources.entries()) {
    options.signal?.throwIfAborted();
    const open = await openFile(source, opened);
    opened ??= open;
    // Blocks are numbered through all files.
    if (open.format === 'blocks') return [];
    const parts = Math.round(source.bytes / size), cut = parts < 2 || open.isGzip ? [] : await cutFile(open, file, parts, options);
    if (cut.length > 1) {
      endFiles(file);
      plans.push(...cut);
      first = file + 1;
      continue;
    }
    bytes += source.bytes;
    if (bytes >= size) endFiles(file + 1);
  }
  endFiles(sources.length);
  return plans;
}

async function cutFile(file: OpenFile, index: number, parts: number, options: TableOptions): Promise<readonly Plan[]> {
  switch (file.format) {
    case 'csv': case 'json-lines': return cutText(file.source, { kind: file.format, file: index, parts }, options);
    case 'parquet': return cutParquet(file.source, index, parts);
    default: return [];
  }
}

interface TextCut {
  readonly kind: 'csv' | 'json-lines';
  readonly file: number;
  readonly parts: number;
}

async function cutText(source: Source, { kind, file, parts }: TextCut, options: TableOptions): Promise<readonly Plan[]> {
  const { encoding, reason } = options.encoding === 'auto' ? await sniffEncoding(source) : { encoding: options.encoding, reason: null };
  if (!ONE_BYTE.test(nameOf(encoding))) return [];
  const delimiter = kind === 'csv' ? await delimiterFor(source, encoding, options.delimiter) : '';
  // Runs of spaces are made one before anything else, with a notion of quotes of its own.
  if (delimiter === null || delimiter === ' ') return [];
  const places = Array.from({ length: parts - 1 }, (_, i) => Math.round((i + 1) * source.bytes / parts));
  const { cuts, header } = await findLineCuts(source.chunks(), { places, quoted: kind === 'csv', signal: options.signal }), needsHeader = kind === 'csv' && options.columns === null;
  if (needsHeader && (header === null || header[1] > (cuts[0] ?? 0))) return [];
  return [0, ...cuts].map((start, i) => {
    const own: ByteRange = [start, cuts[i] ?? source.bytes];
    return { kind, file, ranges: needsHeader && i > 0 ? [header!, own] : [own], encoding, delimiter, notes: i === 0 ? encodingNotes({ encoding, reason }) : [] };
  });
}

/** The name that an encoding goes by; the name itself when nobody knows it. */
function nameOf(encoding: string): string {
  try {
    return new TextDecoder(encoding).encoding;
  } catch {
    return encoding;
  }
}

/** What stands between cells, where it is one byte. */
async function delimiterFor(source: Source, encoding: string, given: string): Promise<string | null> {
  const chunks = readUtf8(source, encoding);
  try {
    const first = await chunks.next();
    if (first.done === true) return null;
    const delimiter = delimiterOf(given, first.value);
    return delimiter.length === 1 && delimiter.charCodeAt(0) < 0x80 ? delimiter : null;
  } finally {
    await chunks.return(undefined);
  }
}

async function cutParquet(source: Source, file: number, parts: number): Promise<readonly Plan[]> {
  const { metadata: { row_groups: groups, metadata_length: length } } = await openParquet(source), { bytes } = source;
  const plans: Plan[] = [], [start, end] = extentOf(groups), size = (end - start) / parts, tail = Math.max(0, bytes - Math.max(PARQUET_FETCH, PARQUET_TAIL + length));
  let first = 0;
  for (let last = 1; last <= groups.length; last++) {
    const [low, high] = extentOf(groups.slice(first, last));
    if (last < groups.length && high < start + (plans.length + 1) * size) continue;
    plans.push({ kind: 'parquet', file, first, last, bytes, ranges: [[0, PARQUET_HEAD], [low, high], [tail, bytes]] });
    first = last;
  }
  return plans;
}

/** The bytes from the first page of some row groups to the last. */
function extentOf(groups: readonly RowGroup[]): ByteRange {
  let low = Infinity, high = 0;
  for (const { meta_data: chunk } of groups.flatMap(({ columns }) => columns)) {
    const dictionary = Number(chunk!.dictionary_page_offset ?? 0), data = Number(chunk!.data_page_offset), start = dictionary > 0 && dictionary < data ? dictionary : data;
    low = Math.min(low, start);
    high = Math.max(high, start + Number(chunk!.total_compressed_size));
  }
  return [low, high];
}
