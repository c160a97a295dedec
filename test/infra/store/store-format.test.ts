import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore } from '../../../infra/store/open-store.ts';
import { markStore } from '../../../infra/store/store-format.ts';
import { bytes, expectStoreError } from './store-contract.ts';

let folder: string;
beforeEach(async () => { folder = await mkdtemp(join(tmpdir(), 'penumbra-format-')); });
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('the mark of a store', () => {
  const open = () => openStore({ kind: 'dir', path: folder });

  it('lets those in who write by the same rules', async () => {
    await markStore(await open());
    await markStore(await open());
    expect(await (await open()).stat('penumbra-store.json')).toMatchObject({ bytes: 13 });
  });

  it.each([['{"format":2}', 'format 2'], ['{ "format": 0, "more": true }', 'format 0'], ['{"format', 'cannot read']])('refuses %s in one line with the cure', async (text, words) => {
    await (await open()).put('penumbra-store.json', bytes(text));
    const { message } = await expectStoreError(open(), 'foreign');
    expect(message).toContain(folder);
    expect(message).toContain(words);
    expect(message).toContain('store.path');
    expect(message).not.toContain('\n');
  });
});
