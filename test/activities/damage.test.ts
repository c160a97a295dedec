import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getArtifact, putArtifact, readManifest, sha256 } from '../../activities/artifacts.ts';
import { findSealed, seal, unseal } from '../../activities/sealed-manifest.ts';
import { stageCheckpoints } from '../../activities/stage-checkpoints.ts';
import { STAGES, type ArtifactRef } from '../../activities/types.ts';
import { openStore } from '../../infra/store/open-store.ts';
import { openS3Store } from '../../infra/store/s3-store.ts';
import type { Store } from '../../infra/store/store.ts';
import { startS3Stub, type S3Stub } from '../faults/s3-stub.ts';
import { MemoryStore } from './memory-store.ts';
import { csvOf, runAudit, type AuditRun } from './run-audit.ts';

const people = csvOf(['age', 'sex', 'work', 'hired'], 160, (i) => [20 + (i * 7) % 45, i % 3 === 0 ? 'F' : 'M', ['office', 'field'][i % 2]!, (i * 11) % 5 < 2 ? 'yes' : 'no']);
const config = 'data: { path: data.csv, label: hired, positive: "yes", protected: [sex] }\n';
const trial = { data: people, config };

/** Turns one bit of the byte in the middle. */
async function flip(store: Store, key: string): Promise<void> {
  const bytes = await store.get(key), middle = bytes.length >>> 1;
  bytes[middle] = bytes[middle]! ^ 1;
  await store.put(key, bytes);
}

let folder: string, stub: S3Stub;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'penumbra-damage-'));
  stub = await startS3Stub();
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await stub.stop();
});

const environment = { AWS_ACCESS_KEY_ID: 'key-of-test', AWS_SECRET_ACCESS_KEY: 'secret-of-test' };
const adapters: readonly (readonly [string, () => Promise<Store>])[] = [
  ['directory', () => openStore({ kind: 'dir', path: folder })],
  ['S3', () => openS3Store({ kind: 's3', endpoint: stub.endpoint, bucket: 'audits' }, { environment })],
];

describe.each(adapters)('damage in a %s store', (_name, open) => {
  let store: Store, first: AuditRun;
  beforeAll(async () => {
    store = await open();
    first = await runAudit({ ...trial, store });
  }, 240_000);

  it('is found in every kind of artifact and in every manifest, and named with the hashes expected and found', async () => {
    for (const stage of STAGES) {
      const ref = first.made[stage]![0]!, kept = await store.get(ref.key);
      for (const [kind, [object]] of Object.entries((await readManifest(store, ref)).artifacts)) {
        const whole = await store.get(object!.key), warnings: string[] = [];
        await flip(store, object!.key);
        const found = sha256(await store.get(object!.key));
        await expect(getArtifact(store, object!), `${stage} ${kind}`).rejects.toMatchObject({ code: 'corrupt', message: expect.stringContaining(`sha256 is ${found}, expected ${object!.sha256}`) as string });
        expect(await findSealed(store, ref.key, (line) => warnings.push(line)), `${stage} ${kind}`).toBeNull();
        expect(warnings).toEqual([expect.stringContaining(object!.key)]);
        expect(await store.stat(ref.key)).toBeNull();
        await store.put(object!.key, whole);
        await store.put(ref.key, kept);
      }
      await flip(store, ref.key);
      expect(await findSealed(store, ref.key, () => {}), `${stage} manifest`).toBeNull();
      await store.put(ref.key, kept);
      expect(await findSealed(store, ref.key, () => {})).toEqual(ref);
    }
  }, 240_000);

  it.each([0, 1])('is computed anew in every second stage, from stage %i, to the same manifests and bytes', async (start) => {
    const damaged = STAGES.filter((_, i) => i % 2 === start), objects: ArtifactRef[] = [], warnings: string[] = [];
    for (const stage of damaged) objects.push(...Object.values((await readManifest(store, first.made[stage]![0]!)).artifacts).flat());
    for (const key of new Set(objects.map((object) => object.key))) await flip(store, key);
    const again = await runAudit({ ...trial, store, warn: (line) => warnings.push(line) });
    expect(again.made).toEqual(first.made);
    expect(again.files).toEqual(first.files);
    // Two stages may name one object.
    expect(warnings.length).toBeGreaterThanOrEqual(damaged.length);
    for (const object of objects) await getArtifact(store, object);
  }, 240_000);

  it('heals where manifests are flipped and objects are gone, all at once', async () => {
    for await (const { key } of store.list('')) {
      if (key.startsWith('stages/')) await flip(store, key);
      else if (sha256(key) < '5') await store.remove(key);
    }
    const again = await runAudit({ ...trial, store });
    expect(again.made).toEqual(first.made);
    expect(again.files).toEqual(first.files);
  }, 240_000);
});

describe('a seal', () => {
  it('is whole only over the very text', () => {
    const text = seal({ artifacts: {}, summary: { rows: 3 } });
    expect(unseal(text)).toMatchObject({ summary: { rows: 3 } });
    for (let i = 0; i < text.length; i++) expect(unseal(`${text.slice(0, i)}${String.fromCharCode(text.charCodeAt(i) ^ 1)}${text.slice(i + 1)}`), `byte ${i}`).toBeNull();
    expect(unseal('{"artifacts":{},"summary":{}}')).toBeNull();
    expect(unseal(`${text} `)).toBeNull();
  });
});

describe('checkpoints', () => {
  it('pass over one that is damaged', async () => {
    const store = new MemoryStore(), checkpoints = stageCheckpoints(store, 'id');
    const first = await checkpoints.save(1, new Uint8Array([1, 2, 3])), kept = await store.get(first.key);
    const second = await checkpoints.save(2, new Uint8Array([4, 5, 6]));
    await store.put(first.key, kept);
    expect(await checkpoints.latest()).toEqual({ step: 2, bytes: new Uint8Array([4, 5, 6]) });
    await flip(store, second.key);
    expect(await checkpoints.latest()).toEqual({ step: 1, bytes: new Uint8Array([1, 2, 3]) });
    await store.put(second.key, new Uint8Array(0));
    expect((await checkpoints.latest())?.step).toBe(1);
  });
});

describe('an object that is stored once more', () => {
  it('holds its true bytes again', async () => {
    const store = new MemoryStore(), ref = await putArtifact(store, new Uint8Array([7, 8, 9]));
    await flip(store, ref.key);
    await putArtifact(store, new Uint8Array([7, 8, 9]));
    expect(await getArtifact(store, ref)).toEqual(new Uint8Array([7, 8, 9]));
  });

  it('is not given out damaged because of one bad reading', async () => {
    const store = new MemoryStore(), ref = await putArtifact(store, new Uint8Array([7, 8, 9]));
    let readings = 0;
    const once = Object.assign(Object.create(store) as Store, { get: async (key: string) => (readings++ === 0 ? new Uint8Array([7, 8]) : store.get(key)) });
    expect(await getArtifact(once, ref)).toEqual(new Uint8Array([7, 8, 9]));
  });
});
