import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { fromRandomAccessReaderPromise, RandomAccessReader } from 'yauzl';
import type { Entry, ZipFile } from 'yauzl';
import { damagedErrors } from './damaged-error.ts';
import { ReaderError } from './reader-error.ts';
import type { Source } from './source.ts';

/** A member that unpacks to more than this many times its packed size is taken for a bomb: DEFLATE reaches 1,032. */
const MAXIMUM_RATIO = 1100;

const READ_BYTES = 256 * 1024;

export interface ZipMember {
  readonly name: string;
  readonly bytes: number;
  chunks(): AsyncGenerator<Buffer>;
}

/**
 * The members of a zip archive, by its directory. Their chunks are checked against size and checksum.
 * @throws ReaderError `truncated`, `damaged`, `too-large`; `not-built` for encrypted members.
 */
export async function openZip(source: Source): Promise<readonly ZipMember[]> {
  const reader = new SourceReader(source);
  // Only then a compressed source knows how long it is.
  if ((await source.read(0, 2)).length < 2) throw damagedErrors.truncated(source.name, 'npz', 'it is empty');
  try {
    const zip = await fromRandomAccessReaderPromise(reader, source.bytes, { autoClose: false });
    const entries: Entry[] = [];
    for await (const entry of zip.eachEntry()) entries.push(entry);
    return entries.map((entry) => ({ name: entry.fileName, bytes: entry.uncompressedSize, chunks: () => unpack(source.name, zip, entry) }));
  } catch (error) {
    throw asReaderError(source.name, error);
  }
}

async function* unpack(file: string, zip: ZipFile, entry: Entry): AsyncGenerator<Buffer> {
  if (entry.isEncrypted()) throw damagedErrors.feature(file, `holds the encrypted member ${entry.fileName}`, 'write it without a password');
  if (entry.uncompressedSize > MAXIMUM_RATIO * entry.compressedSize + 1024) {
    throw damagedErrors.tooLarge(file, `says that its member ${entry.fileName} unpacks from ${entry.compressedSize} to ${entry.uncompressedSize} bytes`, 'a sound file does not: write it again with numpy.savez');
  }
  let checksum = 0;
  try {
    const stream = await zip.openReadStreamPromise(entry);
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      checksum = crc32(chunk, checksum);
      yield chunk;
    }
  } catch (error) {
    throw asReaderError(file, error);
  }
  if (checksum !== entry.crc32) throw damagedErrors.damaged(file, 'npz', `the checksum of ${entry.fileName} is not what the archive says`);
}

function asReaderError(file: string, error: unknown): unknown {
  if (error instanceof ReaderError || !(error instanceof Error) || error.name === 'StoreError' || error.name === 'AbortError') return error;
  if (/end of central directory|unexpected (EOF|end of file)/i.test(error.message)) return damagedErrors.truncated(file, 'npz', 'the directory at the end of the archive is not there', error);
  return damagedErrors.damaged(file, 'npz', error.message, error);
}

class SourceReader extends RandomAccessReader {
  readonly #source: Source;
  constructor(source: Source) {
    super();
    this.#source = source;
  }

  override _readStreamForRange(start: number, end: number): Readable {
    const source = this.#source;
    return Readable.from((async function* pieces(): AsyncGenerator<Uint8Array> {
      for (let at = start; at < end; at += READ_BYTES) yield await source.read(at, Math.min(end, at + READ_BYTES));
    })(), { objectMode: false });
  }

  override close(callback: (error: Error | null) => void): void {
    callback(null);
  }
}
