import { ApplicationFailure, CancelledFailure, Context } from '@temporalio/activity';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { STAGES, type StageName } from '../../activities/types.ts';
import { auditStatus } from '../../infra/temporal/audit-status.ts';
import type { AuditProgress } from '../../workflows/types.ts';
import { auditConfig, fakeResult, startFixture, type Call, type FakeStage, type FixtureOptions, type WorkflowFixture } from './audit-fixture.ts';

let fixture: WorkflowFixture;
const begin = async (stage?: FakeStage, options?: FixtureOptions): Promise<WorkflowFixture> => (fixture = await startFixture({ address: inject('temporalAddress'), bundle: inject('workflowBundle') }, stage, options));
afterEach(() => fixture.stop());

const betaOf = ({ input: { config } }: Call): number => (config as { model: { beta: number } }).model.beta;
const config = auditConfig({ model: { seeds: 2, beta: [1, 4, 0.5] } });
/** Results of networks by β. */
const ofBeta: FakeStage = async (call) => {
  const result = fakeResult(call);
  return call.stage === 'train' ? { ...result, manifest: { ...result.manifest, key: `stages/train/${betaOf(call)}-${call.input.seed}.json` } } : result;
};
/** A network under way until it is cancelled. */
async function untilCancelled(): Promise<never> {
  const pulse = setInterval(() => Context.current().heartbeat(), 100);
  await Context.current().cancelled.finally(() => clearInterval(pulse));
  throw new CancelledFailure('cancelled');
}
const trainings = ({ calls }: WorkflowFixture): string[] => calls.filter(({ stage }) => stage === 'train').map((call) => `${betaOf(call)} ${call.input.seed}`);

describe('an audit with several β', () => {
  it('trains networks of each, every seed, places rows by those of the first alone, and hands all to the report in order', async () => {
    const { input, start, calls, records } = await begin(ofBeta), request = input({ config });
    const handle = await start(request);
    expect(await handle.result()).toEqual({ verdict: 'pass' });
    expect(trainings(fixture).sort()).toEqual(['0.5 0', '0.5 1', '1 0', '1 1', '4 0', '4 1']);
    for (const stage of STAGES.filter((name) => name !== 'train')) expect(calls.filter((call) => call.stage === stage), stage).toHaveLength(stage === 'latents' ? 2 : 1);
    const reader = (name: StageName) => calls.find(({ stage }) => stage === name)!.input;
    expect(reader('report').inputs.train!.map(({ key }) => key)).toEqual(['1-0', '1-1', '4-0', '4-1', '0.5-0', '0.5-1'].map((name) => `stages/train/${name}.json`));
    expect(reader('report').config).toMatchObject({ betas: [1, 4, 0.5], configJson: { model: { beta: [1, 4, 0.5] } } });
    expect(reader('perturb').inputs.train!.map(({ key }) => key)).toEqual(['stages/train/1-0.json']);
    expect(reader('outliers').inputs.latents).toHaveLength(2);
    const { children, further } = await handle.query<AuditProgress, []>('progress');
    expect(children.map((id) => id.slice(request.id.length)).sort()).toEqual(['-beta-0.5-seed-0', '-beta-0.5-seed-1', '-beta-4-seed-0', '-beta-4-seed-1', '-seed-0', '-seed-1']);
    expect(further).toBe(4);
    expect(records[0]!.stages.find(({ name }) => name === 'train')).toEqual({ name: 'train', state: 'completed', seconds: 3 });
  });

  it('asks its own networks as an audit with that β alone does: each finds what the other left', async () => {
    const { input, start, calls } = await begin(ofBeta);
    for (const beta of [[1, 4], 1, 4]) await (await start(input({ config: auditConfig({ model: { seeds: 1, beta } }) }))).result();
    const [own, further, one, four] = calls.filter(({ stage }) => stage === 'train').sort((a, b) => betaOf(a) - betaOf(b)).map(({ input: asked }) => asked);
    expect([own, four]).toEqual([further, one]);
    const reports = calls.filter(({ stage }) => stage === 'report').map(({ input: asked }) => asked.config);
    expect(reports.map((each) => Object.hasOwn(each as object, 'betas'))).toEqual([true, false, false]);
    for (const stage of ['latents', 'density', 'outliers', 'debias', 'perturb', 'slices'] as const) {
      const [list, number] = calls.filter((call) => call.stage === stage).map(({ input: asked }) => asked);
      expect(list, stage).toEqual(number);
    }
  });

  it('begins its own networks before those of further β, where a worker has a choice, and lets nobody but the report wait for these', async () => {
    const { input, start, calls } = await begin(async (call) => {
      await new Promise((resolve) => { setTimeout(resolve, 150); });
      return ofBeta(call);
    }, { slots: 1 });
    await (await start(input({ config }))).result();
    const names = calls.map((call) => (call.stage === 'train' ? `train ${betaOf(call)}` : call.stage)), lastOwn = names.lastIndexOf('train 1');
    expect(names.find((name) => name.startsWith('train'))).toBe('train 1');
    // What a worker takes while the workflow has not yet asked for what comes next is out of order by one.
    expect(names.filter((name, i) => i < lastOwn && /train (?:4|0.5)/.test(name)).length, names.join(', ')).toBeLessThanOrEqual(1);
    expect(names.indexOf('density'), names.join(', ')).toBeLessThan(names.findLastIndex((name) => /train (?:4|0.5)/.test(name)));
    expect(names.at(-1)).toBe('report');
    expect(calls.filter((call) => call.stage === 'train').map((call) => [betaOf(call) === 1, call.priority]).sort().map(String)).toEqual(['false,4', 'false,4', 'false,4', 'false,4', 'true,1', 'true,2']);
  });

  it('has all but the report done while a network of a further β trains, which the train stage counts', async () => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => { release = resolve; });
    const { input, start, client } = await begin(async (call) => {
      if (call.stage === 'train' && betaOf(call) === 4 && call.input.seed === 1) {
        Context.current().heartbeat({ fraction: 0.5, detail: 'epoch 2/4', epoch: 2 });
        await held;
      }
      return ofBeta(call);
    });
    const handle = await start(input({ config }));
    let progress: AuditProgress;
    const state = (name: StageName): string => progress.stages.find((stage) => stage.name === name)!.state;
    do progress = await handle.query<AuditProgress, []>('progress'); while (['outliers', 'debias', 'slices', 'perturb'].some((name) => state(name as StageName) !== 'completed'));
    expect([state('train'), state('latents'), state('report')]).toEqual(['running', 'completed', 'waiting']);
    let train;
    do train = (await auditStatus(client, handle.workflowId))!.stages.find(({ name }) => name === 'train')!; while (train.detail?.includes('epoch') !== true || train.progress < 0.9);
    expect(train).toMatchObject({ state: 'running', detail: '1 of 6 networks · epoch 2/4' });
    expect(train.progress).toBeCloseTo(5.5 / 6, 9);
    release();
    await handle.result();
  });

  it('fails by a further network as by one of its own, and stops what runs beside it', async () => {
    let stopped = 0;
    const { input, start, records } = await begin(async (call) => {
      if (call.stage === 'train' && betaOf(call) === 4 && call.input.seed === 1) throw ApplicationFailure.nonRetryable('training diverged at step 3', 'DataError');
      if (call.stage === 'train') return untilCancelled().finally(() => { stopped++; });
      return ofBeta(call);
    });
    await expect((await start(input({ config }))).result()).rejects.toThrow('Workflow execution failed');
    expect(records).toHaveLength(1);
    expect(records[0]).toMatchObject({ state: 'failed', failure: { kind: 'data', stage: 'train', message: 'training diverged at step 3' } });
    expect(records[0]!.stages.find(({ name }) => name === 'train')!.state).toBe('failed');
    expect(stopped).toBe(trainings(fixture).length - 1);
  });

  it('fails by a further network when its own are long done', async () => {
    const { input, start, records } = await begin(async (call) => {
      if (call.stage === 'train' && betaOf(call) !== 1) {
        while (!fixture.calls.some(({ stage }) => stage === 'slices')) await new Promise((resolve) => { setTimeout(resolve, 20); });
        throw ApplicationFailure.nonRetryable('training diverged', 'DataError');
      }
      return ofBeta(call);
    });
    await expect((await start(input({ config }))).result()).rejects.toThrow('Workflow execution failed');
    expect(records[0]).toMatchObject({ state: 'failed', failure: { stage: 'train' } });
    expect(fixture.calls.some(({ stage }) => stage === 'report')).toBe(false);
  });

  it('is cancelled with all networks, and leaves none running', async () => {
    let networks = 0;
    const { input, start, records, client } = await begin(async (call) => {
      if (call.stage !== 'train' || betaOf(call) === 1) return ofBeta(call);
      // The first to be cancelled is not the last to let go.
      const patience = 200 * networks++;
      return untilCancelled().finally(() => new Promise((resolve) => { setTimeout(resolve, patience); }));
    });
    const handle = await start(input({ config }));
    while (trainings(fixture).length < 6) await new Promise((resolve) => { setTimeout(resolve, 20); });
    const { children } = await handle.query<AuditProgress, []>('progress');
    await handle.cancel();
    await expect(handle.result()).rejects.toThrow('Workflow execution cancelled');
    expect(records).toEqual([expect.objectContaining({ state: 'cancelled', failure: null })]);
    const ends = await Promise.all(children.map(async (id) => (await client.workflow.getHandle(id).describe()).status.name));
    expect(ends.sort()).toEqual(['CANCELLED', 'CANCELLED', 'CANCELLED', 'CANCELLED', 'COMPLETED', 'COMPLETED']);
  });

  it('has a further network computed again that the report finds damaged', async () => {
    const made: string[] = [];
    const { input, start, records } = await begin(async (call) => {
      if (call.stage === 'train') made.push(`${betaOf(call)} ${call.input.seed}`);
      if (call.stage === 'report' && made.filter((name) => name === '4 0').length < 2) throw ApplicationFailure.nonRetryable('stages/train/4-0.json is damaged', 'DamagedInput', { stage: 'train' });
      return ofBeta(call);
    });
    await (await start(input({ config }))).result();
    expect(records[0]).toMatchObject({ state: 'completed', failure: null });
    expect(made.filter((name) => name === '4 0')).toHaveLength(2);
    expect(fixture.calls.filter(({ stage }) => stage === 'report')).toHaveLength(2);
  });

  it.each<[readonly StageName[], number]>([[['report'], 3], [['train'], 3], [['outliers', 'report'], 3], [['outliers'], 1], [['fairness', 'report'], 0], [['fairness'], 0]])('of which only %j is asked for trains networks of %i of three β', async (only, betas) => {
    const { input, start, records } = await begin(ofBeta);
    await (await start(input({ config: auditConfig({ model: { seeds: 1, beta: [1, 4, 0.5] } }), only }))).result();
    expect(trainings(fixture)).toHaveLength(betas);
    expect(records[0]!.stages.every(({ state }) => state === 'completed')).toBe(true);
  });
});
