import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { damagedErrors } from './damaged-error.ts';
import { ReaderError } from './reader-error.ts';
import type { Source } from './source.ts';

/** What must be had whole (npz, Parquet) may unpack to this many bytes, and no more. */
const MAXIMUM_WHOLE = 1024 * 1024 * 1024;

/**
 * What a gzip-compressed source holds. `chunks` unpacks as it goes; `read` unpacks the whole once and keeps it. `bytes` is known after
 * the first `read` and the packed size before.
 * @throws ReaderError `truncated` or `damaged` while reading; `too-large` when the whole is wanted and larger than 1 GiB.
 */
export function gunzipSource(packed: Source, maximumWhole = MAXIMUM_WHOLE): Source {
  let whole: Promise<Uint8Array<ArrayBuffer>> | null = null, bytes = packed.bytes;
  const chunks = (): AsyncGenerator<Buffer> => unpack(packed);
  const all = async (): Promise<Uint8Array<ArrayBuffer>> => {
    const unpacked = await collect(packed.name, chunks(), maximumWhole);
    bytes = unpacked.length;
    return unpacked;
  };
  return {
    name: packed.name,
    get bytes() { return bytes; },
    chunks,
    async read(start, end) {
      whole ??= all();
      return (await whole).slice(start, end);
    },
  };
}

async function* unpack(packed: Source): AsyncGenerator<Buffer> {
  const gunzip = createGunzip({ chunkSize: 256 * 1024 });
  const input = Readable.from(packed.chunks(), { objectMode: false });
  input.on('error', (error) => gunzip.destroy(error));
  input.pipe(gunzip);
  try {
    for await (const chunk of gunzip as AsyncIterable<Buffer>) yield chunk;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (error instanceof ReaderError || !code.startsWith('Z_')) throw error;
    throw code === 'Z_BUF_ERROR' ? damagedErrors.truncated(packed.name, 'gzip', 'the compressed data stops before its end', error) : damagedErrors.damaged(packed.name, 'gzip', (error as Error).message, error);
  } finally {
    gunzip.destroy();
    input.destroy();
  }
}

async function collect(name: string, chunks: AsyncGenerator<Buffer>, maximum: number): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    length += chunk.length;
    if (length > maximum) throw damagedErrors.tooLarge(name, `unpacks to more than ${Math.round(maximum / 2 ** 20)} MiB`, 'unpack it with gunzip and name the unpacked file');
    parts.push(chunk);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
