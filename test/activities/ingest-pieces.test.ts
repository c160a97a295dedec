import { rename, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { DataConfig } from '../../activities/audit-config.ts';
import { runUndivided } from '../../activities/divided-stage.ts';
import { ingest, type IngestConfig, ingestTasks } from '../../activities/ingest.ts';
import { runStage } from '../../activities/run-stage.ts';
import type { Stage } from '../../activities/stage.ts';
import type { ArtifactRef, Json, StageCommit, StageInput, StageOutcome, StageTasks } from '../../activities/types.ts';
import { writeS3Address } from '../../infra/readers/s3-address.ts';
import { randomStream } from '../../models/engine/random.ts';
import { startS3Stub, type S3Stub } from '../faults/s3-stub.ts';
import { temporaryFile } from '../infra/readers/temporary-file.ts';
import { DATA } from './ingest-fixture.ts';
import { MemoryStore, testContext } from './memory-store.ts';

const BYTES_PER_TASK = 1000;
/** Divided from two thousand bytes on. */
const small: Stage<IngestConfig> = { ...ingest, division: { ...ingest.division!, tasks: (input, context) => ingestTasks(input, context, BYTES_PER_TASK) } };

const HEAD = 'id,sex,age,city,income\n';
const people = (count: number, from = 0): string => Array.from({ length: count }, (_, i) => `p${from + i},${i % 3 === 0 ? '"Fe\nmale"' : 'Male'},${i % 7 === 0 ? '' : 20 + (i % 50)},"City, ${i % (1 + i / 20)}",${i % 4}\n`).join('');
const OWN: Partial<DataConfig> = { id: 'id', protected: ['sex'], label: 'income', positive: '1' };

const inputOf = (path: string, data: Partial<DataConfig> = OWN): StageInput<IngestConfig> => ({ config: { data: { ...DATA, ...data, path }, seed: 0 }, inputs: {}, seed: 0 });
const run = (input: StageInput, store: MemoryStore): Promise<StageOutcome> => runStage(small as Stage, input, { store, signal: new AbortController().signal, progress: () => {} });

/** Asks for tasks, has each computed, in any order, by a worker that sees the data at its own path, and joins them. */
async function shared(path: string, store: MemoryStore, { pathOf = () => path, data = OWN, between = () => Promise.resolve() }: { pathOf?: (k: number) => string; data?: Partial<DataConfig>; between?: () => Promise<void> } = {}): Promise<{ tasks: readonly Json[]; manifest: ArtifactRef }> {
  const { tasks } = await run({ ...inputOf(path, data), share: { step: 'divide' } }, store) as StageTasks, pieces: ArtifactRef[] = [], random = randomStream(0, 'order');
  await between();
  for (const [, k] of tasks.map((_, k) => [random.uniform(), k] as const).sort(([a], [b]) => a - b)) {
    pieces[k] = (await run({ ...inputOf(pathOf(k), data), share: { step: 'task', task: JSON.parse(JSON.stringify(tasks[k])) as Json } }, store) as StageCommit).manifest;
  }
  return { tasks, manifest: (await run({ ...inputOf(path, data), share: { step: 'join', pieces } }, store) as StageCommit).manifest };
}

async function undivided(path: string, data = OWN): Promise<ArtifactRef> {
  return (await run(inputOf(path, data), new MemoryStore()) as StageCommit).manifest;
}

const failureOf = (action: Promise<unknown>): Promise<unknown> => action.then(() => null, (error: unknown) => error);

describe('ingest of which the reading is shared out', () => {
  it('gives the manifest of one pass, in any order of tasks, and leaves no piece behind', async () => {
    const path = await temporaryFile(HEAD + people(200)), store = new MemoryStore(), { tasks, manifest } = await shared(path, store);
    expect(tasks.length).toBeGreaterThan(3);
    expect(manifest).toEqual(await undivided(path));
    for await (const { key } of store.list('pieces/')) expect.unreachable(key);
    const context = testContext(new MemoryStore());
    expect(await runUndivided(small.division!, inputOf(path), context)).toEqual(await ingest.run(inputOf(path), context));
  });

  it('names places in the file in its tasks, and nothing that stands there', async () => {
    const { tasks } = await shared(await temporaryFile(HEAD + people(200)), new MemoryStore()), text = JSON.stringify(tasks);
    expect(text).not.toMatch(/male|city|age|income|p1/i);
    expect(text.length / tasks.length).toBeLessThan(500);
  });

  it('is one pass where the data is small', async () => {
    const path = await temporaryFile(HEAD + people(30)), context = testContext(new MemoryStore());
    expect(await ingestTasks(inputOf(path), context, BYTES_PER_TASK)).toEqual([]);
    expect(await ingestTasks(inputOf(await temporaryFile(HEAD + people(20_000))), context)).toEqual([]);
    expect(await run({ ...inputOf(path), share: { step: 'divide' } }, new MemoryStore())).toMatchObject({ cached: false });
  });

  it.each([
    ['a cell too many in the last piece', `${people(200)}q,Male,5,x,1,9\n`, OWN], ['a quote in the middle of a cell', `${people(150)}q,Ma"le,5,x,1\n${people(50, 900)}`, OWN],
    ['a quote that is never closed', `${people(150)}q,"Male,5,x,1\n${people(51, 900)}`, OWN], ['an id in two pieces', people(200) + people(1), OWN],
    ['a word among numbers', `${people(200)}q,Male,old,x,1\n`, { ...OWN, bins: { age: [0, 30, 90] } }], ['bytes that are no text', `${people(150)}q,M\u0000le,5,x,1\n`, OWN],
    ['a column that is not there', people(200), { ...OWN, label: 'incme' }],
  ] as const)('is refused with the words and the place of one pass: %s', async (_, text, data) => {
    const bytes = Buffer.from(HEAD + text), bad = bytes.indexOf(0);
    if (bad >= 0) bytes[bad] = 0xff;
    const path = await temporaryFile(bytes), failure = await failureOf(undivided(path, data));
    expect(failure).toMatchObject({ name: 'DataError' });
    expect(await failureOf(shared(path, new MemoryStore(), { data }))).toEqual(failure);
  });

  it('reads all in one pass where a worker has no such file, or another one', async () => {
    const path = await temporaryFile(HEAD + people(200)), other = await temporaryFile(HEAD + people(200).replace('p150,', 'p15O,'));
    for (const elsewhere of [`${path}.gone`, other]) {
      const store = new MemoryStore();
      expect((await shared(path, store, { pathOf: (k) => (k % 2 === 0 ? path : elsewhere) })).manifest).toEqual(await undivided(path));
    }
  });

  it('takes data that was changed under way as it is at the end, never in part', async () => {
    const path = await temporaryFile(HEAD + people(200)), store = new MemoryStore();
    const { manifest } = await shared(path, store, { between: () => writeFile(path, HEAD + people(200).replaceAll('Male', 'Mann')) });
    expect(manifest).toEqual(await undivided(path));
  });

  it('is tried again where the data is changed while one worker reads it', async () => {
    const path = await temporaryFile(HEAD + people(20)), input = inputOf(path), context = testContext(new MemoryStore());
    const first = await ingest.fingerprint!(input, context.signal);
    await writeFile(`${path}.new`, HEAD + people(21));
    await rename(`${path}.new`, path);
    await expect(ingest.run(input, context)).rejects.toThrow('data.csv was changed while it was read');
    expect(await ingest.fingerprint!(input, context.signal)).not.toBe(first);
    expect(await ingest.run(input, context)).toMatchObject({ summary: { rows: 21 } });
    await ingest.fingerprint!(inputOf(path), context.signal);
  });
});

describe('pieces of an object in a bucket', () => {
  let stub: S3Stub;
  beforeAll(async () => {
    stub = await startS3Stub();
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'reader-key');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'reader-secret');
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await stub.stop();
  });

  it('are fetched alone', async () => {
    const text = HEAD + people(200), path = await temporaryFile(text), location = writeS3Address({ bucket: 'audits', key: 'in.csv', endpoint: stub.endpoint, region: null });
    stub.objects.set('in.csv', Buffer.from(text));
    const { tasks, manifest } = await shared(location, new MemoryStore());
    expect(manifest).toEqual(await undivided(path));
    expect(JSON.stringify(tasks)).not.toContain('reader');
    const gets = stub.requests.filter(({ method }) => method === 'GET').length;
    // One to hash it, two for each piece (its header, and its lines; the first has both in one), one before joining.
    expect(gets).toBe(2 + 2 * tasks.length - 1);
  });
});
