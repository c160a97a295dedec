import { appendFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { StoreConfig } from '../store/open-store.ts';
import { connectClient } from './connect.ts';
import { hostFolder, takeHostLock } from './host-folder.ts';
import { serveStore, type ServedStore } from './serve-store.ts';
import { installRuntime } from './start-workers.ts';

/**
 * The background host of one store: Temporal server and worker, on free ports on loopback. It ends by itself a while after its last
 * open audit, or on SIGTERM; audits under way go on where they were when the next host starts.
 */
const store = JSON.parse(process.argv[2] ?? '') as StoreConfig;
const idleMs = Number(process.env['PENUMBRA_HOST_IDLE'] ?? 60) * 1000;
const folder = hostFolder(store);
const OPEN_AUDITS = "WorkflowType IN ('auditWorkflow', 'nightlyAuditWorkflow') AND ExecutionStatus = 'Running'";
const WATCH_EVERY_MS = 1_000;

function log(line: string): void {
  appendFileSync(join(folder, 'host.log'), `${new Date().toISOString()} ${line}\n`);
}

const isOpen = (client: Client): Promise<boolean> => client.workflow.count(OPEN_AUDITS).then(({ count }) => count > 0, () => true);

/** Until nothing has been open for the idle time, or somebody wants this host to end. */
async function watchIdle(client: Client, stopped: AbortSignal): Promise<void> {
  let lastOpen = performance.now();
  while (!stopped.aborted && performance.now() - lastOpen < idleMs) {
    await sleep(WATCH_EVERY_MS, undefined, { signal: stopped }).catch(() => {});
    if (await isOpen(client)) lastOpen = performance.now();
  }
}

/** An audit may be begun while the host makes up its mind: it withdraws first and looks once more. Who comes later finds no host and starts one. */
async function serveUntilIdle({ address, announce, withdraw }: ServedStore, stopped: AbortSignal): Promise<void> {
  const client = await connectClient(address, 'default');
  for (let open = true; open && !stopped.aborted;) {
    await watchIdle(client, stopped);
    withdraw();
    open = !stopped.aborted && await isOpen(client);
    if (open) announce();
  }
  await client.connection.close();
}

async function serve(stop: AbortController): Promise<void> {
  const served = await serveStore({ store, folder, stop, log, stays: false });
  try {
    await Promise.race([serveUntilIdle(served, stop.signal), served.workers.done]);
  } finally {
    await served.end();
    log('ended');
  }
}

mkdirSync(folder, { recursive: true });
const lock = takeHostLock(folder);
if (lock !== null) {
  rmSync(join(folder, 'host.json'), { force: true });
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop.abort());
  installRuntime(log);
  try {
    await serve(stop);
    process.exitCode = 0;
  } catch (error) {
    log(`failed: ${(error as Error).stack ?? String(error)}`);
    process.exitCode = 3;
  }
  lock.release();
  process.exit();
}
