import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AuditRecord } from '../../../activities/activities.ts';
import { getArtifact, putArtifact } from '../../../activities/artifacts.ts';
import { commitSealed } from '../../../activities/sealed-manifest.ts';
import type { ArtifactRef, StageManifest } from '../../../activities/types.ts';
import { collectGarbage, type GarbageOptions } from '../../../infra/results/collect-garbage.ts';
import { listRecords, writeRecord } from '../../../infra/results/records.ts';
import { openStore } from '../../../infra/store/open-store.ts';
import { openS3Store } from '../../../infra/store/s3-store.ts';
import type { Store } from '../../../infra/store/store.ts';
import { startS3Stub } from '../../faults/s3-stub.ts';
import { csvOf, runAudit } from '../../activities/run-audit.ts';
import { bytes, keysOf } from '../store/store-contract.ts';

const DAY = 86_400_000;
let folder: string, store: Store;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'penumbra-gc-'));
  store = await openStore({ kind: 'dir', path: folder });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const collect = (options: Partial<GarbageOptions> = {}) => collectGarbage(store, { olderThanMs: DAY, open: [], keepAudits: null, dryRun: false, ...options });

/** Makes everything in the store as old as ten days. */
async function age(): Promise<void> {
  const then = Date.now() / 1000 - 10 * 86_400;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) if (entry.isFile()) await utimes(join(entry.parentPath, entry.name), then, then);
}

async function commit(name: string, from: readonly ArtifactRef[] = []): Promise<ArtifactRef> {
  const object = await putArtifact(store, bytes(`object of ${name}`));
  const manifest: StageManifest = { stage: 'encode', version: 1, identity: name, inputs: { ingest: from.map(({ key }) => key) }, artifacts: { x: [object] }, summary: {} };
  return commitSealed(store, `stages/encode/${name}.json`, manifest);
}

async function record(id: string, report: ArtifactRef | null, state: AuditRecord['state'] = 'completed'): Promise<void> {
  await writeRecord(store, { id, name: id, state, out: null, stages: [], report, verdict: null, failure: null, seconds: 1, provenance: {} });
}

describe('collectGarbage', () => {
  it('removes old objects that no manifest names, old checkpoints and leftovers, and nothing else', async () => {
    await commit('a');
    const orphan = await putArtifact(store, bytes('orphan'));
    await store.put('checkpoints/id/5', bytes('state'));
    await writeFile(join(folder, 'objects', '.tmp-dead'), 'half');
    await record('one', null);
    const before = (await keysOf(store, '')).filter((key) => key !== orphan.key && !key.startsWith('checkpoints/'));
    await age();
    const young = await putArtifact(store, bytes('young orphan'));
    const would = await collect({ dryRun: true });
    expect(await store.stat(orphan.key)).not.toBeNull();
    const did = await collect();
    expect(did).toMatchObject({ removed: { objects: { count: 1, bytes: 6 }, checkpoints: { count: 1 }, leftovers: { count: 1, bytes: 4 }, stages: { count: 0 }, audits: { count: 0 } }, kept: { count: 2 } });
    expect(would.removed).toEqual(did.removed);
    expect(await keysOf(store, '')).toEqual([...before, young.key].sort());
    expect(await readdir(join(folder, 'objects'))).not.toContain('.tmp-dead');
  });

  it('keeps pieces, and whatever was written since the first open audit began', async () => {
    const old = await putArtifact(store, bytes('old'));
    await commitSealed(store, 'pieces/stage/1.json', { artifacts: { x: [await putArtifact(store, bytes('piece'))] }, summary: {} });
    await age();
    const since = await putArtifact(store, bytes('since'));
    const open = [{ id: 'late', begun: Date.now() + 1e6 }, { id: 'early', begun: Date.now() - 5_000 }];
    const { removed } = await collect({ olderThanMs: 0, open });
    expect(removed).toMatchObject({ objects: { count: 1 }, pieces: { count: 0 } });
    expect([await store.stat(old.key), (await store.stat(since.key))?.bytes]).toEqual([null, 5]);
    expect((await collect({ olderThanMs: -60_000 })).removed).toMatchObject({ pieces: { count: 1 }, objects: { count: 2 } });
  });

  it('keeps the newest audits with everything they rest on, when asked to drop the others', async () => {
    const shared = await commit('shared'), first = await commit('first', [shared]), deep = await commit('deep', [shared]), second = await commit('second', [deep]);
    await record('20260101-a', first);
    await record('20260102-b', second);
    await age();
    await record('20260103-open', null, 'running');
    expect((await collect({ keepAudits: 1, open: [{ id: '20260103-open', begun: Date.now() }] })).removed).toMatchObject({ stages: { count: 0 }, audits: { count: 0 } });
    await store.remove('audits/20260103-open.json');
    const { removed } = await collect({ keepAudits: 1 });
    expect(removed).toMatchObject({ stages: { count: 1 }, audits: { count: 1 }, objects: { count: 1 } });
    expect(await keysOf(store, 'stages/')).toEqual([deep, second, shared].map(({ key }) => key).sort());
    expect((await listRecords(store)).map(({ id }) => id)).toEqual(['20260102-b']);
  });

  it('keeps an audit that a schedule names, however old', async () => {
    const old = await commit('old'), other = await commit('other');
    await record('20260101-baseline', old);
    await record('20260102-other', other);
    await store.put('schedules/nightly/ledger/1.json', bytes('{"baseline":"20260101-baseline"}'));
    await age();
    expect((await collect({ keepAudits: 0 })).removed).toMatchObject({ stages: { count: 1 }, audits: { count: 1 } });
    expect(await keysOf(store, 'stages/')).toEqual([old.key]);
  });

  it('keeps what every audit rests on when none is to be dropped, damaged records or not', async () => {
    const ref = await commit('a');
    await store.put('audits/broken.json', bytes('{"id":'));
    await age();
    await collect();
    expect(await getArtifact(store, ref)).toBeDefined();
    expect((await collect({ keepAudits: 0 })).removed).toMatchObject({ stages: { count: 1 } });
  });

  it('leaves alone what lies beside the prefix of its own store in a bucket', async () => {
    const stub = await startS3Stub(), environment = { AWS_ACCESS_KEY_ID: 'key-of-test', AWS_SECRET_ACCESS_KEY: 'secret-of-test' };
    const mine = await openS3Store({ kind: 's3', endpoint: stub.endpoint, bucket: 'audits', prefix: 'mine' }, { environment });
    for (const key of ['mine/objects/aa/orphan', 'other/objects/aa/orphan', 'objects/aa/orphan', 'mine-too/objects/aa/orphan']) stub.objects.set(key, Buffer.from('old'));
    const kept = await putArtifact(mine, bytes('young'));
    expect((await collectGarbage(mine, { olderThanMs: DAY, open: [], keepAudits: null, dryRun: false })).removed.objects).toEqual({ count: 1, bytes: 3 });
    expect([...stub.objects.keys()].sort()).toEqual([`mine/${kept.key}`, 'mine-too/objects/aa/orphan', 'objects/aa/orphan', 'other/objects/aa/orphan'].sort());
    await stub.stop();
  });

  it('in a loop beside an audit whose every object lies there unreferenced and old, changes nothing of it', async () => {
    const data = csvOf(['age', 'sex', 'hired'], 120, (i) => [20 + (i * 7) % 45, i % 3 === 0 ? 'F' : 'M', (i * 11) % 5 < 2 ? 'yes' : 'no']);
    const trial = { data, config: 'data: { path: data.csv, label: hired, positive: "yes", protected: [sex] }\n', store };
    const first = await runAudit(trial);
    await putArtifact(store, bytes('nobody wants this'));
    for (const key of await keysOf(store, 'stages/')) await store.remove(key);
    await age();
    const ended = new AbortController();
    let rounds = 0, removed = 0;
    const open = [{ id: 'trial', begun: Date.now() }];
    const collecting = (async () => {
      while (!ended.signal.aborted) {
        removed += (await collect({ olderThanMs: 0, open })).removed.objects.count;
        rounds += 1;
        await breathe();
      }
    })();
    const again = await runAudit(trial);
    ended.abort();
    await collecting;
    expect(again.made).toEqual(first.made);
    expect(again.files).toEqual(first.files);
    expect(rounds).toBeGreaterThan(3);
    expect(removed).toBeGreaterThan(3);
  }, 240_000);
});
