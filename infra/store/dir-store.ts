import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { link, lstat, mkdir, open, readdir, realpath, rename, stat, unlink } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { TEMPORARY_PREFIX, checkPrefix, isKey, segmentsOf } from './key.ts';
import { StoreError, storeErrors } from './store-error.ts';
import type { ByteRange, LeftoverOptions, Store, StoredObject } from './store.ts';

/**
 * Objects as files below one folder. A write goes to a temporary file in the target's folder, is forced to the disk, and takes its
 * name by rename (put) or link (putIfAbsent, where the kernel lets one of several racing processes win): no reader ever sees a part.
 * A process that dies half-way leaves a `.tmp-…` file, which no method shows.
 */
export class DirStore implements Store {
  readonly #root: string;

  constructor(root: string) {
    this.#root = resolve(root);
  }

  async get(key: string, range?: ByteRange): Promise<Uint8Array> {
    const path = this.#pathOf(key);
    return this.#translated(key, async () => {
      const file = await this.#openFile(key, path);
      try {
        return await readRange(file, range);
      } finally {
        await file.close();
      }
    });
  }

  async put(key: string, bytes: Uint8Array): Promise<void> {
    const path = this.#pathOf(key);
    await this.#translated(key, () => this.#withTemporary(key, path, bytes, (temporary) => rename(temporary, path)));
  }

  async putIfAbsent(key: string, bytes: Uint8Array): Promise<'created' | 'exists'> {
    const path = this.#pathOf(key);
    if ((await this.stat(key)) !== null) return 'exists';
    return this.#translated(key, async () => {
      try {
        await this.#withTemporary(key, path, bytes, (temporary) => link(temporary, path));
        return 'created';
      } catch (error) {
        if (codeOf(error) === 'EEXIST') return 'exists';
        throw error;
      }
    });
  }

  async stat(key: string): Promise<StoredObject | null> {
    const path = this.#pathOf(key);
    try {
      const found = await stat(path);
      return found.isFile() ? { key, bytes: found.size, modified: found.mtimeMs } : null;
    } catch (error) {
      if (isAbsence(error)) return null;
      throw this.#error(key, error);
    }
  }

  async *list(prefix: string): AsyncIterable<StoredObject> {
    checkPrefix(prefix);
    const cut = prefix.lastIndexOf('/');
    yield* this.#walk(cut < 0 ? '' : prefix.slice(0, cut + 1), prefix);
  }

  async remove(key: string): Promise<void> {
    const path = this.#pathOf(key);
    try {
      await unlink(path);
    } catch (error) {
      // A folder is no object: Linux answers EISDIR, other systems EPERM.
      if (isAbsence(error) || codeOf(error) === 'EISDIR') return;
      throw this.#error(key, error);
    }
  }

  async removeLeftovers({ before, dryRun }: LeftoverOptions): Promise<readonly StoredObject[]> {
    const found: StoredObject[] = [];
    const entries = await readdir(this.#root, { recursive: true, withFileTypes: true }).catch((error: unknown) => { if (isAbsence(error)) return []; throw error; });
    for (const entry of entries.filter(({ name }) => name.startsWith(TEMPORARY_PREFIX))) {
      const path = join(entry.parentPath, entry.name), file = await lstat(path).catch(() => null);
      if (file?.isFile() !== true || file.mtimeMs >= before) continue;
      if (!dryRun) await unlink(path).catch((error: unknown) => { if (!isAbsence(error)) throw this.#error(entry.name, error); });
      found.push({ key: relative(this.#root, path), bytes: file.size, modified: file.mtimeMs });
    }
    return found;
  }

  /** Objects under `folder` ('' or ending in '/') in order of their keys: a folder sorts as its name and a slash. */
  async *#walk(folder: string, prefix: string): AsyncIterable<StoredObject> {
    const entries = await this.#entriesOf(folder);
    for (const { name, isFolder } of entries) {
      const key = folder + name;
      if (!key.startsWith(prefix.slice(0, key.length)) || (!isFolder && !key.startsWith(prefix))) continue;
      if (isFolder) {
        yield* this.#walk(key, prefix);
        continue;
      }
      const object = isKey(key) ? await this.stat(key) : null;
      if (object !== null) yield object;
    }
  }

  async #entriesOf(folder: string): Promise<readonly { readonly name: string; readonly isFolder: boolean }[]> {
    try {
      const entries = await readdir(join(this.#root, folder), { withFileTypes: true });
      return entries
        .filter((entry) => !entry.name.startsWith(TEMPORARY_PREFIX) && (entry.isDirectory() || entry.isFile()))
        .map((entry) => ({ name: entry.isDirectory() ? `${entry.name}/` : entry.name, isFolder: entry.isDirectory() }))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
    } catch (error) {
      if (isAbsence(error)) return [];
      throw this.#error(folder, error);
    }
  }

  #pathOf(key: string): string {
    return join(this.#root, ...segmentsOf(key));
  }

  async #openFile(key: string, path: string): Promise<FileHandle> {
    try {
      await this.#confine(key, dirname(path));
      return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    } catch (error) {
      throw isAbsence(error) ? storeErrors.missing(key, this.#root, error) : error;
    }
  }

  /** @throws StoreError `invalid-key` when a symbolic link inside the store leads out of it. */
  async #confine(key: string, folder: string): Promise<void> {
    const root = await realpath(this.#root), real = await realpath(folder);
    if (real !== root && !real.startsWith(root + sep)) throw storeErrors.outside(key, this.#root);
  }

  async #withTemporary(key: string, path: string, bytes: Uint8Array, publish: (temporary: string) => Promise<void>): Promise<void> {
    const folder = dirname(path);
    const created = await mkdir(folder, { recursive: true });
    await this.#confine(key, folder);
    const temporary = join(folder, `${TEMPORARY_PREFIX}${randomUUID()}`);
    try {
      await writeDurably(temporary, bytes);
      await publish(temporary);
    } finally {
      await unlink(temporary).catch(() => undefined);
    }
    for (let made = folder; ; made = dirname(made)) {
      await syncFolder(made);
      if (created === undefined || made === dirname(created) || made === dirname(made)) break;
    }
  }

  async #translated<T>(key: string, action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } catch (error) {
      throw error instanceof StoreError ? error : this.#error(key, error);
    }
  }

  #error(key: string, error: unknown): StoreError {
    switch (codeOf(error)) {
      case 'ENOENT': case 'EISDIR': case 'ELOOP': return storeErrors.missing(key, this.#root, error);
      case 'ENOTDIR': case 'EEXIST': return storeErrors.invalidKey(key, 'part of it is the key of another object');
      case 'ENOSPC': case 'EDQUOT': case 'EFBIG': return storeErrors.full(key, this.#root, error);
      case 'EACCES': case 'EPERM': case 'EROFS': return storeErrors.denied(key, this.#root, 'make the folder writable for this user, or set store.path to another one', error);
      default: return storeErrors.unavailable(key, this.#root, error instanceof Error ? error.message : String(error), error);
    }
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

function isAbsence(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/** The bytes in an ArrayBuffer of their own, so that typed arrays can be laid over them without a copy. */
async function readRange(file: FileHandle, range?: ByteRange): Promise<Uint8Array> {
  const { size } = await file.stat();
  const start = Math.min(range?.start ?? 0, size), end = Math.max(start, Math.min(range?.end ?? size, size));
  const bytes = new Uint8Array(end - start);
  let filled = 0;
  while (filled < bytes.length) {
    const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, start + filled);
    if (bytesRead === 0) throw new Error(`the file ended after ${filled} of ${bytes.length} bytes`);
    filled += bytesRead;
  }
  return bytes;
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx', 0o644);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes a new name in a folder survive a power cut. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
