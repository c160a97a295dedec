import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { NativeConnection } from '@temporalio/worker';
import { codeVersion } from '../setup/code-version.ts';
import { hasGpuBackend } from '../setup/resolve-backend.ts';
import type { StoreConfig } from '../store/open-store.ts';
import { connectClient } from './connect.ts';
import { startDevServer, type DevServer } from './dev-server.ts';
import { hostFolder, takeHostLock, type HostDescription } from './host-folder.ts';
import { DEFAULT_QUEUES } from './queues.ts';
import { installRuntime, startWorkers, type Workers } from './start-workers.ts';

/**
 * The background host of one store: Temporal server and worker, on free ports on loopback. It ends by itself a while after its last
 * open audit, or on SIGTERM; audits under way go on where they were when the next host starts.
 */
const store = JSON.parse(process.argv[2] ?? '') as StoreConfig;
const idleMs = Number(process.env['PENUMBRA_HOST_IDLE'] ?? 60) * 1000;
const folder = hostFolder(store);
const OPEN_AUDITS = "WorkflowType = 'auditWorkflow' AND ExecutionStatus = 'Running'";
const WATCH_EVERY_MS = 1_000;

function log(line: string): void {
  appendFileSync(join(folder, 'host.log'), `${new Date().toISOString()} ${line}\n`);
}

/** Until nothing has been open for the idle time, or somebody wants this host to end. */
async function watchIdle(address: string, stopped: AbortSignal): Promise<void> {
  const client = await connectClient(address, 'default');
  let lastOpen = performance.now();
  while (!stopped.aborted && performance.now() - lastOpen < idleMs) {
    await sleep(WATCH_EVERY_MS, undefined, { signal: stopped }).catch(() => {});
    const open = await client.workflow.count(OPEN_AUDITS).then(({ count }) => count > 0, () => true);
    if (open) lastOpen = performance.now();
  }
  await client.connection.close();
}

/** Runs server and workers until told to stop; a server that ends by itself is started again on the same ports and state. */
async function serve(stop: AbortController): Promise<void> {
  const database = join(folder, 'temporal.db');
  let server = await startDevServer({ database, say: log });
  const port = Number(server.address.split(':')[1]), uiPort = Number(server.uiAddress.split(':')[2]);
  const revive = (current: DevServer): void => void current.exited.then(async (said) => {
    if (stop.signal.aborted) return;
    log(`the Temporal server ended (${said}); starting it again`);
    server = await startDevServer({ database, port, uiPort, say: log });
    revive(server);
  }).catch((error: unknown) => { log(`the Temporal server cannot be started again: ${String(error)}`); stop.abort(); });
  revive(server);

  const connection = await NativeConnection.connect({ address: server.address });
  const workers: Workers = await startWorkers({ connection, namespace: 'default', queues: DEFAULT_QUEUES, serve: hasGpuBackend() ? ['workflow', 'cpu', 'gpu'] : ['workflow', 'cpu'], store });
  const description: HostDescription = { pid: process.pid, address: server.address, namespace: 'default', uiAddress: server.uiAddress, code: codeVersion() };
  writeFileSync(join(folder, 'host.json'), JSON.stringify(description));
  log(`serving at ${server.address}, Temporal's pages at ${server.uiAddress}`);
  try {
    await Promise.race([watchIdle(server.address, stop.signal), workers.done]);
  } finally {
    stop.abort();
    rmSync(join(folder, 'host.json'), { force: true });
    workers.stop();
    await workers.done.catch((error: unknown) => log(`a worker failed: ${String(error)}`));
    await connection.close();
    await server.stop();
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
