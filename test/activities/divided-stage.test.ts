import { describe, expect, it } from 'vitest';
import { putJson } from '../../activities/artifacts.ts';
import { dividedStage, ranges } from '../../activities/divided-stage.ts';
import { runStage } from '../../activities/run-stage.ts';
import { loadStage } from '../../activities/stage-table.ts';
import type { Stage, StageContext } from '../../activities/stage.ts';
import type { ArtifactRef, Json, StageCommit, StageInput, StageOutcome, StageTasks } from '../../activities/types.ts';
import { STAGES } from '../../activities/types.ts';
import { TASK_NEEDS } from '../../workflows/stage-needs.ts';
import { MemoryStore } from './memory-store.ts';

/** Squares of 0 … count − 1, each task a range of them. */
function squares(size: number, calls: Json[] = []): Stage<{ count: number }> {
  return dividedStage<{ count: number }>({ name: 'encode', version: 1 }, {
    tasks: async ({ config }) => ranges(config.count, size).map(([first, last]) => ({ first, last })),
    async task(_, task, context) {
      calls.push(task);
      const { first, last } = task as { first: number; last: number };
      context.progress({ fraction: 1 });
      return { artifacts: { part: [await putJson(context.store, Array.from({ length: last - first }, (_, i) => (first + i) ** 2))] }, summary: { size: last - first } };
    },
    join: async (_, pieces) => ({
      artifacts: { part: pieces.flatMap((piece) => piece.artifacts['part']!) }, summary: { size: pieces.reduce((sum, piece) => sum + Number(piece.summary['size']), 0) },
    }),
  });
}

const input = (count: number): StageInput<{ count: number }> => ({ config: { count }, inputs: {}, seed: 0 });
const services = (store: MemoryStore, progress: StageContext['progress'] = () => {}): Omit<StageContext, 'checkpoints'> => ({ store, signal: new AbortController().signal, progress });
const run = (stage: Stage<never>, request: StageInput, store: MemoryStore): Promise<StageOutcome> => runStage(stage as Stage, request, services(store));

async function shared(stage: Stage<{ count: number }>, request: StageInput, store: MemoryStore, order: (k: number) => number): Promise<ArtifactRef> {
  const { tasks } = await run(stage, { ...request, share: { step: 'divide' } }, store) as StageTasks, pieces: ArtifactRef[] = [];
  for (let k = 0; k < tasks.length; k++) {
    const place = order(k);
    pieces[place] = (await run(stage, { ...request, share: { step: 'task', task: tasks[place]! } }, store) as StageCommit).manifest;
  }
  return (await run(stage, { ...request, share: { step: 'join', pieces } }, store) as StageCommit).manifest;
}

describe('a stage whose work is shared out', () => {
  it('gives the manifest of the undivided one, whatever the order of its tasks, and leaves no piece behind', async () => {
    const whole = new MemoryStore(), forward = new MemoryStore(), backward = new MemoryStore();
    const { manifest } = await run(squares(3), input(10), whole) as StageCommit;
    expect(await shared(squares(3), input(10), forward, (k) => k)).toEqual(manifest);
    expect(await shared(squares(3), input(10), backward, (k) => 3 - k)).toEqual(manifest);
    for (const store of [whole, forward, backward]) for await (const { key } of store.list('pieces/')) expect.unreachable(key);
  });

  it('finds a task that some worker has computed, and a stage that is committed', async () => {
    const store = new MemoryStore(), calls: Json[] = [], stage = squares(3, calls), task = { first: 0, last: 3 };
    const first = await run(stage, { ...input(10), share: { step: 'task', task } }, store) as StageCommit;
    expect(await run(stage, { ...input(10), share: { step: 'task', task } }, store)).toEqual({ ...first, cached: true });
    expect(calls).toHaveLength(1);
    const { manifest } = await run(stage, input(10), store) as StageCommit;
    for (const share of [{ step: 'divide' }, { step: 'task', task }, { step: 'join', pieces: [first.manifest] }] as const) {
      expect(await run(stage, { ...input(10), share }, store)).toEqual({ manifest, cached: true });
    }
  });

  it('computes at once what is one task or none', async () => {
    for (const count of [0, 2]) {
      const outcome = await run(squares(3), { ...input(count), share: { step: 'divide' } }, new MemoryStore());
      expect(outcome).toMatchObject({ cached: false });
    }
  });

  it('whose bytes depend on the machine is joined from pieces of its kind alone, and computed at once beside one of another', async () => {
    const calls: Json[] = [], on = (machine: string): Stage<{ count: number }> => ({ ...squares(3, calls), fingerprint: () => Promise.resolve(machine) });
    for (const other of ['this processor', 'another processor']) {
      const store = new MemoryStore(), whole = new MemoryStore(), { tasks } = await run(on('this processor'), { ...input(10), share: { step: 'divide' } }, store) as StageTasks, pieces: ArtifactRef[] = [];
      for (const [k, task] of tasks.entries()) pieces.push((await run(on(k === 1 ? other : 'this processor'), { ...input(10), share: { step: 'task', task } }, store) as StageCommit).manifest);
      calls.length = 0;
      expect(await run(on('this processor'), { ...input(10), share: { step: 'join', pieces } }, store)).toEqual(await run(on('this processor'), input(10), whole));
      // Those of the whole one at the end; the join's own before them.
      expect(calls).toHaveLength(other === 'this processor' ? 4 : 8);
    }
  });

  it('has tasks that are computed before the inputs that only the join needs, and keeps them for another join', async () => {
    const store = new MemoryStore(), calls: Json[] = [], ref = (key: string): readonly ArtifactRef[] => [{ key, sha256: key, bytes: 1 }];
    const stage: Stage<{ count: number }> = { ...squares(3, calls), division: { ...squares(3, calls).division!, needs: ['ingest'] } };
    const early = { ...input(7), inputs: { ingest: ref('rows') } }, later = (density: string): StageInput<{ count: number }> => ({ ...early, inputs: { ...early.inputs, density: ref(density) } });
    const { tasks } = await run(stage, { ...early, share: { step: 'divide', early: true } }, store) as StageTasks, pieces: ArtifactRef[] = [];
    for (const task of tasks) pieces.push((await run(stage, { ...early, share: { step: 'task', task } }, store) as StageCommit).manifest);
    expect(calls).toEqual(tasks);
    const whole = new MemoryStore();
    for (const density of ['one', 'other']) {
      for (const task of tasks) expect(await run(stage, { ...later(density), share: { step: 'task', task } }, store)).toMatchObject({ cached: true });
      const joined = await run(stage, { ...later(density), share: { step: 'join', pieces } }, store);
      expect(joined).toEqual(await run(stage, later(density), whole));
    }
  });

  it('computes nothing early, be it one task, none, or a stage that cannot be divided', async () => {
    const request = (count: number): StageInput<{ count: number }> => ({ ...input(count), share: { step: 'divide', early: true } }), calls: Json[] = [], { division: _, ...whole } = squares(3, calls);
    expect(await run(squares(3, calls), request(2), new MemoryStore())).toEqual({ tasks: [{ first: 0, last: 2 }] });
    expect(await run(squares(3, calls), request(0), new MemoryStore())).toEqual({ tasks: [] });
    expect(await run(whole, request(2), new MemoryStore())).toEqual({ tasks: [] });
    expect(calls).toEqual([]);
  });

  it('tells the progress of the whole', async () => {
    const seen: number[] = [];
    await runStage(squares(5) as Stage, input(10), services(new MemoryStore(), ({ fraction }) => seen.push(fraction)));
    expect(seen).toEqual([0.5, 1]);
  });

  it('is asked early for tasks by the inputs that its tasks need', async () => {
    const needs = await Promise.all(STAGES.map(async (name) => [name, (await loadStage(name)).division?.needs] as const));
    expect(Object.fromEntries(needs.filter(([, needed]) => needed !== undefined))).toEqual(TASK_NEEDS);
  });

  it('covers a range with ranges', () => {
    expect(ranges(7, 3)).toEqual([[0, 3], [3, 6], [6, 7]]);
    expect(ranges(0, 3)).toEqual([]);
  });
});
