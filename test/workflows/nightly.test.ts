import { randomUUID } from 'node:crypto';
import { ScheduleOverlapPolicy } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { afterEach, describe, expect, inject, it } from 'vitest';
import type { NightResult } from '../../activities/nightly-types.ts';
import { scheduleSpec } from '../../infra/schedule/schedule-spec.ts';
import { startNights, type NightFaults, type NightFixture } from './nightly-fixture.ts';

let fixture: NightFixture;
afterEach(() => fixture.stop());
const begin = async (faults?: NightFaults): Promise<NightFixture> => (fixture = await startNights({ address: inject('temporalAddress'), bundle: inject('workflowBundle') }, faults));

const night = ({ client, queue }: NightFixture): Promise<NightResult> => client.workflow.execute('nightlyAuditWorkflow', { workflowId: `night-${randomUUID()}`, taskQueue: queue, args: [{ schedule: 's', version: 'v', code: 'c' }] });

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
