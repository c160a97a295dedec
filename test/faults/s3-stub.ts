import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * What happens to a request instead of a plain answer: `drop` closes the connection before acting, `drop-after` acts first (the answer
 * is lost), `cut` sends half of the body, `slow` answers after two seconds, a number is a status without acting, `forbidden-echo` refuses and repeats what it was sent.
 */
export type Fault = 'drop' | 'drop-after' | 'cut' | 'slow' | 'forbidden-echo' | 'full' | number;

export interface S3Request {
  readonly method: string;
  /** Key in the bucket; empty for the bucket itself. */
  readonly key: string;
  readonly headers: IncomingMessage['headers'];
}

export interface S3Stub {
  readonly endpoint: string;
  readonly objects: Map<string, Buffer>;
  readonly requests: S3Request[];
  /** Keys that nobody may read. */
  readonly forbidden: Set<string>;
  /** Faults of the next requests with this method, in order. */
  fail(method: string, ...faults: readonly Fault[]): void;
  /** From now on one request in `every` (of this method, or any) suffers one of these faults, by turns; 0 for none. Gives how many did so far. */
  chaos(every: number, faults: readonly Fault[], method?: string): () => number;
  stop(): Promise<void>;
}

/** An S3 server in this process with one bucket, `audits`, that fails on cue: real servers cannot be told to. Signatures are not checked. */
export async function startS3Stub(): Promise<S3Stub> {
  const forbidden = new Set<string>(), objects = new Map<string, Buffer>(), requests: S3Request[] = [], faults = new Map<string, Fault[]>();
  let often = 0, turns: readonly Fault[] = [], only: string | undefined, struck = 0;
  const chance = (method: string): Fault | undefined => (often > 0 && requests.length % often === 0 && (only ?? method) === method ? turns[struck++ % turns.length] : undefined);
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://stub'), method = request.method ?? '';
      const [, bucket, ...segments] = decodeURIComponent(url.pathname).split('/');
      const seen = { method, key: segments.join('/'), headers: request.headers };
      requests.push(seen);
      const fault = forbidden.has(seen.key) ? 'forbidden-echo' : faults.get(method)?.shift() ?? chance(method);
      if (bucket !== 'audits') refuse(response, 404, 'NoSuchBucket');
      else answer({ seen, query: url.searchParams, body: Buffer.concat(chunks), response, objects }, fault);
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, objects, requests, forbidden,
    fail: (method, ...more) => { faults.set(method, [...(faults.get(method) ?? []), ...more]); },
    chaos: (every, among, method) => {
      [often, turns, only, struck] = [every, among, method, 0];
      return () => struck;
    },
    stop: () => new Promise((resolve) => {
      server.closeAllConnections();
      server.close(() => { resolve(); });
    }),
  };
}

const SLOW_MS = 2_000;
/** When an object was put, by its bytes; what a test placed there itself is of 1970. */
const written = new WeakMap<Buffer, number>();
const timeOf = (stored: Buffer | undefined): Date => new Date((stored && written.get(stored)) ?? 0);

interface Exchange {
  readonly seen: S3Request;
  readonly query: URLSearchParams;
  readonly body: Buffer;
  readonly response: ServerResponse;
  readonly objects: Map<string, Buffer>;
}

function answer(exchange: Exchange, fault: Fault | undefined): void {
  const { response, seen } = exchange;
  if (fault === 'drop') response.destroy();
  else if (fault === 'slow') setTimeout(() => act(exchange, undefined), SLOW_MS);
  else if (fault === 'forbidden-echo') refuse(response, 403, 'InvalidAccessKeyId', String(seen.headers.authorization));
  else if (fault === 'full') refuse(response, 507, 'XMinioStorageFull');
  else if (typeof fault === 'number') refuse(response, fault, 'InternalError');
  else act(exchange, fault);
}

function act({ seen: { method, key, headers }, query, body, response, objects }: Exchange, fault: Fault | undefined): void {
  const stored = objects.get(key);
  const finish = (status: number, content: Uint8Array = new Uint8Array(0), more: Record<string, string | number> = {}): void => {
    if (fault === 'drop-after') return void response.destroy();
    response.writeHead(status, { 'content-length': content.length, etag: `"${createHash('md5').update(content).digest('hex')}"`, 'last-modified': timeOf(stored).toUTCString(), ...more });
    if (fault === 'cut') response.write(content.subarray(0, content.length >>> 1), () => response.destroy());
    else response.end(content);
  };
  if (key === '') return method === 'GET' ? finish(200, listing(objects, query)) : finish(200);
  if (method === 'PUT') {
    if (headers['if-none-match'] === '*' && stored !== undefined) return refuse(response, 412, 'PreconditionFailed');
    objects.set(key, body);
    written.set(body, Date.now());
    return finish(200);
  }
  if (method === 'DELETE') {
    objects.delete(key);
    return finish(204);
  }
  if (stored === undefined) return refuse(response, 404, 'NoSuchKey');
  if (method === 'HEAD') {
    response.writeHead(200, { 'content-length': stored.length, etag: '"x"', 'last-modified': timeOf(stored).toUTCString() });
    return void response.end();
  }
  const range = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '');
  if (range === null) return finish(200, stored);
  if (Number(range[1]) >= stored.length) return refuse(response, 416, 'InvalidRange');
  return finish(206, stored.subarray(Number(range[1]), range[2] === '' ? stored.length : Number(range[2]) + 1));
}

function refuse(response: ServerResponse, status: number, code: string, message = 'as told'): void {
  const body = Buffer.from(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`);
  response.writeHead(status, { 'content-type': 'application/xml', 'content-length': body.length });
  response.end(body);
}

function listing(objects: Map<string, Buffer>, query: URLSearchParams): Buffer {
  const prefix = query.get('prefix') ?? '', limit = Number(query.get('max-keys') ?? '1000'), after = query.get('continuation-token') ?? '';
  const keys = [...objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort();
  const page = keys.slice(0, limit), isTruncated = keys.length > limit;
  const contents = page.map((key) => `<Contents><Key>${key}</Key><Size>${objects.get(key)!.length}</Size><ETag>"x"</ETag><LastModified>${timeOf(objects.get(key)).toISOString()}</LastModified></Contents>`);
  const token = isTruncated ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : '';
  return Buffer.from(`<?xml version="1.0"?><ListBucketResult><Name>audits</Name><Prefix>${prefix}</Prefix><IsTruncated>${isTruncated}</IsTruncated>${token}${contents.join('')}</ListBucketResult>`);
}
