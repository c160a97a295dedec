import { once } from 'node:events';
import { createServer } from 'node:http';
import { SetupError } from '../setup/setup-error.ts';

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** @throws SetupError `port-taken` in one line that names the flag to change. */
export async function checkPort({ host, port }: ListenAddress, flag: string): Promise<void> {
  const probe = createServer().listen(port, host);
  try {
    await once(probe, 'listening');
  } catch (error) {
    throw portError({ host, port }, flag, error);
  } finally {
    probe.close();
  }
}

function portError({ host, port }: ListenAddress, flag: string, error: unknown): SetupError {
  const why = (error as NodeJS.ErrnoException).code === 'EADDRINUSE' ? 'is taken by another program' : `cannot be listened on (${(error as NodeJS.ErrnoException).code})`;
  return new SetupError('port-taken', `${host}:${port} ${why}: end that, or name another port with ${flag}`, { cause: error });
}

/** For orchestrators: `/health/live` while the process runs, `/health/ready` (also `/healthz`) while it takes work; 200 or 503. */
export async function startHealthServer(address: ListenAddress, ready: () => boolean): Promise<{ close(): void }> {
  const server = createServer((request, response) => {
    const path = request.url?.split('?')[0];
    const healthy = path === '/health/live' ? true : path === '/health/ready' || path === '/healthz' ? ready() : null;
    response.writeHead(healthy === null ? 404 : healthy ? 200 : 503, { 'content-type': 'text/plain' }).end(healthy === null ? 'not found\n' : healthy ? 'ok\n' : 'not ready\n');
  });
  server.listen(address.port, address.host);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw portError(address, '--health', error);
  }
  return { close: () => { server.closeAllConnections(); server.close(); } };
}
