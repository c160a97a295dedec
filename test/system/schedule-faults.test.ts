import { once } from 'node:events';
import { readFileSync, readlinkSync } from 'node:fs';
import { cp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LedgerEntry } from '../../activities/nightly-types.ts';
import { brokenLinks, newestEntries, nightStamp } from '../../infra/schedule/ledger.ts';
import { judgeNight } from '../../infra/schedule/judge-night.ts';
import { openStore } from '../../infra/store/open-store.ts';
import { freePort } from '../../infra/temporal/dev-server.ts';
import { allProcesses } from '../faults/processes.ts';
import { applicants, table } from '../infra/schedule/night-fixture.ts';
import { CommandLine, until } from './command-line.ts';

const CONFIG = 'name: nightly\ndata: { path: data.csv, id: id, label: hired, positive: "yes", protected: [sex] }\nmodel: { epochs: 1, seeds: 1, latent: 2, hidden: 8, reference: none }\n';
const FIRST = applicants({ seed: 1, rows: 900 }), UNFAIR = [...FIRST, ...applicants({ seed: 2, rows: 1500, first: 900, gap: 0.45 })], OTHERS = [...UNFAIR, ...applicants({ seed: 3, rows: 400, first: 2400 }).map((line) => line.replace(/,[mf],/, ',d,'))];

let cli: CommandLine, serve: ReturnType<CommandLine['start']>, hook: Server, port: number;
/** Keys of the alarms that were posted, in order. */
const posted: string[] = [];
const storePath = (): string => join(cli.folder, '.penumbra');
const ledger = async (): Promise<readonly LedgerEntry[]> => newestEntries(await openStore({ kind: 'dir', path: storePath() }), 'nightly', 100);

async function startServe(): Promise<void> {
  serve = cli.start('serve', '--store-kind', 'dir', '--port', String(port), '--json');
  await until(() => serve.output().includes('"serving"'), 'serve');
}

beforeAll(async () => {
  cli = await CommandLine.create();
  port = await freePort();
  hook = createServer((request, response) => { posted.push(String(request.headers['idempotency-key'])); request.resume(); response.writeHead(200).end(); }).listen(0, '127.0.0.1');
  await once(hook, 'listening');
  await writeFile(join(cli.folder, 'audit.yaml'), CONFIG);
  await writeFile(join(cli.folder, 'data.csv'), table(FIRST));
  await startServe();
});
afterAll(async () => {
  serve.child.kill('SIGTERM');
  await serve.ended;
  hook.close();
  await cli.remove();
});

/** The process that judges a night, as soon as there is one. */
async function judge(): Promise<number> {
  let pid: number | undefined;
  await until(() => {
    pid = allProcesses().find(({ pid: each }) => isJudge(each))?.pid;
    return pid !== undefined;
  }, 'a night to be judged');
  return pid!;
}

function isJudge(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('judge-process') && readlinkSync(`/proc/${pid}/cwd`) === cli.folder;
  } catch {
    return false;
  }
}

async function entries(count: number): Promise<readonly LedgerEntry[]> {
  for (const deadline = performance.now() + 150_000; performance.now() < deadline; await sleep(500)) {
    const all = await ledger();
    if (all.length >= count) return all;
  }
  throw new Error(`no ${count} nights`);
}

/** The entry as it is made when nobody disturbs it: in a copy of the store that lacks it. */
async function undisturbed({ index, night, version, audit }: LedgerEntry): Promise<Buffer> {
  const path = join(cli.folder, `copy-${index}`), own = join(path, `schedules/nightly/ledger/${String(index).padStart(8, '0')}.json`);
  await cp(storePath(), path, { recursive: true, filter: (name) => !name.includes('/host') });
  const later = await ledger();
  for (const each of later.filter((entry) => entry.index >= index)) {
    await rm(join(path, `schedules/nightly/ledger/${String(each.index).padStart(8, '0')}.json`));
    await rm(join(path, `schedules/nightly/nights/${nightStamp(each.night)}`));
  }
  await judgeNight(await openStore({ kind: 'dir', path }), { schedule: 'nightly', version, code: 'test', night, workflowId: 'again', plan: { auditId: audit, outcome: null, sentence: null }, failure: null });
  return readFileSync(own);
}
const stored = ({ index }: LedgerEntry): Buffer => readFileSync(join(storePath(), `schedules/nightly/ledger/${String(index).padStart(8, '0')}.json`));

describe('a night whose judge dies', () => {
  it('is judged again by the same worker: one entry, the same bytes, each alarm once', async () => {
    await cli.run('schedule', 'create', 'audit.yaml', '--every', '1d', '--paused', 'begun by hand', '--baseline-nights', '1', '--webhook', `http://127.0.0.1:${(hook.address() as AddressInfo).port}/`);
    await cli.run('schedule', 'trigger', 'nightly');
    expect((await entries(1))[0]).toMatchObject({ outcome: 'good', alarms: [] });
    await writeFile(join(cli.folder, 'data.csv'), table(UNFAIR));
    await cli.run('schedule', 'trigger', 'nightly');
    const pid = await judge();
    process.kill(pid, 'SIGKILL');
    const [, second, ...more] = await entries(2);
    expect(more).toEqual([]);
    expect(second!.alarms.map(({ cause }) => cause)).toEqual(expect.arrayContaining([expect.stringMatching(/^gap:/)]));
    expect((await undisturbed(second!)).equals(stored(second!))).toBe(true);
    await until(() => posted.length >= second!.alarms.length, 'the alarms');
    expect([...posted].sort()).toEqual(second!.alarms.map(({ key }) => key).sort());
  });

  it('with its worker and the Temporal service is judged when they are back', async () => {
    await writeFile(join(cli.folder, 'data.csv'), table(OTHERS));
    await cli.run('schedule', 'trigger', 'nightly');
    await judge();
    serve.child.kill('SIGKILL');
    await serve.ended;
    expect(await ledger()).toHaveLength(2);
    await startServe();
    const all = await entries(3), third = all[2]!;
    expect(all).toHaveLength(3);
    expect(third.alarms.map(({ cause }) => cause)).toContain('drift:groups');
    expect((await undisturbed(third)).equals(stored(third))).toBe(true);
    const keys = all.flatMap(({ alarms }) => alarms.map(({ key }) => key));
    await until(() => posted.length >= keys.length, 'the alarms');
    expect([...posted].sort()).toEqual(keys.sort());
    expect(await brokenLinks(await openStore({ kind: 'dir', path: storePath() }), 'nightly')).toEqual([]);
  });
});

describe('backfill', () => {
  it('runs the nights of a span, one after the other, each under its own time, and none a second time', async () => {
    const day = new Date().toISOString().slice(0, 10), ago = (days: number): string => new Date(Date.parse(`${day}T00:00:00Z`) - days * 86_400_000).toISOString();
    const span = ['--from', ago(3), '--to', ago(1).replace('00:00:00', '12:00:00')];
    expect(await cli.run('schedule', 'backfill', 'nightly', ...span)).toMatchObject({ code: 0, stdout: expect.stringContaining('the nights begin') });
    const made = (await entries(6)).slice(3);
    expect(made.map(({ night, outcome }) => [night, outcome])).toEqual([3, 2, 1].map((days) => [ago(days), 'nothing-new']));
    await cli.run('schedule', 'backfill', 'nightly', ...span);
    // The nights after them are told from these by their time.
    await cli.run('schedule', 'backfill', 'nightly', '--from', ago(5), '--to', ago(4));
    const all = await entries(8);
    expect(all.slice(6).map(({ night }) => night)).toEqual([ago(5), ago(4)]);
    expect(new Set(all.map(({ night }) => night)).size).toBe(all.length);
    expect(posted).toHaveLength(all.flatMap(({ alarms }) => alarms).length);
    const { code, stderr } = await cli.run('schedule', 'backfill', 'nightly', '--from', 'yesterday', '--to', ago(1));
    expect(code).toBe(2);
    expect(stderr).toContain('--from is yesterday: expected a time such as');
  });
});
