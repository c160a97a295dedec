import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AuditRecord } from '../../../activities/activities.ts';
import { putArtifact } from '../../../activities/artifacts.ts';
import { commitSealed } from '../../../activities/sealed-manifest.ts';
import { createFinish } from '../../../infra/results/finish-audit.ts';
import { readRecord, writeRecord } from '../../../infra/results/records.ts';
import type { Store } from '../../../infra/store/store.ts';
import { MemoryStore } from '../../activities/memory-store.ts';
import { bytes } from '../store/store-contract.ts';

let folder: string, store: MemoryStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'penumbra-finish-'));
  store = new MemoryStore();
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** An audit under way whose report holds two files. */
async function audit(id: string, text: string): Promise<AuditRecord> {
  const files = { 'a.json': [await putArtifact(store, bytes(`a of ${text}`))], 'manifest.json': [await putArtifact(store, bytes(`manifest of ${text}`))] };
  const report = await commitSealed(store, `stages/report/${id}.json`, { artifacts: files, summary: { verdict: 'pass' } });
  const record: AuditRecord = { id, name: id, state: 'completed', out: folder, stages: [], report, verdict: null, failure: null, seconds: 1, provenance: {} };
  await writeRecord(store, { ...record, state: 'running' });
  return record;
}

describe('finish', () => {
  it('publishes the files, then writes the record, once', async () => {
    const record = await audit('one', 'one');
    expect(await createFinish(store).finish(record)).toEqual({ verdict: 'pass' });
    expect((await readRecord(store, 'one'))?.state).toBe('completed');
    await rm(join(folder, 'a.json'));
    expect(await createFinish(store).finish(record)).toEqual({ verdict: 'pass' });
    expect(await readdir(folder)).not.toContain('a.json');
  });

  it('says what of a report is damaged, and publishes it once it is whole', async () => {
    const record = await audit('one', 'one'), { key } = await putArtifact(store, bytes('a of one'));
    for (const [damaged, whole] of [[key, await store.get(key)], [record.report!.key, await store.get(record.report!.key)]] as const) {
      await store.put(damaged, bytes('something else'));
      await expect(createFinish(store).finish(record)).rejects.toMatchObject({ type: 'DamagedInput', nonRetryable: true, details: [{ stage: 'report' }], message: expect.stringContaining(damaged) as string });
      expect((await readRecord(store, 'one'))?.state).toBe('running');
      await store.put(damaged, whole);
    }
    expect(await createFinish(store).finish(record)).toEqual({ verdict: 'pass' });
    expect(await readFile(join(folder, 'a.json'), 'utf8')).toBe('a of one');
  });

  it('of a worker that slept while another finished leaves what a later audit has published', async () => {
    const first = await audit('one', 'one'), second = await audit('two', 'two');
    let wake = (): void => {};
    const asleep = new Promise<void>((resolve) => { wake = resolve; });
    let begun = (): void => {};
    const atFile = new Promise<void>((resolve) => { begun = resolve; });
    const sleepy: Store = Object.assign(Object.create(store) as Store, {
      get: async (key: string) => {
        if (key.startsWith('objects/')) {
          begun();
          await asleep;
        }
        return store.get(key);
      },
    });
    const zombie = createFinish(sleepy).finish(first);
    await atFile;
    await createFinish(store).finish(first);
    await createFinish(store).finish(second);
    const kept = await readRecord(store, 'one');
    wake();
    await expect(zombie).rejects.toThrow('finished by another worker');
    expect(await readFile(join(folder, 'a.json'), 'utf8')).toBe('a of two');
    expect(await readFile(join(folder, 'manifest.json'), 'utf8')).toBe('manifest of two');
    expect(await readRecord(store, 'one')).toEqual(kept);
    expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([]);
  });
});
