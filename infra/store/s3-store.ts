import type { Readable } from 'node:stream';
import type { Client } from 'minio';
import { checkPrefix, isKey, segmentsOf } from './key.ts';
import type { S3Config } from './store-config.ts';
import { DEFAULT_RETRY, FIRST_RETRY, RetryBudget, withRetry } from './retry.ts';
import type { RetryOptions } from './retry.ts';
import { checkBucket, connect, credentialsFrom } from './s3-client.ts';
import { codeOfFailure, storeErrorOf } from './s3-failure.ts';
import { StoreError } from './store-error.ts';
import type { ByteRange, Store, StoredObject } from './store.ts';

const PAGE_KEYS = 1000;

export interface S3Options {
  readonly environment?: NodeJS.ProcessEnv;
  readonly retry?: RetryOptions;
}

/** Opens a store in a bucket that exists. @throws StoreError `denied` without credentials, bucket or right. */
export async function openS3Store(config: S3Config, { environment = process.env, retry }: S3Options = {}): Promise<Store> {
  const where = `${config.endpoint}/${config.bucket}${config.prefix === undefined ? '' : `/${config.prefix}`}`;
  const credentials = credentialsFrom(environment, where);
  const prefix = config.prefix === undefined || config.prefix === '' ? '' : `${segmentsOf(config.prefix.replace(/\/$/, '')).join('/')}/`;
  const secrets = [credentials.accessKey, credentials.secretKey, credentials.sessionToken ?? ''];
  const store = new S3Store({ client: connect(config, credentials), bucket: config.bucket, prefix, where, secrets, retry: retry ?? DEFAULT_RETRY });
  await store.check(retry ?? FIRST_RETRY);
  return store;
}

interface Parts {
  readonly client: Client;
  readonly bucket: string;
  readonly prefix: string;
  readonly where: string;
  readonly secrets: readonly string[];
  readonly retry: RetryOptions;
}

/**
 * Objects in an S3 bucket, below a prefix. Requests that fail on the way, or with 5xx, are repeated with back-off. A put is one part,
 * so that `If-None-Match: *` decides which of several writers wins.
 */
class S3Store implements Store {
  readonly #parts: Parts;
  readonly #budget = new RetryBudget();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  check(retry: RetryOptions): Promise<void> {
    const { client, bucket, where } = this.#parts;
    return this.#request('/', () => checkBucket(client, bucket, where), retry);
  }

  async get(key: string, range?: ByteRange): Promise<Uint8Array> {
    const { client, bucket } = this.#parts, name = this.#nameOf(key);
    if (range !== undefined && range.end <= range.start) return new Uint8Array(0);
    return this.#request(key, async () => {
      try {
        return await collect(range === undefined ? await client.getObject(bucket, name) : await client.getPartialObject(bucket, name, range.start, range.end - range.start));
      } catch (error) {
        if (codeOfFailure(error) === 'InvalidRange') return new Uint8Array(0);
        throw error;
      }
    });
  }

  async put(key: string, bytes: Uint8Array): Promise<void> {
    const name = this.#nameOf(key);
    await this.#request(key, () => this.#send(name, bytes, {}));
  }

  async putIfAbsent(key: string, bytes: Uint8Array): Promise<'created' | 'exists'> {
    const name = this.#nameOf(key);
    if ((await this.stat(key)) !== null) return 'exists';
    return this.#request(key, async (attempt) => {
      try {
        await this.#send(name, bytes, { 'If-None-Match': '*' });
        return 'created';
      } catch (error) {
        if (codeOfFailure(error) !== 'PreconditionFailed') throw error;
        // The attempt before this one may have written and lost its answer; then what is there is ours.
        return attempt > 1 && Buffer.from(await this.get(key)).equals(bytes) ? 'created' : 'exists';
      }
    });
  }

  async stat(key: string): Promise<StoredObject | null> {
    const { client, bucket } = this.#parts, name = this.#nameOf(key);
    try {
      const { size, lastModified } = await this.#request(key, () => client.statObject(bucket, name));
      return { key, bytes: size, modified: lastModified.getTime() };
    } catch (error) {
      if (error instanceof StoreError && error.code === 'missing') return null;
      throw error;
    }
  }

  async *list(prefix: string): AsyncIterable<StoredObject> {
    checkPrefix(prefix);
    const { client, bucket, prefix: root } = this.#parts;
    const found: StoredObject[] = [];
    let token = '';
    do {
      const page = await this.#request(prefix, () => client.listObjectsV2Query(bucket, root + prefix, token, '', PAGE_KEYS, ''));
      for (const { name, size, lastModified } of page.objects) {
        const key = name?.slice(root.length) ?? '';
        if (isKey(key)) found.push({ key, bytes: size ?? 0, modified: new Date(lastModified ?? 0).getTime() });
      }
      token = page.isTruncated ? page.nextContinuationToken : '';
    } while (token !== '');
    // Servers built on folders (SeaweedFS) list a/b before a-1; S3 itself does not.
    yield* found.sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  async remove(key: string): Promise<void> {
    const { client, bucket } = this.#parts, name = this.#nameOf(key);
    await this.#request(key, () => client.removeObject(bucket, name));
  }

  /** An S3 put leaves nothing behind when it ends half-way. */
  removeLeftovers(): Promise<readonly StoredObject[]> {
    return Promise.resolve([]);
  }

  #nameOf(key: string): string {
    return this.#parts.prefix + segmentsOf(key).join('/');
  }

  async #send(name: string, bytes: Uint8Array, headers: Record<string, string>): Promise<void> {
    const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    await this.#parts.client.putObject(this.#parts.bucket, name, body, body.length, headers);
  }

  /** Runs one request, repeating it while the store is unavailable; every failure comes out as a StoreError. */
  #request<T>(key: string, action: (attempt: number) => Promise<T>, retry = this.#parts.retry): Promise<T> {
    const { where, secrets } = this.#parts;
    return withRetry(retry, async (attempt) => {
      try {
        return await action(attempt);
      } catch (error) {
        throw error instanceof StoreError ? error : storeErrorOf(error, { key, where, secrets });
      }
    }, this.#budget);
  }
}

/** The whole body in an ArrayBuffer of its own. @throws Error when the connection ends before it is whole. */
async function collect(body: Readable): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
  }
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}
