import { TextDecoder } from 'node:util';
import { readerErrors } from './reader-error.ts';
import { likelyEncoding, startOfUtf16 } from './likely-encoding.ts';
import type { Source } from './source.ts';

const NEWLINE = 10;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** Bytes before and after an invalid one that a message shows, decoded as they may have been meant. */
const SHOWN_BEFORE = 20;
const SHOWN_AFTER = 12;

/**
 * The text in chunks of UTF-8 without a byte-order mark; other encodings are converted. Nothing invalid passes.
 * @throws ReaderError `encoding-name`, or `encoding` with the line of the first invalid byte and the encoding that it is likely in.
 */
export async function* readUtf8(source: Source, encoding: string): AsyncGenerator<Buffer> {
  const decoder = decoderOf(encoding), isUtf8 = decoder.encoding === 'utf-8';
  let first = true;
  for await (const chunk of source.chunks()) {
    const text = decode(decoder, chunk);
    if (text === null) throw await invalidByte(source, encoding);
    if (!isUtf8) yield Buffer.from(text);
    else yield first && chunk.subarray(0, 3).equals(BYTE_ORDER_MARK) ? chunk.subarray(3) : chunk;
    first = false;
  }
  if (decode(decoder) === null) throw await invalidByte(source, encoding);
}

export interface SniffedEncoding {
  readonly encoding: string;
  /** Why it is not UTF-8; null when it is. */
  readonly reason: string | null;
}

/** UTF-8 when every byte of the text is valid in it, else the likeliest encoding; reads the text once. */
export async function sniffEncoding(source: Source): Promise<SniffedEncoding> {
  const decoder = decoderOf('utf-8');
  let first = true;
  for await (const chunk of source.chunks()) {
    const utf16 = first ? startOfUtf16(chunk) : null;
    if (utf16 !== null) return { encoding: utf16, reason: 'it starts like UTF-16' };
    first = false;
    const failing = decode(decoder, chunk) === null;
    if (failing) return { encoding: likelyEncoding(chunk), reason: 'it is not valid UTF-8' };
  }
  return decode(decoder) === null ? { encoding: 'windows-1252', reason: 'it is not valid UTF-8' } : { encoding: 'utf-8', reason: null };
}

/** @throws ReaderError `encoding-name` */
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

/** Reads the source once more, byte by byte, to say where it fails. */
async function invalidByte(source: Source, encoding: string): Promise<Error> {
  const decoder = decoderOf(encoding);
  let offset = 0, line = 1, before: Buffer = Buffer.alloc(0);
  for await (const chunk of source.chunks()) {
    const utf16 = offset === 0 ? startOfUtf16(chunk) : null;
    if (utf16 !== null && utf16 !== decoder.encoding) return readerErrors.encoding({ file: source.name, unit: 'line', number: 1 }, encoding, 0, { encoding: utf16, sample: '' });
    for (const [i, byte] of chunk.entries()) {
      if (decode(decoder, Uint8Array.of(byte)) === null) {
        const place = { file: source.name, unit: 'line' as const, number: line };
        return readerErrors.encoding(place, encoding, offset + i, decoder.encoding === 'utf-8' ? suggestion(chunk, i, before) : null);
      }
      if (byte === NEWLINE) line++;
    }
    offset += chunk.length;
    before = chunk.subarray(-SHOWN_BEFORE);
  }
  return readerErrors.encoding({ file: source.name, unit: 'line', number: line }, encoding, offset, suggestion(before, before.length, Buffer.alloc(0)));
}

function suggestion(chunk: Buffer, at: number, before: Buffer): { readonly encoding: string; readonly sample: string } {
  const encoding = likelyEncoding(chunk);
  const bytes = Buffer.concat([before, chunk.subarray(0, at + SHOWN_AFTER)]), bad = before.length + at;
  const start = Math.max(0, bad - SHOWN_BEFORE, bytes.subarray(0, bad).lastIndexOf(NEWLINE) + 1);
  const line = bytes.subarray(start);
  return { encoding, sample: new TextDecoder(encoding).decode(line).split(/[\r\n]/)[0]! };
}
