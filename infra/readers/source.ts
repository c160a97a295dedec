import { createHash } from 'node:crypto';

/** Bytes that can be read from the start and in any part: a file on a disk, an object in a bucket, or what either holds compressed. */
export interface Source {
  /** As messages name it. */
  readonly name: string;
  readonly bytes: number;
  /** From the first byte on, each chunk in memory of its own. */
  chunks(): AsyncGenerator<Buffer>;
  /** The bytes [start, end), fewer where the source ends before; in an ArrayBuffer of their own. */
  read(start: number, end: number): Promise<Uint8Array<ArrayBuffer>>;
  /** Differs when the bytes may have been changed meanwhile; absent where they are read from a copy. */
  stamp?(): Promise<string>;
  /** Lets go of what is held for reading again, where something is. */
  close?(): void;
}

/** The same source, telling how many bytes are taken from it. */
export function countingSource(source: Source, onBytes: (bytes: number) => void): Source {
  return {
    name: source.name, bytes: source.bytes,
    async *chunks() {
      for await (const chunk of source.chunks()) {
        onBytes(chunk.length);
        yield chunk;
      }
    },
    async read(start, end) {
      const bytes = await source.read(start, end);
      onBytes(bytes.length);
      return bytes;
    },
  };
}

/**
 * What the sources hold, as one sha256: of the content for one source, of the digests in their order for several. Names are no part
 * of it.
 */
export async function hashSources(sources: readonly Source[], signal?: AbortSignal): Promise<string> {
  const digests: string[] = [];
  for (const source of sources) {
    const hash = createHash('sha256');
    for await (const chunk of source.chunks()) {
      signal?.throwIfAborted();
      hash.update(chunk);
    }
    digests.push(hash.digest('hex'));
  }
  return digests.length === 1 ? digests[0]! : createHash('sha256').update(digests.join('\n')).digest('hex');
}
