import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NativeConnection } from '@temporalio/worker';
import { codeVersion } from '../setup/code-version.ts';
import type { StoreConfig } from '../store/open-store.ts';
import { connectClient } from './connect.ts';
import { startDevServer, type DevServer } from './dev-server.ts';
import type { HostDescription } from './host-folder.ts';
import { DEFAULT_QUEUES } from './queues.ts';
import { restartStale } from './restart-stale.ts';
import { startWorkers, type Workers } from './start-workers.ts';
import { hasGpuBackend } from '../setup/resolve-backend.ts';

export interface ServeOptions {
  readonly store: StoreConfig;
  /** Of the host: its lock is held by the caller. */
  readonly folder: string;
  /** Aborted when the server is lost for good; whoever wants the end aborts it too. */
  readonly stop: AbortController;
  readonly log: (line: string) => void;
  readonly slots?: number;
  /** Whether this host stays until somebody ends it. */
  readonly stays: boolean;
}

export interface ServedStore {
  readonly address: string;
  readonly uiAddress: string;
  readonly workers: Workers;
  /** Says in `host.json` where this host is; `withdraw` takes that back, so that nobody new comes. */
  announce(): void;
  withdraw(): void;
  /** Hands back what is under way and stops the server. */
  end(): Promise<void>;
}

/** A Temporal server that is started again, on the same ports and state, when it ends by itself. */
async function lastingServer({ folder, stop, log }: ServeOptions): Promise<{ readonly first: DevServer; stop(): Promise<void> }> {
  const database = join(folder, 'temporal.db'), first = await startDevServer({ database, say: log });
  const port = Number(first.address.split(':')[1]), uiPort = Number(first.uiAddress.split(':')[2]);
  let server = first;
  const revive = (current: DevServer): void => void current.exited.then(async (said) => {
    if (stop.signal.aborted) return;
    log(`the Temporal server ended (${said}); starting it again`);
    server = await startDevServer({ database, port, uiPort, say: log });
    revive(server);
  }).catch((error: unknown) => { log(`the Temporal server cannot be started again: ${String(error)}`); stop.abort(); });
  revive(first);
  return { first, stop: () => server.stop() };
}

async function beginAgain(address: string, log: ServeOptions['log']): Promise<void> {
  const client = await connectClient(address, 'default');
  const restarted = await restartStale(client, codeVersion());
  if (restarted.length > 0) log(`begun again, for another version began them: ${restarted.join(', ')}`);
  await client.connection.close();
}

/** Temporal server and workers of one store on loopback; `host.json` tells the commands of this machine where they are. */
export async function serveStore(options: ServeOptions): Promise<ServedStore> {
  const { store, folder, stop, log } = options, server = await lastingServer(options), { address, uiAddress } = server.first;
  await beginAgain(address, log);
  const connection = await NativeConnection.connect({ address });
  const workers = await startWorkers({ connection, namespace: 'default', queues: DEFAULT_QUEUES, serve: hasGpuBackend() ? ['workflow', 'cpu', 'gpu'] : ['workflow', 'cpu'], store, ...(options.slots === undefined ? {} : { slots: options.slots }) });
  const description: HostDescription = { pid: process.pid, address, namespace: 'default', uiAddress, code: codeVersion(), stays: options.stays };
  const announce = (): void => writeFileSync(join(folder, 'host.json'), JSON.stringify(description)), withdraw = (): void => rmSync(join(folder, 'host.json'), { force: true });
  announce();
  log(`serving at ${address}, Temporal's pages at ${uiAddress}`);
  return {
    address, uiAddress, workers, announce, withdraw,
    async end() {
      stop.abort();
      withdraw();
      workers.stop();
      await workers.done.catch((error: unknown) => log(`a worker failed: ${String(error)}`));
      await connection.close();
      await server.stop();
    },
  };
}
