import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { ingest } from '../../../activities/ingest.ts';
import { findSources } from '../../../infra/readers/find-sources.ts';
import { readTable } from '../../../infra/readers/read-table.ts';
import { readS3Address, writeS3Address } from '../../../infra/readers/s3-address.ts';
import { hashSources } from '../../../infra/readers/source.ts';
import { startS3Stub } from '../../faults/s3-stub.ts';
import type { S3Stub } from '../../faults/s3-stub.ts';
import { DATA } from '../../activities/ingest-fixture.ts';
import { MemoryStore, testContext } from '../../activities/memory-store.ts';
import { OPTIONS, asObject, failureOf, fixture } from './read-options.ts';

let stub: S3Stub;
beforeAll(async () => { stub = await startS3Stub(); });
beforeEach(() => {
  stub.objects.clear();
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'reader-key');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'reader-secret');
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await stub.stop();
});

const address = (key: string, bucket = 'audits'): string => writeS3Address({ bucket, key, endpoint: stub.endpoint, region: null });

describe('data in a bucket', () => {
  it('is read in any format, by parts of its objects', async () => {
    for (const name of ['types-zstd.parquet', 'types-lz4.feather', 'f8-columns.npz']) {
      stub.objects.set(`in/${name}`, await readFile(fixture(name)));
      expect(asObject(await readTable(address(`in/${name}`), OPTIONS))).toEqual(asObject(await readTable(fixture(name), OPTIONS)));
    }
  });

  it('is read by pattern, sorted by key, and hashed whole', async () => {
    for (const [key, text] of [['d/p2.csv.gz', gzipSync('a,b\n3,z\n')], ['d/p1.csv', 'a,b\n1,x\n2,y\n'], ['d/deep/p3.csv', 'a,b\n9,q\n'], ['e/p1.csv', 'c\n1\n']] as const) stub.objects.set(key, Buffer.from(text));
    expect(asObject(await readTable(address('d/p*.csv*'), OPTIONS))).toEqual({ a: [1, 2, 3], b: ['x', 'y', 'z'] });
    const before = await hashSources(await findSources(address('d/p*.csv*')));
    stub.objects.set('d/p1.csv', Buffer.from('a,b\n1,x\n2,w\n'));
    expect(await hashSources(await findSources(address('d/p*.csv*')))).not.toBe(before);
  });

  it('is fetched once, though it is hashed, sniffed and read', async () => {
    const text = `a,b\n${Array.from({ length: 3000 }, (_, i) => `${i},é${i}`).join('\n')}\n`, store = new MemoryStore(), context = testContext(store);
    stub.objects.set('once.csv', Buffer.from(text));
    stub.objects.set('packed.csv.gz', gzipSync(text));
    for (const key of ['once.csv', 'packed.csv.gz']) {
      const input = { config: { data: { ...DATA, path: address(key), encoding: 'auto' }, seed: 0 }, inputs: {}, seed: 0 }, before = stub.requests.length;
      await ingest.fingerprint!(input, context.signal);
      const { summary } = await ingest.run(input, context);
      expect(summary).toMatchObject({ rows: 3000 });
      expect(stub.requests.slice(before).filter(({ method, key: own }) => method === 'GET' && own === key)).toHaveLength(1);
    }
  });

  it('survives a lost connection and half an answer', async () => {
    stub.objects.set('p.csv', Buffer.from('a,b\n1,x\n2,y\n'));
    stub.fail('HEAD', 503);
    stub.fail('GET', 'cut', 'drop');
    expect(asObject(await readTable(address('p.csv'), OPTIONS))).toEqual({ a: [1, 2], b: ['x', 'y'] });
  });

  it('is refused with the cure when it is not there, or may not be read', async () => {
    expect(await failureOf(address('none.csv'))).toMatchObject({ code: 'no-file', message: expect.stringContaining('there is no object s3://audits/none.csv') as string });
    expect((await failureOf(address('none-*.csv'))).message).toContain('no file matches s3://audits/none-*.csv');
    expect((await failureOf(address('a.csv', 'nowhere'))).message).toMatch(/nowhere\/a\.csv/);
    stub.objects.set('p.csv', Buffer.from('a,b\n1,x\n2,y\n'));
    stub.fail('GET', 'forbidden-echo');
    const denied = (): Promise<Error> => readTable(address('p.csv'), OPTIONS).then(() => new Error('it was read'), (error: Error) => error);
    const { name, message } = await denied();
    // A machine that was not let in is no fault of the data: exit code 3.
    expect(name).toBe('StoreError');
    expect(message).toContain('set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY');
    expect(message).not.toContain('reader-key');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', '');
    expect((await denied()).message).toContain('set AWS_SECRET_ACCESS_KEY in the environment');
  });

  it('has an address that keeps any key and server apart', () => {
    for (const key of ['a.csv', 'a?b/c&region=x.csv', 'x?endpoint=y/z*.csv', 'ü #1.csv']) {
      for (const region of [null, 'eu-west-1']) {
        const given = { bucket: 'b', key, endpoint: 'http://localhost:9000', region };
        expect(readS3Address(writeS3Address(given))).toEqual(given);
      }
    }
    expect(readS3Address('/home/data.csv')).toBeNull();
  });
});
