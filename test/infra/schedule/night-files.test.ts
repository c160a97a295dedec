import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { removeRecord } from '../../../infra/results/records.ts';
import { judgeNight } from '../../../infra/schedule/judge-night.ts';
import { newestEntries } from '../../../infra/schedule/ledger.ts';
import { writeNight, writeTold } from '../../../infra/schedule/night-files.ts';
import { tellNight } from '../../../infra/schedule/tell-night.ts';
import { MemoryStore } from '../../activities/memory-store.ts';
import { applicants, Nights, table } from './night-fixture.ts';

const store = new MemoryStore(), folder = mkdtempSync(join(tmpdir(), 'penumbra-nights-')), here = join(folder, 'here'), there = join(folder, 'there');
const LINES = applicants({ seed: 1, rows: 700 });
let nights: Nights;

beforeAll(async () => {
  nights = await Nights.create(store, { embedded: true, out: here });
  await nights.audit('a', table(LINES));
  await nights.audit('b', table([...LINES, ...applicants({ seed: 2, rows: 400, first: 700 })]));
  await nights.audit('c', table([...LINES, ...applicants({ seed: 3, rows: 900, first: 1100, gap: 0.5, shift: 12 })]));
  for (const id of ['a', 'b', 'c']) {
    const end = nights.end({ plan: { auditId: id, outcome: null, sentence: null } });
    await judgeNight(store, end);
    await tellNight(store, end, {});
  }
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const filesOf = (root: string): ReadonlyMap<string, string> => new Map(readdirSync(root, { recursive: true, encoding: 'utf8', withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1)).sort().map((name) => [name, readFileSync(join(root, name), 'utf8')]));

describe('files of the nights', () => {
  it('are made again from the store alone, to the byte as the host wrote them when the nights ended', async () => {
    const entries = await newestEntries(store, 'nightly', 9);
    for (const entry of entries) expect(await writeNight(store, 'nightly', entry, there)).toEqual([]);
    await writeTold(store, 'nightly', entries.at(-1)!, there);
    const written = filesOf(here), again = filesOf(there);
    expect([...written.keys()]).toEqual(expect.arrayContaining(['20261102T023000Z/compare-last/compare.html', '20261103T023000Z/compare-last/compare.json', '20261103T023000Z/compare-baseline/compare.html', 'feed.xml', 'junit.xml', 'last-night.json']));
    expect([...written.keys()].some((name) => /^alarms\/[0-9a-f]{16}\.svg$/.test(name))).toBe(true);
    for (const [name, text] of written) expect(again.get(name), name).toBe(text);
    // The audits' own files are the audit's business here: the worker that finishes it writes them.
    expect([...again.keys()].filter((name) => !written.has(name)).every((name) => /^\d{8}T\d{6}Z\/(?!compare)/.test(name))).toBe(true);
    expect(again.get('20261103T023000Z/report.html')).toContain('<html');
  });

  it('say in each channel what an alarm is: sentence, interval, chart, command', () => {
    const files = filesOf(here), { alarms } = JSON.parse(files.get('last-night.json')!) as { alarms: { cause: string; sentence: string; interval: readonly [number, number]; chart: string; command: string }[] };
    expect(alarms.map(({ cause }) => cause)).toEqual(expect.arrayContaining(['drift:data', expect.stringMatching(/^gap:/)]));
    for (const { sentence, interval, chart, command } of alarms) {
      expect(interval).toHaveLength(2);
      expect(files.get(chart)).toMatch(/^<svg /);
      const escaped = sentence.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll("'", '&apos;'), range = `Interval: ${interval.map((value) => Number(value.toPrecision(3))).join(' to ')}`;
      for (const part of [escaped, range, `Chart: ${chart}`, `See it: ${command}`]) expect(files.get('junit.xml')).toContain(part);
      for (const part of [range, command, 'data:image/svg+xml;base64,']) expect(files.get('feed.xml')).toContain(part);
    }
  });

  it('whose audits were removed are named, and the rest is written', async () => {
    const [, , third] = await newestEntries(store, 'nightly', 9), out = join(folder, 'gone');
    await removeRecord(store, 'b');
    expect(await writeNight(store, 'nightly', third!, out)).toEqual(expect.arrayContaining(['audit b is no longer in the store']));
    expect([...filesOf(out).keys()]).toContain('20261103T023000Z/report.html');
  });
});
