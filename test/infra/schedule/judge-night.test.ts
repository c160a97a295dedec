import { beforeAll, describe, expect, it } from 'vitest';
import type { LedgerEntry } from '../../../activities/nightly-types.ts';
import { removeRecord } from '../../../infra/results/records.ts';
import { acknowledge } from '../../../infra/schedule/acknowledgements.ts';
import { judgeNight } from '../../../infra/schedule/judge-night.ts';
import { brokenLinks, lastEntry, ledgerAudits } from '../../../infra/schedule/ledger.ts';
import { MemoryStore } from '../../activities/memory-store.ts';
import { applicants, Nights, table } from './night-fixture.ts';

const FIRST = applicants({ seed: 1, rows: 900 }), MORE = [...FIRST, ...applicants({ seed: 2, rows: 500, first: 900 })];
const store = new MemoryStore();
let base: Nights;

beforeAll(async () => {
  base = await Nights.create(store);
  await base.audit('first', table(FIRST));
  await base.audit('more', table(MORE));
  await base.audit('half', table(FIRST.slice(0, 450)));
  await base.audit('column-gone', table(MORE.map((line) => line.replace(/,(clerk|smith),/, ',')), 'id,age,sex,hired'));
  await base.audit('new-job', table([...MORE, ...applicants({ seed: 3, rows: 100, first: 1400, job: 'pilot' })]));
  await base.audit('drifted', table([...MORE, ...applicants({ seed: 4, rows: 1500, first: 1400, shift: 12 })]));
  await base.audit('unfair-on', table([...MORE, ...applicants({ seed: 5, rows: 1500, first: 1400, gap: 0.45 }), ...applicants({ seed: 6, rows: 900, first: 2900, gap: 0.45 })]));
  await base.audit('unfair', table([...MORE, ...applicants({ seed: 5, rows: 1500, first: 1400, gap: 0.45 })]));
}, 240_000);

/** A schedule of its own whose two good nights are over. */
async function begun(name: string): Promise<Nights> {
  const nights = await Nights.create(store, { name });
  await nights.judge('first');
  await nights.judge('more');
  return nights;
}

const causes = ({ alarms }: LedgerEntry): string[] => alarms.map(({ cause }) => cause);

describe('a good night', () => {
  it('enters new rows once, compares with the last one and says nothing', async () => {
    const nights = await begun('good'), entry = (await lastEntry(store, 'good'))!;
    expect(entry).toMatchObject({ index: 2, outcome: 'good', lastGood: 'more', baseline: 'more', baselineAudits: ['first', 'more'], goodNights: 2, rows: { all: 1400, added: 500, removed: 0 }, alarms: [], open: {} });
    expect(entry.comparisons.map(({ with: against, audit }) => [against, audit])).toEqual([['last', 'first']]);
    const [[key, gap]] = Object.entries(entry.watch) as [[string, LedgerEntry['watch'][string]]];
    expect(JSON.parse(key).slice(0, 2)).toEqual(['sex', 'base_rate']);
    expect(gap.baseline).not.toBeNull();
    expect(gap.process!.theta0).toBeGreaterThan(Math.abs(gap.baseline!.value));
    expect(await brokenLinks(store, 'good')).toEqual([]);
    expect([...await ledgerAudits(store)]).toEqual(expect.arrayContaining(['first', 'more']));
    expect((await nights.judge('more')).outcome).toBe('nothing-new');
    expect((await lastEntry(store, 'good'))!.watch).toEqual(entry.watch);
  });

  it('is compared with the rows of all nights of the baseline too', async () => {
    const nights = await begun('pooled');
    await base.audit('fresh-a', table(applicants({ seed: 21, rows: 1200, first: 9000 })));
    const third = await nights.judge('fresh-a'), [last, pooled] = third.comparisons;
    expect([last!.with, pooled!.with]).toEqual(['last', 'baseline']);
    expect([last!.summary, pooled!.summary].map((line) => /\((\d+) rows\) →/.exec(line)![1])).toEqual(['1400', '1400']);
    const few = await Nights.create(store, { name: 'pooled-apart' });
    await few.judge('fresh-a');
    await few.judge('more');
    expect((await few.judge('new-job')).comparisons.map(({ summary }) => /\((\d+) rows\) →/.exec(summary)![1])).toEqual(['1400', '2600']);
  });

  it('is entered once, however often and by however many it is judged', async () => {
    const nights = await begun('races'), end = nights.end({ plan: { auditId: 'new-job', outcome: null, sentence: null } }), other = nights.end({ plan: { auditId: 'more', outcome: null, sentence: null } });
    const made = await Promise.all([judgeNight(store, end), judgeNight(store, end), judgeNight(store, other)]);
    expect(made[0]).toEqual(made[1]);
    expect(new Set(made.map(({ index }) => index))).toEqual(new Set([3, 4]));
    expect((await lastEntry(store, 'races'))!.index).toBe(4);
    expect(await brokenLinks(store, 'races')).toEqual([]);
    expect(await judgeNight(store, end)).toEqual(made[0]);
  });

  it('names a link that somebody changed by hand', async () => {
    await begun('tampered');
    const key = 'schedules/tampered/ledger/00000001.json', text = new TextDecoder().decode(await store.get(key));
    await store.put(key, new TextEncoder().encode(text.replace('"goodNights":1', '"goodNights":9')));
    expect(await brokenLinks(store, 'tampered')).toEqual([2]);
  });
});

describe('bad input has a named outcome each', () => {
  const table: readonly (readonly [string, (nights: Nights) => Promise<LedgerEntry>, LedgerEntry['outcome'], RegExp])[] = [
    ['a night without data', (nights) => judgeNight(store, nights.end({ plan: { auditId: null, outcome: 'no-data', sentence: 'no data: /data.csv is not there' } })), 'no-data', /not there/],
    ['data that cannot be read', (nights) => judgeNight(store, nights.end({ plan: { auditId: 'gone', outcome: null, sentence: null }, failure: { kind: 'data', message: 'row 7 has 3 fields' } })), 'bad-data', /row 7/],
    ['a service that failed', (nights) => judgeNight(store, nights.end({ plan: { auditId: 'gone', outcome: null, sentence: null }, failure: { kind: 'infrastructure', message: 'disk full' } })), 'infrastructure-failed', /disk full/],
    ['an audit that left no record', (nights) => nights.judge('never'), 'infrastructure-failed', /no record/],
    ['half the rows', (nights) => nights.judge('half'), 'rows-missing', /450 rows, the last good night had 1400/],
    ['a changed schema', (nights) => nights.judge('column-gone'), 'schema-changed', /column job is gone/],
  ];
  for (const [what, judge, outcome, sentence] of table) {
    it(`${what}: ${outcome}`, async () => {
      const nights = await begun(`bad-${outcome}-${what.length}`), before = (await lastEntry(store, nights.name))!, entry = await judge(nights);
      expect(entry).toMatchObject({ outcome, lastGood: 'more', goodNights: 2 });
      expect(entry.sentence).toMatch(sentence);
      expect(causes(entry)).toEqual([`outcome:${outcome}`]);
      // What such a night holds enters nothing.
      expect(entry.watch).toEqual(before.watch);
      expect(entry.seen).toEqual(before.seen);
      // The same again is told no second time, and a good night ends it.
      const again = await judge(nights);
      expect(causes(again)).toEqual([]);
      expect(Object.keys(again.open)).toEqual([`outcome:${outcome}`]);
      expect((await nights.judge('new-job')).open).not.toHaveProperty(`outcome:${outcome}`);
    });
  }

  it('a new category: told with its rows', async () => {
    const entry = await (await begun('category')).judge('new-job');
    expect(entry).toMatchObject({ outcome: 'good', rows: { added: 100 } });
    expect(causes(entry)).toEqual(['drift:data']);
    expect(entry.alarms[0]!.sentence).toMatch(/job: 100 of 1500 rows have a value that was not there before: pilot/);
    expect(entry.alarms[0]!.command).toContain('compare more new-job');
  });

  it('a baseline and a last good night that were deleted: named, and compared with what is left', async () => {
    const nights = await begun('deleted');
    await nights.audit('deleted-a', table2());
    await nights.judge('deleted-a');
    await nights.audit('deleted-b', table2(1));
    await removeRecord(store, 'deleted-a');
    const entry = await nights.judge('deleted-b');
    expect(causes(entry)).toContain('outcome:last-missing');
    expect(entry.comparisons.map(({ with: against }) => against)).toEqual(['baseline']);
    expect(entry).toMatchObject({ outcome: 'good', lastGood: 'deleted-b' });
  });

  it('a baseline that was deleted: named once, and the night compared with the last one and with what is left of the baseline', async () => {
    const nights = await Nights.create(store, { name: 'no-baseline' });
    for (const [i, id] of ['gone-1', 'gone-2', 'gone-3', 'gone-4'].entries()) await nights.audit(id, table2(i));
    for (const id of ['gone-1', 'gone-2', 'gone-3']) await nights.judge(id);
    await removeRecord(store, 'gone-1');
    const entry = await nights.judge('gone-4'), alarm = entry.alarms.find(({ cause }) => cause === 'outcome:baseline-missing')!;
    expect(entry).toMatchObject({ outcome: 'good', baselineAudits: ['gone-1', 'gone-2'] });
    expect(alarm.sentence).toBe('The baseline cannot be compared with: audit gone-1 is no longer in the store. Tonight\'s audit is compared with what is left.');
    expect(entry.comparisons.map(({ with: against, audit }) => [against, audit])).toEqual([['last', 'gone-3'], ['baseline', 'gone-2']]);
    expect(causes(await nights.judge('gone-4'))).toEqual([]);
  });

  it('a new shape that is accepted is what the next night is compared with', async () => {
    const nights = await begun('accepted'), odd = await nights.judge('column-gone');
    await acknowledge(store, 'accepted', { cause: 'outcome:schema-changed', since: odd.night, accept: true });
    const next = await nights.judge('column-gone');
    expect(next.outcome).toBe('nothing-new');
    expect(next.lastGood).toBe('column-gone');
    expect(next.open).toEqual({});
  });

  it('and stays accepted where the next night fails', async () => {
    const nights = await begun('accepted-late'), odd = await nights.judge('column-gone');
    await acknowledge(store, 'accepted-late', { cause: 'outcome:schema-changed', since: odd.night, accept: true });
    const failed = await judgeNight(store, nights.end({ plan: { auditId: null, outcome: 'no-data', sentence: 'not there' } }));
    expect(failed).toMatchObject({ outcome: 'no-data', lastGood: 'column-gone' });
    expect(await nights.judge('column-gone')).toMatchObject({ outcome: 'nothing-new', lastGood: 'column-gone' });
  });
});

const table2 = (more = 0): string => table([...MORE, ...applicants({ seed: 9, rows: 60 + more, first: 1400 })]);

describe('alarms', () => {
  it('a gap that grew: one alarm with sentence, interval, chart and command; out of the family until it is acknowledged', async () => {
    const nights = await begun('gap'), entry = await nights.judge('unfair');
    const alarm = entry.alarms.find(({ cause }) => cause.startsWith('gap:'))!;
    expect(alarm.sentence).toMatch(/^sex: base rate of \w against \w was −?\d+\.\d points in the baseline and has grown: its size is beyond \d+\.\d points/);
    expect(alarm.interval![0]).toBeLessThan(alarm.interval![1]);
    expect(alarm.chart).toMatch(/^<svg /);
    expect(alarm.command).toBe(`npm run -s penumbra -- schedule show gap --night ${entry.night} --out`);
    expect(entry.watch[alarm.cause.slice(4)]!.alarmed).toBe(entry.night);
    const quiet = await nights.judge('unfair');
    expect(causes(quiet)).toEqual([]);
    expect(quiet.open).toHaveProperty([alarm.cause]);
    await acknowledge(store, 'gap', { cause: alarm.cause, since: entry.night, accept: false });
    const again = await nights.judge('unfair-on');
    expect(again.open[alarm.cause]).toBe(again.night);
    expect(again.alarms.find(({ cause }) => cause === alarm.cause)!.key).not.toBe(alarm.key);
  });

  it('what somebody looked at counts from the next night, whatever that brings', async () => {
    const nights = await begun('acknowledged'), entry = await nights.judge('unfair'), { cause } = entry.alarms.find((alarm) => alarm.cause.startsWith('gap:'))!, key = cause.slice(4);
    await acknowledge(store, 'acknowledged', { cause, since: entry.night, accept: false });
    const quiet = await nights.judge('unfair');
    expect(quiet).toMatchObject({ outcome: 'nothing-new', alarms: [] });
    expect(quiet.open).not.toHaveProperty([cause]);
    expect(quiet.watch[key]).toMatchObject({ alarmed: null, baseline: entry.watch[key]!.baseline, process: { theta0: entry.watch[key]!.process!.theta0 } });
    const again = await nights.judge('unfair-on');
    expect(again.open[cause]).toBe(again.night);
    await acknowledge(store, 'acknowledged', { cause, since: again.night, accept: true });
    const failed = await judgeNight(store, nights.end({ plan: { auditId: null, outcome: 'no-data', sentence: 'not there' } }));
    expect(failed.watch[key]).toMatchObject({ alarmed: null, baseline: null, gathered: [] });
  });

  it('rows taken away enter once: a removal that is not blind to the outcome is a step that alarms, a blind one is none', async () => {
    const favoured = MORE.filter((line) => line.endsWith(',f,yes')), gone = new Set(favoured.slice(0, 190)), blind = MORE.filter((_, i) => i % 7 !== 0);
    await base.audit('blind', table(blind));
    await base.audit('selective', table(MORE.filter((line) => !gone.has(line))));
    const fair = await (await begun('blind')).judge('blind'), foul = await (await begun('foul')).judge('selective');
    expect(fair).toMatchObject({ outcome: 'good', rows: { added: 0, removed: 200 } });
    expect(causes(fair).filter((cause) => cause.startsWith('gap:'))).toEqual([]);
    expect(foul).toMatchObject({ outcome: 'good', rows: { added: 0, removed: 190 } });
    expect(causes(foul).filter((cause) => cause.startsWith('gap:'))).toHaveLength(1);
    const [[, before], [, after]] = [fair, foul].map(({ watch }) => Object.entries(watch)[0]!) as [[string, LedgerEntry['watch'][string]], [string, LedgerEntry['watch'][string]]];
    expect([before, after].map(({ process }) => (process!.above ?? process!.below)!.steps)).toEqual([1, 1]);
  });

  it('drift in the data: one alarm for all columns, and quiet while it lasts', async () => {
    const nights = await begun('drift'), entry = await nights.judge('drifted');
    expect(causes(entry).filter((cause) => cause.startsWith('drift:'))).toEqual(['drift:data']);
    expect(entry.alarms.find(({ cause }) => cause === 'drift:data')!.chart).toContain('age');
  });

  it('a group that came, and one that went: one alarm with the interval of its share and the chart', async () => {
    await base.audit('new-group', table([...MORE.map((line) => line.replace(/,f,/, ',d,')), ...applicants({ seed: 8, rows: 200, first: 1400 }).map((line) => line.replace(/,m,/, ',d,').replace(/,f,/, ',d,'))]));
    const entry = await (await begun('groups')).judge('new-group'), told = entry.alarms.filter(({ cause }) => cause === 'drift:groups'), [alarm] = told;
    expect(told).toHaveLength(1);
    expect(alarm!.sentence).toMatch(/sex: the group f \(\d+ of 1400 rows\) is gone, and 1 more/);
    expect(alarm!.interval![1]).toBeLessThan(-0.4);
    expect(alarm!.interval![0]).toBeLessThan(alarm!.interval![1]);
    expect(alarm!.chart).toContain('sex = f');
    expect(alarm!.command).toContain('compare more new-group');
  });

  it('a week of silence ends with a sign of life', async () => {
    const nights = await begun('alive');
    nights.skip(5);
    const entry = await nights.judge('more');
    expect(entry.alarms.map(({ severity, sentence }) => [severity, sentence])).toEqual([['alive', 'alive: 2 good nights so far, tonight nothing new, nothing to tell.']]);
    expect((await nights.judge('more')).alarms).toEqual([]);
  });
});
