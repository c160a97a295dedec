import { readFileSync, statSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../infra/temporal/dev-server.ts';
import { isRunning } from '../../infra/temporal/is-running.ts';
import { descendants } from '../faults/processes.ts';
import { CommandLine, PEOPLE_CONFIG, until, writePeople } from './command-line.ts';

const NAME = '<img src=x onerror=alert(1)>';
let line: CommandLine, port: number, serving: ReturnType<CommandLine['start']>;
const page = (path: string): string => `http://127.0.0.1:${port}${path}`;
const folder = (): string => join(line.folder, '.penumbra/serve');

beforeAll(async () => {
  line = await CommandLine.create();
  port = await freePort();
  await writePeople(line.folder, 150);
  await writeFile(join(line.folder, 'audit.yaml'), PEOPLE_CONFIG.replace('name: people', `name: "${NAME}"`) + 'backend: wasm\n');
  serving = line.start('serve', '--port', String(port), '--json');
  await until(() => serving.output().includes('serving') || serving.child.exitCode !== null, 'serve to be ready');
}, 180_000);
afterAll(async () => {
  serving.child.kill('SIGTERM');
  await serving.ended;
  await line.remove();
});

/** A request whose Host header is somebody else's, as a page that rebinds its name would send it. */
function statusFor(host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    request({ port, host: '127.0.0.1', path: '/', headers: { host } }, (response) => { response.resume(); resolve(response.statusCode ?? 0); }).on('error', reject).end();
  });
}

describe('serve', () => {
  it('runs audits of its folder on its own S3 store without being told where that is, and shows them', async () => {
    expect(await (await fetch(page('/'))).text()).toContain('No audits');
    const { json, stderr } = await line.run('run', '--json', '--only', 'fairness,report', '--out', 'out');
    expect(json, stderr).toMatchObject({ state: 'completed' });
    const id = json['id'] as string, known = { audits: [{ id, state: 'completed' }] };
    expect((await line.run('status', '--json')).json).toMatchObject(known);
    expect(await line.run('schedule', 'list')).toMatchObject({ code: 0, stdout: expect.stringContaining('no schedules yet') as string });
    // The file for other folders names the same store.
    const text = readFileSync(join(folder(), 'environment.sh'), 'utf8');
    for (const [, name, value] of text.matchAll(/^export (\w+)='(.*)'$/gm)) line.set(name!, value!);
    expect((await line.run('status', '--json')).json).toMatchObject(known);
    const list = await fetch(page('/')), html = await list.text();
    expect(html).toContain(id);
    expect(html).toContain('&lt;img src=x onerror=alert(1)&gt;');
    expect(html).not.toContain('<img');
    expect(list.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/);
    expect(await (await fetch(page(`/audits/${id}`))).text()).toContain('fairness');
    const report = await fetch(page(`/audits/${id}/report`));
    expect(Buffer.from(await report.arrayBuffer()).equals(await readFile(join(line.folder, 'out/report.html')))).toBe(true);
    expect(report.headers.get('content-security-policy')).toContain('sandbox');
    expect(await (await fetch(page('/api/audits'))).json()).toMatchObject({ audits: [{ id, state: 'completed' }] });
  });

  it('shows progress while an audit runs', async () => {
    const run = line.start('run', '--json', '--out', 'long', '--set', 'model.epochs=2000', '--set', 'model.seeds=16', '--seed', '9');
    await until(() => run.output().includes('"started"'), 'the audit to begin');
    expect(await (await fetch(page('/'))).text()).toMatch(/http-equiv="refresh"[\s\S]*<progress/);
    await until(() => run.output().includes('"stage":"train"'), 'training');
    expect(await (await fetch(page('/'))).text()).toContain('<span class="muted">train</span>');
    const { id } = JSON.parse(run.output().split('\n')[0]!) as { id: string };
    await line.run('cancel', id);
    expect((await run.ended).code).toBe(3);
  });

  it('is read only, for this machine, and shows no file that is not a report', async () => {
    expect((await fetch(page('/'), { method: 'POST' })).status).toBe(405);
    expect(await statusFor('evil.example')).toBe(403);
    expect(await statusFor(`localhost:${port}`)).toBe(200);
    for (const path of ['/audits/nobody', '/audits/..%2f..%2fserve%2fcredentials/report', '/credentials.json', '/audits/%2e%2e/report']) expect((await fetch(page(path))).status, path).toBe(404);
  });

  it('keeps its keys where only this user reads them, and in no log', async () => {
    const { secretKey } = JSON.parse(readFileSync(join(folder(), 'credentials.json'), 'utf8')) as { secretKey: string };
    for (const file of ['credentials.json', 'environment.sh', 'identities.json']) expect(statSync(join(folder(), file)).mode & 0o777, file).toBe(0o600);
    expect(serving.output()).not.toContain(secretKey);
    expect(readFileSync(`/proc/${serving.child.pid}/cmdline`, 'utf8')).not.toContain(secretKey);
  });

  it('says in one line that a port is taken, and starts nothing', async () => {
    const second = await line.run('serve', '--port', String(port));
    expect(second).toMatchObject({ code: 3, stdout: '' });
    expect(second.stderr).toContain(`127.0.0.1:${port} is taken`);
    expect(second.stderr.trim().split('\n')).toHaveLength(1);
  });

  it('ends with everything it started', async () => {
    const started = descendants(serving.child.pid!).map(({ pid }) => pid);
    expect(started.length).toBeGreaterThan(3);
    serving.child.kill('SIGTERM');
    const { code, stdout, stderr } = await serving.ended;
    expect(code).toBe(0);
    const { secretKey } = JSON.parse(readFileSync(join(folder(), 'credentials.json'), 'utf8')) as { secretKey: string };
    expect(stdout + stderr).not.toContain(secretKey);
    await until(() => !started.some(isRunning), 'its processes to end');
  });
});
