import type { Readable } from 'node:stream';
import type { Client } from 'minio';
import { DEFAULT_RETRY, withRetry } from '../store/retry.ts';
import { connect, credentialsFrom } from '../store/s3-client.ts';
import { storeErrorOf } from '../store/s3-failure.ts';
import { StoreError } from '../store/store-error.ts';
import { isPattern, matchesPattern } from './pattern.ts';
import { readerErrors, ReaderError } from './reader-error.ts';
import type { S3Address } from './s3-address.ts';
import type { Source } from './source.ts';
import { spooledSource } from './spooled-source.ts';

/** Each request asks for this much, so that a lost connection costs no more. */
const RANGE_BYTES = 8 * 1024 * 1024;
const PAGE_KEYS = 1000;

/** Failures that the configuration or the environment mends, and no retry. */
const MENDED_BY_USER = new Set(['missing', 'denied', 'invalid-key']);

/**
 * The objects that an address names, those of a pattern in order of their keys. Credentials come from the environment alone.
 * @throws ReaderError `no-file`, `unreadable`; StoreError `unavailable` when the server does not answer.
 */
export async function s3Sources(address: S3Address, environment: NodeJS.ProcessEnv): Promise<readonly Source[]> {
  const where = `s3://${address.bucket}/${address.key} (${address.endpoint})`;
  const request = await requester(address, environment, where);
  const found = isPattern(address.key) ? await list(address, request) : [await request(address.key, async (client) => ({ key: address.key, bytes: (await client.statObject(address.bucket, address.key)).size }))];
  return found.map(({ key, bytes }) => spooledSource(s3Source(address.bucket, key, bytes, request)));
}

type Request = <T>(key: string, action: (client: Client) => Promise<T>) => Promise<T>;

async function requester(address: S3Address, environment: NodeJS.ProcessEnv, where: string): Promise<Request> {
  const failing = (error: unknown): unknown => {
    if (!(error instanceof StoreError) || !MENDED_BY_USER.has(error.code)) return error;
    // Not the data's fault, nor the configuration's: this machine has not been let in.
    if (error.code === 'denied' && !/NoSuchBucket/.test(String(error.cause))) return new StoreError('denied', `${where} cannot be read by this machine: ${error.message}; give every worker the keys of the data's bucket`, { cause: error });
    return error.code === 'missing' ? readerErrors.noObject(where, error) : readerErrors.object(where, error);
  };
  try {
    const credentials = credentialsFrom(environment, where);
    const { endpoint, bucket, region } = address;
    const client = connect({ kind: 's3', endpoint, bucket, ...(region === null ? {} : { region }) }, credentials);
    const secrets = [credentials.accessKey, credentials.secretKey, credentials.sessionToken ?? ''];
    return (key, action) => withRetry(DEFAULT_RETRY, async () => {
      try {
        return await action(client);
      } catch (error) {
        throw error instanceof StoreError || error instanceof ReaderError ? error : storeErrorOf(error, { key, where, secrets });
      }
    }).catch((error: unknown) => { throw failing(error); });
  } catch (error) {
    throw failing(error);
  }
}

interface Found {
  readonly key: string;
  readonly bytes: number;
}

async function list({ bucket, key: pattern }: S3Address, request: Request): Promise<readonly Found[]> {
  const prefix = pattern.slice(0, pattern.search(/[*?[{]/)), found: Found[] = [];
  let token = '';
  do {
    const page = await request(prefix, (client) => client.listObjectsV2Query(bucket, prefix, token, '', PAGE_KEYS, ''));
    for (const { name, size } of page.objects) if (name !== undefined && matchesPattern(name, pattern)) found.push({ key: name, bytes: size ?? 0 });
    token = page.isTruncated ? page.nextContinuationToken : '';
  } while (token !== '');
  return found.sort((a, b) => (a.key < b.key ? -1 : 1));
}

function s3Source(bucket: string, key: string, bytes: number, request: Request): Source {
  const name = `s3://${bucket}/${key}`;
  const read = async (start: number, end: number): Promise<Uint8Array<ArrayBuffer>> => {
    const length = Math.min(end, bytes) - start;
    if (length <= 0) return new Uint8Array(0);
    return request(key, async (client) => {
      const part = await collect(await client.getPartialObject(bucket, key, start, length));
      if (part.length !== length) throw Object.assign(new Error(`${part.length} of ${length} bytes came`), { code: 'Incomplete' });
      return part;
    });
  };
  return {
    name, bytes, read,
    async *chunks() {
      for (let start = 0; start < bytes; start += RANGE_BYTES) yield Buffer.from((await read(start, start + RANGE_BYTES)).buffer);
    },
  };
}

async function collect(body: Readable): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Buffer[] = [];
  for await (const chunk of body as AsyncIterable<Buffer>) chunks.push(chunk);
  const whole = Buffer.concat(chunks), bytes = new Uint8Array(whole.length);
  bytes.set(whole);
  return bytes;
}

