import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openS3Store } from '../../../infra/store/s3-store.ts';
import type { Store } from '../../../infra/store/store.ts';
import { startS3Stub } from '../../faults/s3-stub.ts';
import type { S3Stub } from '../../faults/s3-stub.ts';
import { bytes, describeStore, expectStoreError, keysOf } from './store-contract.ts';

const environment = { AWS_ACCESS_KEY_ID: 'ACCESSKEYOFTEST', AWS_SECRET_ACCESS_KEY: 'secret-of-the-test', AWS_SESSION_TOKEN: 'token-of-the-test' };
const retry = { attempts: 4, firstDelayMs: 1, maximumDelayMs: 4, budgetMs: 60_000 };

let stub: S3Stub, store: Store;

async function open(): Promise<Store> {
  stub = await startS3Stub();
  return openS3Store({ kind: 's3', endpoint: stub.endpoint, bucket: 'audits', prefix: 'p' }, { environment, retry });
}

describeStore('S3 (stub)', open, () => stub.stop());

describe('S3 store under faults', () => {
  beforeEach(async () => { store = await open(); });
  afterEach(() => stub.stop());

  function puts(): number {
    return stub.requests.filter((request) => request.method === 'PUT').length;
  }

  it.each([[503], [500], [429], ['drop' as const], ['drop-after' as const]])('repeats a put after %s', async (fault) => {
    stub.fail('PUT', fault, fault);
    await store.put('k', bytes('x'));
    expect(puts()).toBe(3);
    expect(stub.objects.get('p/k')?.toString()).toBe('x');
  });

  it.each([[503], ['drop' as const], ['cut' as const]])('repeats a get after %s and gives it whole', async (fault) => {
    const content = new Uint8Array(200_000).fill(7);
    await store.put('k', content);
    stub.fail('GET', fault, fault, fault);
    expect(Buffer.compare(await store.get('k'), content)).toBe(0);
  });

  it('gives up when it goes on, and says what to do', async () => {
    stub.fail('PUT', 503, 503, 503, 503, 503);
    const error = await expectStoreError(store.put('k', bytes('x')), 'unavailable');
    expect(puts()).toBe(4);
    expect(error.message).toMatch(/did not serve k: .*503.*check that the store is reachable/);
  });

  it('knows its own success when the answer to a conditional put was lost', async () => {
    stub.fail('PUT', 'drop-after');
    expect(await store.putIfAbsent('k', bytes('mine'))).toBe('created');
    expect(stub.requests.filter((request) => request.method === 'PUT').map((request) => request.headers['if-none-match'])).toEqual(['*', '*']);
  });

  it('knows that another one won while its own put was failing', async () => {
    stub.fail('HEAD', 404);
    stub.fail('PUT', 503);
    stub.objects.set('p/k', Buffer.from('theirs'));
    expect(await store.putIfAbsent('k', bytes('mine'))).toBe('exists');
    expect(stub.objects.get('p/k')?.toString()).toBe('theirs');
  });

  it('takes a plain refusal of a conditional put for what it is', async () => {
    stub.fail('HEAD', 404);
    stub.objects.set('p/k', Buffer.from('mine'));
    expect(await store.putIfAbsent('k', bytes('mine'))).toBe('exists');
    expect(puts()).toBe(1);
  });

  it('goes on with a listing where a page failed', async () => {
    for (let i = 0; i < 1100; i++) stub.objects.set(`p/${String(i).padStart(4, '0')}`, Buffer.from('x'));
    stub.objects.set('p/not a key', Buffer.from('x'));
    const before = stub.requests.length;
    stub.fail('GET', 503);
    expect(await keysOf(store, '')).toHaveLength(1100);
    expect(stub.requests.length - before).toBe(3);
  });

  it('says when the store is full', async () => {
    stub.fail('PUT', 'full');
    expect((await expectStoreError(store.put('k', bytes('x')), 'full')).message).toContain('penumbra gc');
    expect(puts()).toBe(1);
  });

  it('sends the session token, and shows no secret even when the server does', async () => {
    expect(stub.requests[0]!.headers['x-amz-security-token']).toBe('token-of-the-test');
    stub.fail('GET', 'forbidden-echo');
    const error = await expectStoreError(store.get('k'), 'denied');
    expect(error.message).toContain('AWS_ACCESS_KEY_ID');
    const { inspect } = await import('node:util');
    for (const secret of Object.values(environment)) expect(inspect(error, { depth: 10 })).not.toContain(secret);
  });
});

describe('opening an S3 store', () => {
  const config = { kind: 's3', endpoint: 'http://127.0.0.1:1', bucket: 'audits' } as const;

  it('wants credentials from the environment', async () => {
    const error = await expectStoreError(openS3Store(config, { environment: { AWS_ACCESS_KEY_ID: 'a' } }), 'denied');
    expect(error.message).toContain('set AWS_SECRET_ACCESS_KEY in the environment');
  });

  it.each(['', 'http://', 'https://user:secret-password@host', 'https://host/path', 'http://host:99999'])('wants an address: %j', async (endpoint) => {
    const error = await expectStoreError(openS3Store({ ...config, endpoint }, { environment }), 'invalid-key');
    expect(error.message).toContain('store.endpoint');
    expect(error.message).not.toContain('secret-password');
  });

  it('says when nobody answers', async () => {
    const error = await expectStoreError(openS3Store(config, { environment, retry: { ...retry, attempts: 2 } }), 'unavailable');
    expect(error.message).toMatch(/ECONNREFUSED/);
  });

  it('wants a bucket that exists and a prefix of plain segments', async () => {
    stub = await startS3Stub();
    const missing = await expectStoreError(openS3Store({ ...config, endpoint: stub.endpoint, bucket: 'other' }, { environment, retry }), 'denied');
    expect(missing.message).toContain('create the bucket');
    await expectStoreError(openS3Store({ ...config, endpoint: stub.endpoint, prefix: '../x' }, { environment, retry }), 'invalid-key');
    await stub.stop();
  });
});
