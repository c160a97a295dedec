import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { sha256 } from '../../activities/artifacts.ts';
import { cacheFolder } from '../setup/cache-folder.ts';
import type { StoreConfig } from '../store/open-store.ts';

/** What `host.json` says of the background host that serves a store. */
export interface HostDescription {
  readonly pid: number;
  readonly address: string;
  readonly namespace: string;
  readonly uiAddress: string;
  /** Of the sources it runs. */
  readonly code: string;
  /** Whether it stays until somebody ends it (`serve`), and not just while audits run. */
  readonly stays?: boolean;
}

/** Beside a store in a folder; for a store on S3, in the user's cache. */
export function hostFolder(store: StoreConfig): string {
  if (store.kind === 'dir') return join(store.path, 'host');
  return join(cacheFolder(), 'hosts', sha256(`${store.endpoint} ${store.bucket} ${store.prefix ?? ''}`).slice(0, 16));
}

export async function readHost(folder: string): Promise<HostDescription | null> {
  try {
    return JSON.parse(await readFile(join(folder, 'host.json'), 'utf8')) as HostDescription;
  } catch {
    return null;
  }
}

export interface HostLock {
  release(): void;
}

/**
 * The lock that makes a host the only one of its store: an exclusive transaction on a SQLite file, which the kernel lets go of when
 * the process ends, however it ends.
 * @returns null when another process holds it.
 */
export function takeHostLock(folder: string): HostLock | null {
  const database = new DatabaseSync(join(folder, 'lock.db'), { timeout: 0 });
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if ((error as { errcode?: number }).errcode === 5) return null;
    throw error;
  }
  return { release: () => database.close() };
}
