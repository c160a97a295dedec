import http from 'node:http';
import https from 'node:https';
import { Client } from 'minio';
import type { S3Config } from './store-config.ts';
import { StoreError, storeErrors } from './store-error.ts';

export interface S3Credentials {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly sessionToken: string | null;
}

/** A request whose connection is silent for this long is given up and tried again. */
const SILENCE_MS = 60_000;

/** Above the largest object, so that every put is a single part: conditional headers act on those only. */
const PART_BYTES = 1024 * 1024 * 1024;

/** Answers whose body the client does not read; unread, it would block the connection. */
const UNREAD_STATUS = new Set([408, 429, 499, 500, 502, 503, 504, 520]);

/** @throws StoreError `denied` when the environment holds no credentials. */
export function credentialsFrom(environment: NodeJS.ProcessEnv, where: string): S3Credentials {
  const accessKey = environment['AWS_ACCESS_KEY_ID'] ?? '', secretKey = environment['AWS_SECRET_ACCESS_KEY'] ?? '';
  if (accessKey === '' || secretKey === '') {
    const absent = [accessKey === '' ? 'AWS_ACCESS_KEY_ID' : '', secretKey === '' ? 'AWS_SECRET_ACCESS_KEY' : ''].filter((name) => name !== '');
    throw new StoreError('denied', `no credentials for ${where}: set ${absent.join(' and ')} in the environment (never in the config)`);
  }
  return { accessKey, secretKey, sessionToken: environment['AWS_SESSION_TOKEN'] ?? null };
}

/** @throws StoreError `invalid-key` when the endpoint is no address of a server. */
export function connect(config: S3Config, { accessKey, secretKey, sessionToken }: S3Credentials): Client {
  const url = urlOf(config.endpoint);
  const useSSL = url.protocol === 'https:';
  return new Client({
    endPoint: url.hostname.replace(/^\[|\]$/g, ''), useSSL, accessKey, secretKey, partSize: PART_BYTES,
    ...(url.port === '' ? {} : { port: Number(url.port) }),
    ...(sessionToken === null ? {} : { sessionToken }),
    // Given, so that the client does not ask the server for it before every first request.
    region: config.region ?? 'us-east-1',
    transport: { request: requester(useSSL ? https.request : http.request) },
    retryOptions: { disableRetry: true },
  });
}

function urlOf(endpoint: string): URL {
  const text = /^https?:\/\//.test(endpoint) ? endpoint : `https://${endpoint}`;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || url.hostname === '' || url.pathname !== '/' || url.username !== '') {
    throw new StoreError('invalid-key', `store.endpoint ${JSON.stringify(endpoint.replace(/\/\/[^/]*@/, '//***@'))} is no address of an S3 server; expected one like https://s3.example.org or http://localhost:9000, without path or user`);
  }
  return url;
}

type Request = typeof http.request;

function requester(request: Request): Request {
  const wrapped = (options: http.RequestOptions, onResponse?: (response: http.IncomingMessage) => void): http.ClientRequest => {
    const sent = request(options, (response) => {
      if (UNREAD_STATUS.has(response.statusCode ?? 0)) response.resume();
      onResponse?.(response);
    });
    return sent.setTimeout(SILENCE_MS, () => sent.destroy(new Error(`no byte for ${SILENCE_MS / 1000} s`)));
  };
  return wrapped as Request;
}

/** @throws StoreError `denied` when there is no such bucket or the credentials may not see it. */
export async function checkBucket(client: Client, bucket: string, where: string): Promise<void> {
  if (await client.bucketExists(bucket)) return;
  throw storeErrors.denied('/', where, 'create the bucket, or name another one in store.bucket', null);
}
