import { randomUUID } from 'node:crypto';
import { Client, Connection, ScheduleOverlapPolicy } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { NativeConnection, Worker } from '@temporalio/worker';
import { afterEach, describe, expect, inject, it } from 'vitest';
import type { NightEnd, NightlyActivities, NightPlan, NightRequest, NightResult } from '../../activities/nightly-types.ts';
import type { AuditRecord } from '../../activities/activities.ts';
import { STAGES, type Json, type StageInput } from '../../activities/types.ts';
import { scheduleSpec } from '../../infra/schedule/schedule-spec.ts';
import { auditConfig, fakeResult } from './audit-fixture.ts';

interface Fixture {
  readonly client: Client;
  readonly queue: string;
  readonly prepared: NightRequest[];
  readonly ended: NightEnd[];
  readonly told: string[];
  stop(): Promise<void>;
}
let fixture: Fixture;
afterEach(() => fixture.stop());

/** Workers of the real workflows with made-up stages and nights. */
async function begin({ plan, fails = 0, refuse }: { readonly plan?: Partial<NightPlan>; readonly fails?: number; readonly refuse?: ApplicationFailure } = {}): Promise<Fixture> {
  const address = inject('temporalAddress'), queue = `night-${randomUUID()}`, connection = await NativeConnection.connect({ address });
  const prepared: NightRequest[] = [], ended: NightEnd[] = [], told: string[] = [];
  let failed = 0;
  const stages = Object.fromEntries(STAGES.map((stage) => [stage, async (input: StageInput) => { if (refuse !== undefined && stage === 'ingest') throw refuse; return fakeResult({ stage, input }); }]));
  const nights: NightlyActivities = {
    prepareNight: async (request) => {
      prepared.push(request);
      const id = `audit-${request.workflowId}`, audit = { id, config: auditConfig(), location: '/d', only: null, out: null, queues: { workflow: queue, cpu: queue, gpu: queue }, code: 'test', searchAttributes: false, provenance: {} };
      return { audit: JSON.parse(JSON.stringify(audit)) as Json, auditId: id, outcome: null, sentence: null, ...plan };
    },
    judgeNight: async (end) => {
      ended.push(end);
      if (failed++ < fails) throw new Error('the store is away');
      return { night: end.night, audit: end.plan.auditId, outcome: end.failure === null ? end.plan.outcome ?? 'good' : 'bad-data', sentence: end.failure?.message ?? '', alarms: 0 };
    },
    tellNight: async ({ night }) => { told.push(night); },
  };
  const finish = async (record: AuditRecord) => ({ verdict: record.report === null ? null : 'pass' as const });
  const worker = await Worker.create({ connection, taskQueue: queue, workflowBundle: { codePath: inject('workflowBundle') }, activities: { ...stages, ...nights, finish } }), done = worker.run();
  const client = new Client({ connection: await Connection.connect({ address }) });
  return (fixture = { client, queue, prepared, ended, told, stop: async () => { worker.shutdown(); await done; await Promise.all([connection.close(), client.connection.close()]); } });
}

const night = ({ client, queue }: Fixture): Promise<NightResult> => client.workflow.execute('nightlyAuditWorkflow', { workflowId: `night-${randomUUID()}`, taskQueue: queue, args: [{ schedule: 's', version: 'v', code: 'c' }] });

describe('nightlyAuditWorkflow', () => {
  it('audits, judges and tells, once each', async () => {
    const { ended, told, prepared } = await begin();
    expect(await night(fixture)).toMatchObject({ outcome: 'good' });
    expect(ended).toHaveLength(1);
    expect(ended[0]).toMatchObject({ schedule: 's', version: 'v', failure: null, plan: { auditId: `audit-${prepared[0]!.workflowId}` } });
    expect(told).toEqual([prepared[0]!.night]);
  });

  it('a night without data is judged without an audit', async () => {
    const { ended, told } = await begin({ plan: { audit: null, auditId: null, outcome: 'no-data', sentence: 'not there' } });
    expect(await night(fixture)).toMatchObject({ outcome: 'no-data', audit: null });
    expect(ended[0]!.plan).toEqual({ auditId: null, outcome: 'no-data', sentence: 'not there' });
    expect(told).toHaveLength(1);
  });

  it('an audit that refuses its data is a night with a name, and is told', async () => {
    const { ended, told } = await begin({ refuse: ApplicationFailure.nonRetryable('row 7 has 3 fields', 'DataError') });
    expect(await night(fixture)).toMatchObject({ outcome: 'bad-data', sentence: 'row 7 has 3 fields' });
    expect(ended[0]!.failure).toEqual({ kind: 'data', message: 'row 7 has 3 fields' });
    expect(told).toHaveLength(1);
  });

  it('a store that is away for a while loses no night', async () => {
    const { ended } = await begin({ fails: 2 });
    expect(await night(fixture)).toMatchObject({ outcome: 'good' });
    expect(ended).toHaveLength(3);
  });

  it('the night is the time that the schedule meant', async () => {
    const { client, queue, ended } = await begin(), scheduleId = `s-${randomUUID()}`;
    const handle = await client.schedule.create({ scheduleId, spec: { intervals: [{ every: '2s' }] }, policies: { overlap: ScheduleOverlapPolicy.SKIP },
      action: { type: 'startWorkflow', workflowType: 'nightlyAuditWorkflow', workflowId: scheduleId, taskQueue: queue, args: [{ schedule: 's', version: 'v', code: 'c' }] } });
    for (let waited = 0; ended.length < 2 && waited < 60_000; waited += 100) await new Promise((resolve) => { setTimeout(resolve, 100); });
    await handle.delete();
    const nights = ended.map(({ night: each }) => Date.parse(each));
    expect(nights.every((time) => time % 2_000 === 0)).toBe(true);
    expect(new Set(nights).size).toBe(nights.length);
  });
});

describe('clocks of the real service', () => {
  it('02:30 in Berlin is passed over on the day that it does not come, and made up for at 03:30; where it comes twice it is not lost', async () => {
    const { client, queue } = await begin();
    const timesFrom = async (startAt: string, now: string): Promise<readonly string[]> => {
      const { spec } = scheduleSpec({ cron: '30 2 * * *', every: null, timeZone: 'Europe/Berlin' }, Date.parse(now));
      const handle = await client.schedule.create({ scheduleId: `clock-${randomUUID()}`, spec: { ...spec, startAt: new Date(startAt) }, action: { type: 'startWorkflow', workflowType: 'nightlyAuditWorkflow', taskQueue: queue, args: [] } });
      const { info } = await handle.describe();
      await handle.delete();
      return info.nextActionTimes.slice(0, 4).map((time) => time.toISOString());
    };
    const year = new Date().getUTCFullYear() + 1, lastSunday = (month: number): number => { const day = new Date(Date.UTC(year, month + 1, 0)); return day.getUTCDate() - day.getUTCDay(); };
    const stamp = (month: number, day: number, time: string): string => `${year}-${String(month + 1).padStart(2, '0')}-${String(day).padStart(2, '0')}T${time}:00.000Z`;
    const spring = lastSunday(2), autumn = lastSunday(9), now = new Date().toISOString();
    expect((await timesFrom(stamp(2, spring - 1, '00:00'), now)).slice(0, 3)).toEqual([stamp(2, spring - 1, '01:30'), stamp(2, spring, '01:30'), stamp(2, spring + 1, '00:30')]);
    // The server runs one of the two, whatever its documentation says; both would do no harm.
    const there = (await timesFrom(stamp(9, autumn - 1, '00:00'), now)).filter((time) => time.startsWith(stamp(9, autumn, '00:00').slice(0, 10)));
    expect([stamp(9, autumn, '00:30'), stamp(9, autumn, '01:30')]).toEqual(expect.arrayContaining([...there]));
    expect(there.length).toBeGreaterThan(0);
  });
});
