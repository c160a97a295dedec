import { closeSync, readSync, writeSync } from 'node:fs';
import { openNameless } from './nameless-file.ts';
import type { Source } from './source.ts';

const CHUNK_BYTES = 256 * 1024;

/**
 * A source that is far away, fetched once: its first whole reading leaves a copy in a file without a name in the temporary folder, and
 * whatever is read after that comes from there. Without room for a copy there is none. `close` lets it go.
 */
export function spooledSource(source: Source): Source {
  const copy = new Copy();
  return {
    name: source.name, bytes: source.bytes,
    chunks: () => (copy.isWhole ? copy.chunks() : copy.fill(source.chunks())),
    read: (start, end) => (copy.isWhole ? Promise.resolve(copy.read(start, end)) : source.read(start, end)),
    close: () => { copy.close(); },
  };
}

class Copy {
  isWhole = false;
  #file: number | null = null;
  #bytes = 0;
  #filling = false;

  /** The chunks as they come, each written down on its way. */
  async *fill(chunks: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
    const isFirst = !this.#filling;
    if (isFirst) {
      this.#filling = true;
      this.#bytes = 0;
    }
    try {
      for await (const chunk of chunks) {
        if (isFirst) this.#append(chunk);
        yield chunk;
      }
      if (isFirst) this.isWhole = this.#file !== null;
    } finally {
      if (isFirst) {
        this.#filling = false;
        if (!this.isWhole) this.close();
      }
    }
  }

  *#pieces(): Generator<Buffer> {
    for (let at = 0; at < this.#bytes; at += CHUNK_BYTES) yield Buffer.from(this.read(at, at + CHUNK_BYTES).buffer);
  }

  // oxlint-disable-next-line require-await
  async *chunks(): AsyncGenerator<Buffer> {
    yield* this.#pieces();
  }

  read(start: number, end: number): Uint8Array<ArrayBuffer> {
    if (this.#file === null) throw new Error('a copy was read after it was let go');
    const bytes = new Uint8Array(Math.max(0, Math.min(end, this.#bytes) - start));
    for (let done = 0; done < bytes.length;) {
      const count = readSync(this.#file, bytes, done, bytes.length - done, start + done);
      if (count === 0) throw new Error(`a copy ends ${bytes.length - done} bytes early`);
      done += count;
    }
    return bytes;
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file);
    this.#file = null;
    this.isWhole = false;
  }

  #append(chunk: Buffer): void {
    try {
      this.#file ??= this.#bytes === 0 ? openNameless() : null;
      for (let done = 0; this.#file !== null && done < chunk.length;) {
        const count = writeSync(this.#file, chunk, done, chunk.length - done, this.#bytes);
        done += count;
        this.#bytes += count;
      }
    } catch {
      // A full disk costs a second fetch and nothing else.
      this.close();
      this.#bytes = Number.POSITIVE_INFINITY;
    }
  }
}
