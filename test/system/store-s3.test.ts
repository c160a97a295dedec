import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openS3Store } from '../../infra/store/s3-store.ts';
import type { Store } from '../../infra/store/store.ts';
import { startSeaweed } from '../infra/store/seaweed.ts';
import type { Seaweed } from '../infra/store/seaweed.ts';
import { bytes, describeStore, expectStoreError, keysOf } from '../infra/store/store-contract.ts';

let server: Seaweed, count = 0;
beforeAll(async () => {
  server = await startSeaweed();
  await server.makeBucket('audits');
}, 120_000);
afterAll(() => server.stop());

function environment(): NodeJS.ProcessEnv {
  return { AWS_ACCESS_KEY_ID: server.accessKey, AWS_SECRET_ACCESS_KEY: server.secretKey };
}

function open(prefix: string): Promise<Store> {
  return openS3Store({ kind: 's3', endpoint: server.endpoint, bucket: 'audits', prefix }, { environment: environment() });
}

describeStore('S3 (SeaweedFS)', () => open(`test/${count++}`));

describe('S3 store (SeaweedFS)', () => {
  it('keeps prefixes apart', async () => {
    const one = await open('one'), two = await open('two/');
    await one.put('k', bytes('1'));
    expect(await two.stat('k')).toBeNull();
    expect(await keysOf(two, '')).toEqual([]);
    expect(await keysOf(one, '')).toEqual(['k']);
  });

  it('lists over pages of a thousand', async () => {
    const store = await open('many');
    const keys = Array.from({ length: 1205 }, (_, i) => `k/${String(i).padStart(4, '0')}`);
    for (let i = 0; i < keys.length; i += 50) await Promise.all(keys.slice(i, i + 50).map((key) => store.put(key, bytes('x'))));
    expect(await keysOf(store, 'k/')).toEqual(keys);
  });

  it('names the cure for a bucket that is not there and keys that are not valid, and never shows a secret', async () => {
    const config = { kind: 's3', endpoint: server.endpoint, bucket: 'nowhere' } as const;
    const noBucket = await expectStoreError(openS3Store(config, { environment: environment() }), 'denied');
    expect(noBucket.message).toContain('create the bucket');
    const wrong = { AWS_ACCESS_KEY_ID: server.accessKey, AWS_SECRET_ACCESS_KEY: 'not-the-right-secret' };
    const denied = await expectStoreError(openS3Store({ ...config, bucket: 'audits' }, { environment: wrong }), 'denied');
    expect(denied.message).toMatch(/AWS_SECRET_ACCESS_KEY|allow this key/);
    for (const error of [noBucket, denied]) {
      for (const secret of [server.accessKey, server.secretKey, 'not-the-right-secret']) expect(`${error.message} ${String(error.cause)} ${error.stack}`).not.toContain(secret);
    }
  });
});
