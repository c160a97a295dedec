import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AuditRecord } from '../../activities/activities.ts';
import { SetupError } from '../setup/setup-error.ts';
import { openStore, placeOfStore, type StoreConfig } from '../store/open-store.ts';
import { markStore } from '../store/store-format.ts';
import { auditStatus, statusOfRecord, type AuditStatus } from '../temporal/audit-status.ts';
import { connectClient } from '../temporal/connect.ts';
import { checkPort } from '../temporal/health-server.ts';
import { hostFolder, takeHostLock } from '../temporal/host-folder.ts';
import { serveStore } from '../temporal/serve-store.ts';
import type { Place } from '../temporal/session.ts';
import { installRuntime } from '../temporal/start-workers.ts';
import { pageApp } from './page-app.ts';
import { startPageServer } from './page-server.ts';
import { s3Credentials, type S3Keys } from './s3-credentials.ts';
import { startS3Server, type S3Server } from './s3-server.ts';

export interface InstallationOptions {
  readonly place: Place;
  readonly kind: 's3' | 'dir';
  readonly port: number;
  readonly stop: AbortController;
  readonly say: (line: string) => void;
}

export interface Installation {
  readonly page: string;
  readonly temporal: string;
  readonly storePlace: string;
  /** A file for the shell, 0600, that names this store and its keys; null where the folder's own configuration does. */
  readonly environmentFile: string | null;
  /** Resolves when it was told to stop, or lost its server for good. */
  readonly ended: Promise<void>;
  end(): Promise<void>;
}

interface OwnStore {
  readonly store: StoreConfig;
  readonly environmentFile: string | null;
  readonly stop: () => Promise<void>;
}

function environmentText(store: Extract<StoreConfig, { kind: 's3' }>, { accessKey, secretKey }: S3Keys): string {
  const values = { PENUMBRA_STORE_KIND: 's3', PENUMBRA_STORE_ENDPOINT: store.endpoint, PENUMBRA_STORE_BUCKET: store.bucket, AWS_ACCESS_KEY_ID: accessKey, AWS_SECRET_ACCESS_KEY: secretKey };
  return Object.entries(values).map(([name, value]) => `export ${name}='${value}'\n`).join('');
}

/** An S3 server of this folder; one that ends by itself is started again on its port. */
async function ownS3(folder: string, { stop, say }: InstallationOptions): Promise<OwnStore> {
  const keys = s3Credentials(folder);
  let server = await startS3Server(folder, keys, say);
  const port = Number(new URL(server.endpoint).port);
  const revive = (current: S3Server): void => void current.exited.then(async () => {
    if (stop.signal.aborted) return;
    say('the S3 server ended; starting it again');
    server = await startS3Server(folder, keys, say, port);
    revive(server);
  }).catch((error: unknown) => { say(`the S3 server cannot be started again: ${String(error)}`); stop.abort(); });
  revive(server);
  // The stage processes inherit them.
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: keys.accessKey, AWS_SECRET_ACCESS_KEY: keys.secretKey });
  const store = { kind: 's3', endpoint: server.endpoint, bucket: server.bucket } as const, environmentFile = join(folder, 'environment.sh');
  writeFileSync(environmentFile, environmentText(store, keys), { mode: 0o600 });
  return { store, environmentFile, stop: async () => { rmSync(environmentFile, { force: true }); await server.stop(); } };
}

async function ownStore(options: InstallationOptions): Promise<OwnStore> {
  const { store } = options.place;
  if (options.kind === 'dir' || store.kind === 's3') return { store, environmentFile: null, stop: async () => {} };
  return ownS3(join(store.path, 'serve'), options);
}

/** Live where the service knows the audit, from its record otherwise. */
function statusSource(address: string): { readonly statusOf: (record: AuditRecord) => Promise<AuditStatus>; close(): Promise<void> } {
  const client = connectClient(address, 'default');
  client.catch(() => {});
  return {
    statusOf: async (record) => {
      if (record.state !== 'running' && record.state !== 'queued') return statusOfRecord(record);
      return await auditStatus(await client, record.id).catch(() => null) ?? { ...statusOfRecord(record), state: 'queued' };
    },
    close: async () => { await (await client.catch(() => null))?.connection.close(); },
  };
}

function lockOf(store: StoreConfig): { readonly folder: string; release(): void } {
  const folder = hostFolder(store);
  mkdirSync(folder, { recursive: true });
  const lock = takeHostLock(folder);
  if (lock === null) throw new SetupError('held', `another process serves the store ${placeOfStore(store)}: wait until its audits have ended (a background host ends a minute later), or stop it`);
  return { folder, release: () => lock.release() };
}

/** Temporal server, store, worker and page of one machine, all on loopback. @throws SetupError in one line when a part cannot start; nothing is left running then. */
export async function startInstallation(options: InstallationOptions): Promise<Installation> {
  const { port, stop, say } = options, endings: (() => Promise<void> | void)[] = [];
  const end = async (): Promise<void> => {
    stop.abort();
    for (let ending = endings.pop(); ending !== undefined; ending = endings.pop()) await ending();
  };
  try {
    await checkPort({ host: '127.0.0.1', port }, '--port');
    const { store: config, environmentFile, stop: stopStore } = await ownStore(options);
    endings.push(stopStore);
    const { folder, release } = lockOf(config);
    endings.push(release);
    const store = await openStore(config);
    await markStore(store);
    installRuntime(say);
    const served = await serveStore({ store: config, folder, stop, log: say, stays: true });
    endings.push(() => served.end());
    const source = statusSource(served.address);
    endings.push(() => source.close());
    const page = await startPageServer(pageApp({ store, statusOf: source.statusOf }), port);
    endings.push(() => page.close());
    const stopped = new Promise<void>((resolve) => { stop.signal.addEventListener('abort', () => resolve(), { once: true }); });
    return { page: page.address, temporal: served.address, storePlace: placeOfStore(config), environmentFile, ended: Promise.race([stopped, served.workers.done]), end };
  } catch (error) {
    await end();
    throw error;
  }
}
