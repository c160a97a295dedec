import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Hono } from 'hono';
import { checkPort } from '../temporal/health-server.ts';

const LOOPBACK = '127.0.0.1';

async function answer(app: Hono, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) if (typeof value === 'string') headers.set(name, value);
  const given = await app.fetch(new Request(new URL(request.url ?? '/', `http://${LOOPBACK}`), { method: request.method ?? 'GET', headers }));
  response.writeHead(given.status, Object.fromEntries(given.headers));
  response.end(request.method === 'HEAD' ? undefined : Buffer.from(await given.arrayBuffer()));
}

/** Serves an app on loopback. @throws SetupError `port-taken`. */
export async function startPageServer(app: Hono, port: number): Promise<{ readonly address: string; close(): void }> {
  await checkPort({ host: LOOPBACK, port }, '--port');
  const server = createServer((request, response) => {
    answer(app, request, response).catch(() => { response.destroy(); });
  });
  server.listen(port, LOOPBACK);
  await once(server, 'listening');
  return { address: `http://${LOOPBACK}:${port}`, close: () => { server.closeAllConnections(); server.close(); } };
}
