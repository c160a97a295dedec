import { ApplicationFailure } from '@temporalio/activity';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { STAGES, type StageName } from '../../activities/types.ts';
import { fakeResult, startFixture, type Call, type FakeStage, type FixtureOptions, type WorkflowFixture } from './audit-fixture.ts';

let fixture: WorkflowFixture;
afterEach(() => fixture.stop());

/** An audit of three seeds, run to its end. */
async function audit(stage: FakeStage, options?: FixtureOptions): Promise<WorkflowFixture> {
  fixture = await startFixture({ address: inject('temporalAddress'), bundle: inject('workflowBundle') }, stage, options);
  await (await fixture.start(fixture.input())).result();
  return fixture;
}

const damaged = (stage: StageName): ApplicationFailure => ApplicationFailure.nonRetryable(`objects/${stage} is damaged`, 'DamagedInput', { stage });
/** What stages were asked for, a seed of the networks apart from the others. */
const asked = ({ calls }: WorkflowFixture, wanted: StageName): number[] => calls.filter(({ stage }) => stage === wanted).map(({ input }) => input.seed);

/** Results that readers find damaged until the stage that made them is asked again. */
function damage(...pairs: readonly (readonly [reader: StageName, producer: StageName])[]): FakeStage {
  const broken = new Set(pairs.map(([, producer]) => producer)), made = new Map<string, number>();
  return async (call: Call) => {
    const { stage, input: { seed } } = call, key = `${stage}-${seed}`;
    made.set(key, (made.get(key) ?? 0) + 1);
    if (made.get(key)! > 1) broken.delete(stage);
    const found = pairs.find(([reader, producer]) => reader === stage && broken.has(producer));
    if (found !== undefined) throw damaged(found[1]);
    return fakeResult(call);
  };
}

describe('damage that a reader finds', () => {
  it.each<[StageName, StageName, number]>([['train', 'encode', 1], ['fairness', 'ingest', 1], ['outliers', 'density', 1], ['report', 'slices', 1], ['perturb', 'train', 3], ['outliers', 'latents', 3]])(
    'by %s in what %s made is mended: asked again, and the reader after it', async (reader, producer, seeds) => {
      const ended = await audit(damage([reader, producer]));
      expect(ended.records).toHaveLength(1);
      expect(ended.records[0]).toMatchObject({ state: 'completed', failure: null });
      expect(ended.records[0]!.stages.map(({ name, state }) => [name, state])).toEqual(STAGES.map((name) => [name, 'completed']));
      expect(asked(ended, producer).length).toBeGreaterThanOrEqual(seeds === 1 ? 2 : 4);
      expect(asked(ended, reader).length).toBeGreaterThanOrEqual(2);
      const untouched = STAGES.filter((name) => name !== reader && name !== producer && name !== 'train' && name !== 'latents');
      for (const name of untouched) expect(asked(ended, name), name).toHaveLength(1);
    });

  it('is mended from the bottom where what it was made from is damaged as well, and by one seed in what it made itself', async () => {
    const ended = await audit(damage(['perturb', 'fairness'], ['fairness', 'encode'], ['encode', 'ingest'], ['latents', 'train']));
    expect(ended.records[0]).toMatchObject({ state: 'completed', failure: null });
    expect(asked(ended, 'ingest')).toHaveLength(2);
  });

  it('by whoever publishes the report is mended as well', async () => {
    let finished = 0;
    const ended = await audit(async (call) => fakeResult(call), { onFinish: () => { if (finished++ === 0) throw damaged('report'); } });
    expect(ended.records).toHaveLength(1);
    expect(ended.records[0]).toMatchObject({ state: 'completed', failure: null });
    expect(asked(ended, 'report')).toHaveLength(2);
  });

  it('ends the audit where it comes back each time, naming the object and who reads it', async () => {
    const ended = audit(async (call) => {
      if (call.stage === 'fairness') throw damaged('encode');
      return fakeResult(call);
    });
    await expect(ended).rejects.toThrow('Workflow execution failed');
    expect(fixture.records[0]).toMatchObject({ state: 'failed', failure: { kind: 'infrastructure', stage: 'fairness', message: 'objects/encode is damaged' } });
    expect(asked(fixture, 'encode').length).toBeLessThan(40);
  });

  it('ends the audit where other bytes come of it', async () => {
    let encoded = 0;
    const ended = audit(async (call) => {
      if (call.stage === 'encode') return { ...fakeResult(call), manifest: { key: 'stages/encode', sha256: `${++encoded}`, bytes: 1 } };
      if (call.stage === 'fairness') throw damaged('encode');
      return fakeResult(call);
    });
    await expect(ended).rejects.toThrow('Workflow execution failed');
    expect(fixture.records[0]!.failure!.message).toContain('other bytes');
  });

  it('does not wait for itself where networks are damaged over and over', async () => {
    const ended = audit(async (call) => {
      if (call.stage === 'latents' && fixture.calls.some(({ stage }) => stage === 'perturb')) throw damaged('train');
      if (call.stage === 'perturb') throw damaged('train');
      return fakeResult(call);
    });
    await expect(ended).rejects.toThrow('Workflow execution failed');
    expect(fixture.records[0]).toMatchObject({ state: 'failed' });
  });
});
