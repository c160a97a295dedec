import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StoreErrorCode } from '../../../infra/store/store-error.ts';
import type { Store } from '../../../infra/store/store.ts';

export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export async function keysOf(store: Store, prefix: string): Promise<readonly string[]> {
  const keys: string[] = [];
  for await (const object of store.list(prefix)) keys.push(object.key);
  return keys;
}

/** Asserts that a promise fails with a StoreError of this code. */
export async function expectStoreError(promise: Promise<unknown>, code: StoreErrorCode): Promise<Error> {
  const error = await promise.then(() => null, (reason: unknown) => reason);
  expect(error).toMatchObject({ name: 'StoreError', code });
  return error as Error;
}

/** What every store does. open: a new, empty store for each test. */
export function describeStore(name: string, open: () => Promise<Store>, close: () => Promise<void> = () => Promise.resolve()): void {
  describe(`store contract: ${name}`, () => {
    let store: Store;
    beforeEach(async () => { store = await open(); });
    afterEach(close);

    it('gives back what was put, in memory of its own', async () => {
      await store.put('objects/ab/abc', bytes('half-shadow'));
      const read = await store.get('objects/ab/abc');
      expect(new TextDecoder().decode(read)).toBe('half-shadow');
      expect(read.byteOffset).toBe(0);
      expect(read.buffer.byteLength).toBe(read.byteLength);
    });

    it('keeps every byte value, nothing, and megabytes', async () => {
      const all = Uint8Array.from({ length: 256 }, (_, i) => i), large = Uint8Array.from({ length: 3_000_001 }, (_, i) => i * i);
      await store.put('all', all);
      await store.put('nothing', new Uint8Array(0));
      await store.put('large', large);
      expect(await store.get('all')).toEqual(all);
      expect(await store.get('nothing')).toEqual(new Uint8Array(0));
      expect(Buffer.compare(await store.get('large'), large)).toBe(0);
      expect(await store.stat('nothing')).toMatchObject({ key: 'nothing', bytes: 0 });
    });

    it('writes a view, not the buffer beneath it', async () => {
      await store.put('view', bytes('0123456789').subarray(2, 5));
      expect(new TextDecoder().decode(await store.get('view'))).toBe('234');
    });

    it('reads ranges, cut at the end of the object', async () => {
      await store.put('digits', bytes('0123456789'));
      const read = async (start: number, end: number): Promise<string> => new TextDecoder().decode(await store.get('digits', { start, end }));
      expect(await read(0, 1)).toBe('0');
      expect(await read(3, 7)).toBe('3456');
      expect(await read(8, 100)).toBe('89');
      expect(await read(0, 10)).toBe('0123456789');
      expect(await read(4, 4)).toBe('');
      expect(await read(10, 12)).toBe('');
    });

    it('replaces what was there on put', async () => {
      await store.put('a', bytes('first, longer'));
      await store.put('a', bytes('second'));
      expect(new TextDecoder().decode(await store.get('a'))).toBe('second');
    });

    it('creates once on putIfAbsent and leaves what is there', async () => {
      expect(await store.putIfAbsent('m/1.json', bytes('first'))).toBe('created');
      expect(await store.putIfAbsent('m/1.json', bytes('second'))).toBe('exists');
      expect(await store.putIfAbsent('m/1.json', bytes('first'))).toBe('exists');
      expect(new TextDecoder().decode(await store.get('m/1.json'))).toBe('first');
    });

    it('lets exactly one of ten racing writers win', async () => {
      for (let round = 0; round < 5; round++) {
        const key = `race/${round}`;
        const answers = await Promise.all(Array.from({ length: 10 }, (_, i) => store.putIfAbsent(key, bytes(`writer ${i}`))));
        expect(answers.filter((answer) => answer === 'created')).toHaveLength(1);
        expect(new TextDecoder().decode(await store.get(key))).toBe(`writer ${answers.indexOf('created')}`);
      }
    });

    it('says missing, or null, of what is not there', async () => {
      const error = await expectStoreError(store.get('objects/none'), 'missing');
      expect(error.message).toContain('objects/none');
      expect(error.message).toContain('run the audit again');
      await expectStoreError(store.get('objects/none', { start: 0, end: 1 }), 'missing');
      expect(await store.stat('objects/none')).toBeNull();
    });

    it('removes, and does not mind removing twice', async () => {
      await store.put('gone', bytes('x'));
      await store.remove('gone');
      await store.remove('gone');
      expect(await store.stat('gone')).toBeNull();
      expect(await store.putIfAbsent('gone', bytes('y'))).toBe('created');
    });

    it('lists by prefix, which may cut a segment, in order of the keys', async () => {
      for (const key of ['b/2', 'a/x', 'a-1', 'a/b/c', 'a.0', 'b/10', 'ab', 'B']) await store.put(key, bytes(key));
      expect(await keysOf(store, '')).toEqual(['B', 'a-1', 'a.0', 'a/b/c', 'a/x', 'ab', 'b/10', 'b/2']);
      expect(await keysOf(store, 'a/')).toEqual(['a/b/c', 'a/x']);
      expect(await keysOf(store, 'a')).toEqual(['a-1', 'a.0', 'a/b/c', 'a/x', 'ab']);
      expect(await keysOf(store, 'b/1')).toEqual(['b/10']);
      expect(await keysOf(store, 'a/b/c')).toEqual(['a/b/c']);
      expect(await keysOf(store, 'zzz/')).toEqual([]);
      const sizes: number[] = [];
      for await (const object of store.list('a/')) sizes.push(object.bytes);
      expect(sizes).toEqual([5, 3]);
    });

    it('says when an object was written last, in stat as in list', async () => {
      const before = Date.now();
      await store.put('old', bytes('x'));
      const { modified } = (await store.stat('old'))!;
      // Clocks of files and of S3 count in whole seconds at worst.
      expect(modified).toBeGreaterThan(before - 2_000);
      expect(modified).toBeLessThan(Date.now() + 2_000);
      for await (const listed of store.list('old')) expect(Math.abs(listed.modified - modified)).toBeLessThan(1_001);
    });

    it('refuses keys that could lead elsewhere, whatever the method', async () => {
      const wrong = ['', '/etc/passwd', '../x', 'a/../b', 'a/./b', 'a//b', 'a/', './a', 'a\\b', 'a b', 'ä', 'a\0b', 'a\nb', '.tmp-1', 'a/.tmp-x/b', 'x'.repeat(201), 'a/'.repeat(500)];
      for (const key of wrong) {
        await expectStoreError(store.put(key, bytes('x')), 'invalid-key');
        await expectStoreError(store.putIfAbsent(key, bytes('x')), 'invalid-key');
        await expectStoreError(store.get(key), 'invalid-key');
        await expectStoreError(store.stat(key), 'invalid-key');
        await expectStoreError(store.remove(key), 'invalid-key');
      }
      await expectStoreError(keysOf(store, '../'), 'invalid-key');
      await expectStoreError(keysOf(store, '/'), 'invalid-key');
      expect(await keysOf(store, '')).toEqual([]);
    });
  });
}
