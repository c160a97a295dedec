import { execFile } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore } from '../../../infra/store/open-store.ts';
import type { Store } from '../../../infra/store/store.ts';
import { bytes, describeStore, expectStoreError, keysOf } from './store-contract.ts';

let folder = '';
const open = async (): Promise<Store> => {
  folder = await mkdtemp(join(tmpdir(), 'penumbra-store-'));
  return openStore({ kind: 'dir', path: folder });
};
const close = (): Promise<void> => rm(folder, { recursive: true, force: true });

describeStore('directory', open, close);

describe('directory store', () => {
  let store: Store;
  beforeEach(async () => { store = await open(); });
  afterEach(close);

  it('leaves no temporary file behind, also when the write loses', async () => {
    await Promise.all(Array.from({ length: 20 }, (_, i) => store.putIfAbsent('k', bytes(String(i)))));
    await store.put('k', bytes('last'));
    expect(await readdir(folder)).toEqual(['k']);
  });

  it('does not show what a process that died left half-written', async () => {
    await writeFile(join(folder, '.tmp-dead'), 'half');
    await store.put('a', bytes('whole'));
    expect(await keysOf(store, '')).toEqual(['a']);
  });

  it('removes the leftovers of writers that died, and no write under way', async () => {
    await store.put('a/b', bytes('whole'));
    for (const name of ['.tmp-old', 'a/.tmp-old', 'a/.tmp-new']) await writeFile(join(folder, name), 'half');
    for (const name of ['.tmp-old', 'a/.tmp-old']) await utimes(join(folder, name), 1_000, 1_000);
    const before = Date.now() - 60_000;
    expect((await store.removeLeftovers({ before, dryRun: true })).map(({ key, bytes: size }) => [key, size]).sort()).toEqual([['.tmp-old', 4], ['a/.tmp-old', 4]]);
    expect(await readdir(folder)).toContain('.tmp-old');
    expect(await store.removeLeftovers({ before, dryRun: false })).toHaveLength(2);
    expect((await readdir(folder, { recursive: true })).sort()).toEqual(['a', 'a/.tmp-new', 'a/b']);
  });

  it('lets one of several racing processes win', async () => {
    const script = `import { openStore } from ${JSON.stringify(join(process.cwd(), 'infra/store/open-store.ts'))};
      const store = await openStore({ kind: 'dir', path: process.argv[1] });
      const answers = [];
      for (let i = 0; i < 20; i++) answers.push(await store.putIfAbsent('race/' + i, new TextEncoder().encode(process.argv[2])));
      process.stdout.write(JSON.stringify(answers));`;
    const runs = ['1', '2', '3'].map((name) => promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script, folder, name]));
    const answers = (await Promise.all(runs)).map(({ stdout }) => JSON.parse(stdout) as string[]);
    for (let i = 0; i < 20; i++) {
      const winners = answers.flatMap((answer, process) => (answer[i] === 'created' ? [process + 1] : []));
      expect(winners).toHaveLength(1);
      expect(await readFile(join(folder, 'race', String(i)), 'utf8')).toBe(String(winners[0]));
    }
  });

  it('does not follow a link out of its folder', async () => {
    const outside = await mkdtemp(join(tmpdir(), 'penumbra-outside-'));
    await writeFile(join(outside, 'secret'), 's');
    await symlink(outside, join(folder, 'link'));
    await symlink(join(outside, 'secret'), join(folder, 'file'));
    const error = await expectStoreError(store.get('link/secret'), 'invalid-key');
    expect(error.message).toContain('symbolic link');
    await expectStoreError(store.put('link/new', bytes('x')), 'invalid-key');
    await expectStoreError(store.get('file'), 'missing');
    expect(await readdir(outside)).toEqual(['secret']);
    await rm(outside, { recursive: true });
  });

  it('says so when a key runs through another object', async () => {
    await store.put('a', bytes('x'));
    await expectStoreError(store.put('a/b', bytes('y')), 'invalid-key');
    await expectStoreError(store.get('a/b'), 'missing');
    expect(await store.stat('a/b')).toBeNull();
    await store.put('f/g', bytes('y'));
    await expectStoreError(store.get('f'), 'missing');
  });

  it('names the cure when the folder is not writable', async () => {
    // Not even root may create files here.
    const locked = await openStore({ kind: 'dir', path: '/sys/kernel' });
    const error = await expectStoreError(locked.put('penumbra-test', bytes('x')), 'denied');
    expect(error.message).toContain('store.path');
  });

  it('says full when there is no room, and leaves nothing', async () => {
    // A limit on the size of files (8 KiB) stands for a full disk: Node ignores the signal, so the write fails with EFBIG.
    const script = `import { openStore } from ${JSON.stringify(join(process.cwd(), 'infra/store/open-store.ts'))};
      const store = await openStore({ kind: 'dir', path: process.argv[1] });
      const error = await store.put('a', new Uint8Array(100_000)).catch((reason) => reason);
      process.stdout.write(JSON.stringify({ code: error.code, message: error.message }));`;
    const { stdout } = await promisify(execFile)('bash', ['-c', 'ulimit -f 8; exec "$0" --input-type=module --eval "$1" "$2"', process.execPath, script, folder]);
    expect(JSON.parse(stdout)).toMatchObject({ code: 'full', message: expect.stringContaining('penumbra gc') as string });
    expect(await readdir(folder)).toEqual([]);
  });
});
