import { ApplicationFailure, CancelledFailure, Context } from '@temporalio/activity';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { STAGES } from '../../activities/types.ts';
import type { AuditProgress } from '../../workflows/types.ts';
import { auditConfig, fakeResult, startFixture, type FakeStage, type FixtureOptions, type WorkflowFixture } from './audit-fixture.ts';

let fixture: WorkflowFixture;
const begin = async (stage?: FakeStage, options?: FixtureOptions): Promise<WorkflowFixture> => (fixture = await startFixture({ address: inject('temporalAddress'), bundle: inject('workflowBundle') }, stage, options));
afterEach(() => fixture.stop());

const namesOf = ({ calls }: WorkflowFixture): string[] => calls.map(({ stage }) => stage);

describe('auditWorkflow', () => {
  it('runs every stage once, training once a seed, each after what it needs', async () => {
    const { input, start, calls, records } = await begin();
    const handle = await start(input());
    expect(await handle.result()).toEqual({ verdict: 'pass' });
    const names = namesOf(fixture);
    for (const stage of STAGES) expect(names.filter((name) => name === stage), stage).toHaveLength(stage === 'train' || stage === 'latents' ? 3 : 1);
    const lastOf = (stage: string): number => names.lastIndexOf(stage), firstOf = (stage: string): number => names.indexOf(stage);
    expect(firstOf('encode')).toBeGreaterThan(lastOf('ingest'));
    expect(firstOf('train')).toBeGreaterThan(lastOf('encode'));
    expect(firstOf('outliers')).toBeGreaterThan(Math.max(lastOf('latents'), lastOf('density')));
    expect(lastOf('report')).toBe(names.length - 1);
    expect(calls.filter(({ stage }) => stage === 'train').map(({ input: { seed } }) => seed).sort()).toEqual([0, 1, 2]);
    expect(records).toHaveLength(1);
    expect(records[0]).toMatchObject({ state: 'completed', failure: null });
    expect(records[0]!.stages.map(({ name, state }) => [name, state])).toEqual(STAGES.map((name) => [name, 'completed']));
  });

  it('hands each stage the manifests it reads and no more of the configuration than it depends on', async () => {
    const { input, start, calls } = await begin();
    await (await start(input())).result();
    const of = (name: string) => calls.find(({ stage }) => stage === name)!.input;
    expect(Object.keys(of('outliers').inputs).sort()).toEqual(['density', 'encode', 'ingest', 'latents']);
    expect(of('outliers').inputs.latents).toHaveLength(3);
    expect(of('density').inputs.latents).toHaveLength(1);
    expect(Object.keys(of('report').inputs)).toHaveLength(10);
    expect(of('train').config).not.toHaveProperty('model.seeds');
    expect(JSON.stringify(calls.filter(({ stage }) => stage !== 'ingest'))).not.toContain('/data/');
    expect(of('ingest').config).toMatchObject({ data: { path: '/data/people.csv' } });
  });

  it('begins what needs the first seed alone while other seeds train', async () => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => { release = resolve; });
    const { input, start, calls } = await begin(async (call) => {
      if (call.stage === 'density') release();
      if (call.stage === 'train' && call.input.seed === 2) await held;
      return fakeResult(call);
    });
    await (await start(input())).result();
    const names = calls.map(({ stage, input: { seed } }) => `${stage}-${seed}`);
    expect(names.indexOf('density-0')).toBeLessThan(names.indexOf('latents-2'));
    expect(calls.find(({ stage }) => stage === 'density')!.input.inputs.latents).toEqual([fakeResult({ stage: 'latents', input: { config: {}, inputs: {}, seed: 0 } }).manifest]);
  });

  it('computes first what most waits for, where a worker has a choice', async () => {
    const { input, start, calls } = await begin(async (call) => {
      await new Promise((resolve) => { setTimeout(resolve, 150); });
      return call.input.share?.step === 'divide' && call.stage === 'outliers' ? { tasks: [0, 1], seconds: 0 } : fakeResult(call);
    }, { slots: 1, early: true });
    await (await start(input({ config: auditConfig({ model: { seeds: 4 } }) }))).result();
    const names = calls.map(({ stage, input: { share } }) => (share?.step === 'divide' ? stage : `${stage} ${share!.step}`));
    expect(calls.find(({ stage }) => stage === 'train')!.input.seed).toBe(0);
    // What a worker takes while the workflow has not yet asked for what comes next is out of order by one.
    const order = [names.indexOf('train'), names.indexOf('density'), names.lastIndexOf('train'), names.lastIndexOf('outliers task'), names.indexOf('outliers join'), names.lastIndexOf('slices')];
    for (const [i, at] of order.slice(1).entries()) expect(at, names.join(', ')).toBeGreaterThanOrEqual(order[i]! - 1);
  });

  const detectors: FakeStage = async (call) => {
    const { stage, input: { share } } = call;
    if (stage !== 'outliers' || share?.step === 'join') return fakeResult(call);
    return share?.step === 'divide' ? { tasks: ['a', 'b'], seconds: 0.5 } : { ...fakeResult(call), manifest: { key: `pieces/${String(share?.task)}`, sha256: '', bytes: 1 } };
  };

  it('computes tasks that need less than their stage while the rest is computed, and joins them once all is there', async () => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => { release = resolve; });
    const { input, start, calls, records } = await begin(async (call) => {
      const { stage, input: { share } } = call;
      if (stage === 'outliers' && share?.step === 'task' && share.task === 'b') release();
      if (stage === 'train') await held;
      return detectors(call);
    }, { early: true });
    await (await start(input())).result();
    const own = calls.filter(({ stage }) => stage === 'outliers').map(({ input: { share, inputs } }) => [share?.step, Object.keys(inputs).sort().join(' ')]);
    expect(own).toEqual([['divide', 'encode ingest'], ['task', 'encode ingest'], ['task', 'encode ingest'], ['join', 'density encode ingest latents']]);
    expect(calls.find(({ stage, input: { share } }) => stage === 'outliers' && share?.step === 'join')!.input.share).toMatchObject({ pieces: [{ key: 'pieces/a' }, { key: 'pieces/b' }] });
    expect(records[0]!.stages.find(({ name }) => name === 'outliers')).toEqual({ name: 'outliers', state: 'completed', seconds: 2 });
  });

  it('asks for no tasks early where what they need and the network were there already: the stage is likely to be, too', async () => {
    const { input, start, calls } = await begin(async (call) => fakeResult(call, call.stage === 'ingest' || call.stage === 'encode' || call.stage === 'train'), { early: true });
    await (await start(input())).result();
    expect(calls.filter(({ stage }) => stage === 'outliers').map(({ input: { share } }) => share)).toEqual([{ step: 'divide' }]);
  });

  it('fails by the stage whose early task failed', async () => {
    const { input, start, records } = await begin(async (call) => {
      if (call.stage === 'outliers') throw ApplicationFailure.nonRetryable('no such detector', 'DataError');
      return fakeResult(call);
    }, { early: true });
    await expect((await start(input())).result()).rejects.toThrow('Workflow execution failed');
    expect(records[0]).toMatchObject({ state: 'failed', failure: { kind: 'data', stage: 'outliers', message: 'no such detector' } });
  });

  it('sends the networks to the workers that hold a GPU when the configuration says so, and nothing else', async () => {
    const { input, start, calls } = await begin(), request = input({ config: auditConfig({ model: { seeds: 2, device: 'gpu' } }) });
    await (await start(request)).result();
    for (const { stage, queue } of calls) expect(queue, stage).toBe(stage === 'train' || stage === 'latents' ? request.queues.gpu : request.queues.cpu);
  });

  it('shares out the tasks of a divided stage in bounded waves and joins them in their order, a seed\'s as well', async () => {
    let underWay = 0, most = 0;
    const { input, start, calls, records } = await begin(async (call) => {
      const { stage, input: { share, seed } } = call, divided = stage === 'outliers' || stage === 'latents';
      if (!divided) return fakeResult(call);
      if (share?.step === 'divide') return { tasks: Array.from({ length: 40 }, (_, k) => k), seconds: 0.25 };
      if (share?.step !== 'task') return { ...fakeResult(call), seconds: 0.25 };
      most = Math.max(most, ++underWay);
      // Later tasks end first.
      await new Promise((resolve) => setTimeout(resolve, 60 - Number(share.task)));
      underWay--;
      return { manifest: { key: `pieces/${stage}-${seed}-${String(share.task)}`, sha256: ''.padEnd(64, 'a'), bytes: 1 }, cached: false, seconds: 1 };
    });
    await (await start(input())).result();
    const joins = calls.filter(({ input: { share } }) => share?.step === 'join');
    expect(joins.map(({ stage }) => stage).sort()).toEqual(['latents', 'latents', 'latents', 'outliers']);
    for (const { stage, input: { share, seed } } of joins) {
      expect(share).toMatchObject({ pieces: Array.from({ length: 40 }, (_, k) => ({ key: `pieces/${stage}-${seed}-${k}` })) });
    }
    expect(most).toBeGreaterThan(8);
    expect(most).toBeLessThanOrEqual(3 * 24);
    expect(records[0]!.stages.find(({ name }) => name === 'outliers')).toEqual({ name: 'outliers', state: 'completed', seconds: 40.5 });
  });

  it('tells how far it is, and which results were there already', async () => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => { release = resolve; });
    const { input, start } = await begin(async (call) => {
      if (call.stage === 'density') await held;
      return fakeResult(call, call.stage === 'ingest');
    });
    const handle = await start(input());
    let progress: AuditProgress;
    do progress = await handle.query<AuditProgress, []>('progress'); while (progress.stages.find(({ name }) => name === 'density')!.state !== 'running' || progress.stages.find(({ name }) => name === 'latents')!.state !== 'completed');
    expect(Object.fromEntries(progress.stages.map(({ name, state }) => [name, state]))).toMatchObject({
      ingest: 'cached', encode: 'completed', train: 'completed', latents: 'completed', density: 'running', outliers: 'waiting', report: 'waiting',
    });
    expect(progress.children).toHaveLength(3);
    release();
    await handle.result();
  });

  it('computes only what is asked for and what that needs', async () => {
    const { input, start, records } = await begin();
    await (await start(input({ only: ['fairness', 'report'] }))).result();
    expect(namesOf(fixture)).toEqual(['ingest', 'encode', 'fairness', 'report']);
    expect(records[0]!.stages.map(({ name }) => name)).toEqual(['ingest', 'encode', 'fairness', 'report']);
  });

  it('ends at once on a fault of the data, stops what runs beside it and says which stage and why', async () => {
    let stopped = false;
    const { input, start, records } = await begin(async (call) => {
      if (call.stage === 'fairness') throw ApplicationFailure.nonRetryable('column sex has one group', 'DataError');
      if (call.stage !== 'train') return fakeResult(call);
      const pulse = setInterval(() => Context.current().heartbeat(), 100);
      try {
        await Context.current().cancelled;
      } finally {
        clearInterval(pulse);
        stopped = true;
      }
      return fakeResult(call);
    });
    await expect((await start(input())).result()).rejects.toThrow('Workflow execution failed');
    expect(stopped).toBe(true);
    expect(records).toHaveLength(1);
    expect(records[0]).toMatchObject({ state: 'failed', failure: { kind: 'data', stage: 'fairness', message: 'column sex has one group' } });
    expect(records[0]!.stages.find(({ name }) => name === 'fairness')!.state).toBe('failed');
    expect(records[0]!.stages.some(({ state }) => state === 'running')).toBe(false);
  });

  it('tries a stage again that failed for no fault of the data', async () => {
    let attempts = 0;
    const { input, start } = await begin(async (call) => {
      if (call.stage === 'encode' && ++attempts < 2) throw new Error('the store was away');
      return fakeResult(call);
    });
    expect(await (await start(input())).result()).toEqual({ verdict: 'pass' });
    expect(attempts).toBe(2);
  });

  it('is cancelled as a whole, with a record that says so', async () => {
    const { input, start, records } = await begin(async (call) => {
      if (call.stage !== 'train') return fakeResult(call);
      const pulse = setInterval(() => Context.current().heartbeat(), 100);
      await Context.current().cancelled.finally(() => clearInterval(pulse));
      throw new CancelledFailure('cancelled');
    });
    const handle = await start(input({ config: auditConfig({ model: { seeds: 2 } }) }));
    while (!namesOf(fixture).includes('train')) await new Promise((resolve) => { setTimeout(resolve, 20); });
    await handle.cancel();
    await expect(handle.result()).rejects.toThrow('Workflow execution cancelled');
    expect((await handle.describe()).status.name).toBe('CANCELLED');
    expect(records).toEqual([expect.objectContaining({ state: 'cancelled', failure: null })]);
  });

  it('keeps a history of references and configuration alone', async () => {
    const { input, start, client } = await begin();
    const handle = await start(input());
    await handle.result();
    const history = await client.workflow.getHandle(handle.workflowId).fetchHistory();
    const bytes = (history.events ?? []).reduce((sum, event) => sum + JSON.stringify(event).length, 0);
    expect(bytes).toBeLessThan(400_000);
    expect(history.events!.length).toBeLessThan(200);
  });
});
