import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { prepareNight } from '../../../infra/schedule/prepare-night.ts';
import { judgeNight } from '../../../infra/schedule/judge-night.ts';
import { storeSchedule } from '../../../infra/schedule/stored-schedule.ts';
import { readRecord } from '../../../infra/results/records.ts';
import { WATCH_DEFAULTS } from '../../../models/nights/watch.ts';
import { MemoryStore } from '../../activities/memory-store.ts';
import { auditConfig } from '../../workflows/audit-fixture.ts';

const folder = mkdtempSync(join(tmpdir(), 'penumbra-prepare-')), store = new MemoryStore(), NIGHT = '2026-11-22T02:30:00.000Z';
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function prepared(location: string, night = NIGHT, config = auditConfig()) {
  const version = await storeSchedule(store, { name: 's', config, location, embedded: false, out: '/out', watch: WATCH_DEFAULTS, minimumRows: 0.75, webhook: null });
  const request = { schedule: 's', version, code: 'c', night, workflowId: `night-s-${night}` };
  return { request, plan: await prepareNight(store, request) };
}

describe('before a night', () => {
  it('without data it is named, whatever form the lack has', async () => {
    writeFileSync(join(folder, 'empty.csv'), '');
    mkdirSync(join(folder, 'parts'));
    for (const [location, sentence] of [['absent.csv', /absent\.csv is not there/], ['empty.csv', /empty\.csv is empty/], ['parts/*.csv', /parts\/\*\.csv is not there/]] as const) {
      const { plan, request } = await prepared(join(folder, location), `2026-11-${10 + location.length}T02:30:00.000Z`);
      expect(plan).toMatchObject({ audit: null, auditId: null, outcome: 'no-data', sentence: expect.stringMatching(sentence) });
      expect(await judgeNight(store, { ...request, plan, failure: null })).toMatchObject({ outcome: 'no-data', alarms: [{ cause: 'outcome:no-data' }].slice(0, location === 'absent.csv' ? 1 : 0) });
    }
  });

  it('with data it has an audit whose id stays however often this is tried, and a record from the beginning', async () => {
    writeFileSync(join(folder, 'data.csv'), 'a,b\n1,2\n');
    const [{ plan }, again] = [await prepared(join(folder, 'data.csv')), await prepared(join(folder, 'data.csv'))];
    expect(plan.auditId).toMatch(/^20261122-023000-/);
    expect(again.plan.auditId).toBe(plan.auditId);
    expect(await readRecord(store, plan.auditId!)).toMatchObject({ state: 'running', provenance: { schedule: { name: 's', version: again.request.version, night: NIGHT }, out: '/out/20261122T023000Z' } });
    // Workers of another machine write no files there.
    expect(plan.audit).toMatchObject({ out: null });
  });

  it('of several β it has an audit of all of them', async () => {
    writeFileSync(join(folder, 'data.csv'), 'a,b\n1,2\n');
    const { plan } = await prepared(join(folder, 'data.csv'), '2026-11-25T02:30:00.000Z', auditConfig({ model: { beta: [1, 4] } }));
    expect(plan.audit).toMatchObject({ config: { model: { beta: [1, 4] } }, only: null });
  });

  it('that is in the ledger already is not audited again', async () => {
    const { request, plan } = await prepared(join(folder, 'absent.csv'), '2026-11-23T02:30:00.000Z');
    await judgeNight(store, { ...request, plan, failure: null });
    writeFileSync(join(folder, 'absent.csv'), 'a,b\n1,2\n');
    expect((await prepared(join(folder, 'absent.csv'), '2026-11-23T02:30:00.000Z')).plan).toMatchObject({ audit: null, sentence: 'this night is in the ledger already' });
  });

  it('whose configuration is not what its hash names is refused', async () => {
    const { request } = await prepared(join(folder, 'data.csv'), '2026-11-24T02:30:00.000Z'), key = `schedules/s/versions/${request.version}.json`;
    await store.put(key, new TextEncoder().encode(new TextDecoder().decode(await store.get(key)).replace('0.75', '0.25')));
    await expect(prepareNight(store, request)).rejects.toMatchObject({ name: 'DataError', code: 'no-schedule' });
  });
});
