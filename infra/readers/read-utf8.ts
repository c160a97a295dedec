import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import { TextDecoder } from 'node:util';
import { readerErrors } from './reader-error.ts';

const CHUNK_BYTES = 256 * 1024;
const NEWLINE = 10;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** First bytes of formats whose files are easily named like text. */
const MAGIC: readonly (readonly [string, string])[] = [
  ['PAR1', 'a Parquet file'], ['ARROW1', 'an Arrow file'], ['PK\u0003\u0004', 'a zip archive (npz or xlsx)'], ['\u001f\u008b', 'gzip-compressed'], ['\u0089PNG', 'a PNG picture'],
];

/**
 * The file in chunks of UTF-8 without a byte-order mark; other encodings are converted. Nothing invalid passes.
 * @throws ReaderError `no-file`, `unreadable`, `not-built`, `encoding-name`, or `encoding` with the line of the first invalid byte.
 */
export async function* readUtf8(path: string, encoding: string): AsyncGenerator<Buffer> {
  const decoder = decoderOf(encoding), isUtf8 = decoder.encoding === 'utf-8';
  let first = true;
  for await (const chunk of readChunks(path)) {
    if (first) checkMagic(path, chunk);
    const text = decode(decoder, chunk);
    if (text === null) throw await invalidByte(path, encoding);
    if (!isUtf8) yield Buffer.from(text);
    else yield first && chunk.subarray(0, 3).equals(BYTE_ORDER_MARK) ? chunk.subarray(3) : chunk;
    first = false;
  }
  if (decode(decoder) === null) throw await invalidByte(path, encoding);
}

/** The bytes of a file in chunks, each in memory of its own. @throws ReaderError `no-file`, `not-built` for a folder, `unreadable`. */
export async function* readChunks(path: string): AsyncGenerator<Buffer> {
  const file = await openFile(path);
  try {
    for (;;) {
      const chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
      const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES);
      if (bytesRead === 0) return;
      yield chunk.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    const file = await open(path, 'r');
    if (!(await file.stat()).isDirectory()) return file;
    await file.close();
  } catch (error) {
    throw error instanceof Error && 'code' in error && error.code === 'ENOENT' ? readerErrors.noFile(path, error) : readerErrors.unreadable(path, error);
  }
  throw readerErrors.folder(path);
}

function decoderOf(encoding: string): TextDecoder {
  try {
    return new TextDecoder(encoding, { fatal: true });
  } catch (error) {
    throw readerErrors.encodingName(encoding, error);
  }
}

/** The next piece of text, or what is left when no bytes are given; null when the bytes are invalid. */
function decode(decoder: TextDecoder, bytes?: Uint8Array): string | null {
  try {
    return bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true });
  } catch {
    return null;
  }
}

function checkMagic(path: string, chunk: Buffer): void {
  const found = MAGIC.find(([magic]) => chunk.subarray(0, magic.length).equals(Buffer.from(magic, 'latin1')));
  if (found !== undefined) throw readerErrors.format(path, found[1]);
}

/** Reads the file once more, byte by byte, to say where it fails. */
async function invalidByte(path: string, encoding: string): Promise<Error> {
  const decoder = decoderOf(encoding);
  let offset = 0, line = 1, utf16 = false;
  for await (const chunk of readChunks(path)) {
    if (offset === 0) utf16 = chunk.length > 1 && (chunk.readUInt16BE(0) === 0xfeff || chunk.readUInt16BE(0) === 0xfffe);
    for (const byte of chunk) {
      if (decode(decoder, Uint8Array.of(byte)) === null) return readerErrors.encoding({ file: path, line }, encoding, offset, utf16);
      if (byte === NEWLINE) line++;
      offset++;
    }
  }
  return readerErrors.encoding({ file: path, line }, encoding, offset, utf16);
}
