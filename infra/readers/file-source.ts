import type { FileHandle } from 'node:fs/promises';
import { open, stat } from 'node:fs/promises';
import { readerErrors } from './reader-error.ts';
import type { Source } from './source.ts';

const CHUNK_BYTES = 256 * 1024;

/** A file on this machine. @throws ReaderError `no-file`, `not-built` for a folder, `unreadable`. */
export async function fileSource(path: string): Promise<Source> {
  const file = await openFile(path);
  const { size } = await file.stat();
  await file.close();
  return {
    name: path, bytes: size,
    chunks: () => readChunks(path),
    read: (start, end) => readRange(path, Math.max(0, start), Math.min(end, size)),
    async stamp() {
      const { size: bytes, mtimeNs, ino } = await failingAs(path, stat(path, { bigint: true }));
      return `${bytes} ${mtimeNs} ${ino}`;
    },
  };
}

async function* readChunks(path: string): AsyncGenerator<Buffer> {
  const file = await openFile(path);
  try {
    for (;;) {
      const chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
      const { bytesRead } = await failingAs(path, file.read(chunk, 0, CHUNK_BYTES));
      if (bytesRead === 0) return;
      yield chunk.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

async function readRange(path: string, start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(Math.max(0, end - start));
  const file = await openFile(path);
  try {
    let filled = 0;
    while (filled < bytes.length) {
      const { bytesRead } = await failingAs(path, file.read(bytes, filled, bytes.length - filled, start + filled));
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return filled === bytes.length ? bytes : bytes.slice(0, filled);
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

async function failingAs<T>(path: string, action: Promise<T>): Promise<T> {
  try {
    return await action;
  } catch (error) {
    throw readerErrors.unreadable(path, error);
  }
}
