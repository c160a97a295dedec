import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../infra/temporal/dev-server.ts';
import { CommandLine } from './command-line.ts';
import { applicants, table } from '../infra/schedule/night-fixture.ts';

const CONFIG = 'name: nightly\ndata: { path: data.csv, id: id, label: hired, positive: "yes", protected: [sex] }\nmodel: { epochs: 1, seeds: 1, latent: 2, hidden: 8, reference: none }\n';
const FIRST = applicants({ seed: 1, rows: 900 }), MORE = [...FIRST, ...applicants({ seed: 2, rows: 500, first: 900 })];

interface Shown { readonly paused: boolean; readonly note: string | null; readonly next: readonly string[]; readonly nights: readonly { readonly outcome: string; readonly audit: string; readonly rows: { readonly added: number } | null; readonly comparisons: readonly { readonly with: string; readonly audit: string; readonly summary: string }[] }[]; readonly open: object }

let cli: CommandLine, serve: ReturnType<CommandLine['start']>;
beforeAll(async () => {
  cli = await CommandLine.create();
  await writeFile(join(cli.folder, 'data.csv'), table(FIRST));
  await writeFile(join(cli.folder, 'audit.yaml'), CONFIG);
});
afterAll(async () => {
  if (serve !== undefined && serve.child.exitCode === null) {
    serve.child.kill('SIGTERM');
    await once(serve.child, 'close');
  }
  await cli.remove();
});

async function show(): Promise<Shown> {
  return (await cli.run('schedule', 'show', 'nightly', '--json')).json as unknown as Shown;
}

/** Nights that brought something; repeats of the same data are not waited for. */
async function goodNights(count: number): Promise<Shown['nights']> {
  for (const deadline = performance.now() + 200_000; performance.now() < deadline; await sleep(2_000)) {
    const good = (await show()).nights.filter(({ outcome }) => outcome === 'good');
    if (good.length >= count) return good;
  }
  throw new Error(`no ${count} good nights: ${JSON.stringify(await show())}`);
}

describe('a schedule of seconds', () => {
  it('without a service that stays is wrong use, with the cure', async () => {
    const { code, stderr } = await cli.run('schedule', 'create', 'audit.yaml', '--every', '10s');
    expect(code).toBe(2);
    expect(stderr).toMatch(/need a Temporal service that stays: start one for this store with .*serve/);
  });

  it('with serve running makes an audit at the next tick, and a second one that compares with it', async () => {
    serve = cli.start('serve', '--store-kind', 'dir', '--port', String(await freePort()), '--json');
    while (!serve.output().includes('"serving"')) await sleep(200);
    const made = await cli.run('schedule', 'create', 'audit.yaml', '--every', '10s', '--baseline-nights', '2', '--json');
    expect(made).toMatchObject({ code: 0, json: { name: 'nightly', version: expect.stringMatching(/^[0-9a-f]{64}$/) } });
    const [first] = await goodNights(1);
    expect(first).toMatchObject({ comparisons: [], rows: { added: 900 } });
    await writeFile(join(cli.folder, 'data.csv'), table(MORE));
    const [, second] = await goodNights(2);
    expect(second).toMatchObject({ rows: { added: 500 }, comparisons: [{ with: 'last', audit: first!.audit }] });
    expect(second!.comparisons[0]!.summary).toContain('(900 rows) → nightly (1400 rows)');
    const out = join(cli.folder, 'penumbra-out/nightly'), compared = readdirSync(out).find((name) => readdirSync(out).includes(name) && /^\d{8}T/.test(name) && readdirSync(join(out, name)).includes('compare-last'))!;
    expect(readdirSync(join(out, compared, 'compare-last')).sort()).toEqual(['charts', 'compare.html', 'compare.json']);
    expect(readFileSync(join(out, 'junit.xml'), 'utf8')).toContain('failures="0"');
    const again = await cli.run('compare', first!.audit, second!.audit, '--json');
    expect([0, 1]).toContain(again.code);
    expect(again.json).toMatchObject({ rows: { shared: 900, added: 500 }, page: expect.stringMatching(/compare\.html$/) });
    expect(again.json['changes'] === 0).toBe(again.code === 0);
    const unknown = await cli.run('compare', first!.audit, 'nobody');
    expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('the store knows no audit nobody') });
    // The ledger and the store are enough to write the night's files anywhere.
    const { night } = second! as unknown as { readonly night: string }, stamp = night.replaceAll(/[-:]/g, '').replace('.000Z', 'Z');
    expect((await cli.run('schedule', 'show', 'nightly', '--night', night, '--out', 'elsewhere', '--json')).json).toMatchObject({ nights: [{ night, outcome: 'good' }], out: join(cli.folder, 'elsewhere') });
    for (const file of ['compare-last/compare.html', 'compare-last/compare.json', 'report.html', 'manifest.json']) expect(readFileSync(join(cli.folder, 'elsewhere', stamp, file), 'utf8'), file).toBe(readFileSync(join(out, stamp, file), 'utf8'));
    expect(readdirSync(join(cli.folder, 'elsewhere'))).toEqual(expect.arrayContaining(['feed.xml', 'junit.xml', 'last-night.json']));
    expect(await cli.run('schedule', 'show', 'nightly', '--night', '2020-01-01')).toMatchObject({ code: 2, stderr: expect.stringContaining('has no such night') as string });
    const provenance = JSON.parse(readFileSync(join(out, compared, 'provenance.json'), 'utf8')) as { schedule: object };
    expect(provenance.schedule).toMatchObject({ name: 'nightly', version: made.json['version'] });
  });

  it('is paused with a reason, listed, resumed, triggered and deleted', async () => {
    await cli.run('schedule', 'pause', 'nightly', '--reason', 'the data moves house');
    expect((await cli.run('schedule', 'list', '--json')).json).toMatchObject({ schedules: [{ name: 'nightly', paused: true, note: 'the data moves house' }] });
    expect(await show()).toMatchObject({ paused: true, note: 'the data moves house', open: {} });
    expect((await cli.run('schedule', 'trigger', 'nightly')).code).toBe(0);
    expect((await cli.run('schedule', 'resume', 'nightly')).code).toBe(0);
    expect((await show()).paused).toBe(false);
    expect((await cli.run('schedule', 'create', 'audit.yaml', '--every', '1d')).stderr).toContain('there is a schedule nightly already');
    expect((await cli.run('schedule', 'delete', 'nightly')).code).toBe(0);
    const { code, stderr } = await cli.run('schedule', 'show', 'nightly');
    expect(code).toBe(2);
    expect(stderr).toContain('there is no schedule nightly');
  });
});
