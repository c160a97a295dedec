import { describe, expect, it } from 'vitest';
import { artifactOf, getJson, putJson, readManifest } from '../../activities/artifacts.ts';
import { dividedStage } from '../../activities/divided-stage.ts';
import { runStage } from '../../activities/run-stage.ts';
import type { Stage } from '../../activities/stage.ts';
import type { ArtifactRef, StageCommit, StageInput, StageOutcome, StageTasks } from '../../activities/types.ts';
import { MemoryStore } from './memory-store.ts';

/** Gives one number. */
const producer: Stage = { name: 'ingest', version: 1, run: async (_, { store }) => ({ artifacts: { number: [await putJson(store, 12_345)] }, summary: {} }) };

/** Reads that number in each of two tasks, and adds what they gave. */
const reader: Stage = dividedStage({ name: 'encode', version: 1 }, {
  tasks: async () => [0, 1],
  async task({ inputs }, task, { store }) {
    const number = await getJson<number>(store, artifactOf(await readManifest(store, inputs.ingest![0]!), 'number'));
    return { artifacts: { sum: [await putJson(store, { task, sum: number + Number(task) })] }, summary: {} };
  },
  join: async (_, pieces, { store }) => {
    const sums = await Promise.all(pieces.map((piece) => getJson<{ sum: number }>(store, piece.artifacts['sum']![0]!)));
    return { artifacts: { total: [await putJson(store, sums.reduce((total, { sum }) => total + sum, 0))] }, summary: {} };
  },
}) as Stage;

const run = (stage: Stage, input: StageInput, store: MemoryStore): Promise<StageOutcome> => runStage(stage, input, { store, signal: new AbortController().signal, progress: () => {} });
const nothing: StageInput = { config: {}, inputs: {}, seed: 0 };

async function flip(store: MemoryStore, key: string): Promise<void> {
  const bytes = await store.get(key);
  bytes[0]! ^= 1;
  await store.put(key, bytes);
}

async function begun(): Promise<{ store: MemoryStore; made: ArtifactRef; number: ArtifactRef; request: StageInput }> {
  const store = new MemoryStore(), { manifest: made } = await run(producer, nothing, store) as StageCommit;
  return { store, made, number: artifactOf(await readManifest(store, made), 'number'), request: { ...nothing, inputs: { ingest: [made] } } };
}

describe('an input that was damaged after it was found', () => {
  it.each([['an object turned', true, false], ['an object gone', false, false], ['a manifest turned', true, true], ['a manifest gone', false, true]])('is named with the stage that made it: %s', async (_, turned, inManifest) => {
    const { store, made, number, request } = await begun(), { key } = inManifest ? made : number;
    if (turned) await flip(store, key);
    else await store.remove(key);
    const shares = [undefined, { step: 'task', task: 0 }] as const;
    for (const share of shares) {
      await expect(run(reader, share === undefined ? request : { ...request, share }, store)).rejects.toMatchObject({ name: 'DamagedInput', code: 'damaged:ingest', message: expect.stringContaining(key) as string });
    }
    expect(await run(producer, nothing, store)).toEqual({ manifest: made, cached: false });
    expect(await run(reader, request, store)).toMatchObject({ cached: false });
  });

  it('is not looked for when a stage fails otherwise', async () => {
    const { store, number, request } = await begun();
    await flip(store, number.key);
    const failing: Stage = { name: 'encode', version: 1, run: () => Promise.reject(new Error('no such column')) };
    await expect(run(failing, request, store)).rejects.toThrow('no such column');
  });
});

describe('a piece that is damaged before it is joined', () => {
  it.each([['its manifest turned', true, true], ['its manifest gone', true, false], ['its object turned', false, true], ['its object gone', false, false]])('is done without, to the same manifest: %s', async (_, inManifest, turned) => {
    const { store, request } = await begun(), { tasks } = await run(reader, { ...request, share: { step: 'divide' } }, store) as StageTasks, pieces: ArtifactRef[] = [];
    for (const task of tasks) pieces.push((await run(reader, { ...request, share: { step: 'task', task } }, store) as StageCommit).manifest);
    const { key } = inManifest ? pieces[1]! : artifactOf(await readManifest(store, pieces[1]!), 'sum');
    if (turned) await flip(store, key);
    else await store.remove(key);
    const joined = await run(reader, { ...request, share: { step: 'join', pieces } }, store), { store: calm } = await begun();
    expect(joined).toEqual(await run(reader, request, calm));
  });
});
