import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { STAGES } from '../../activities/types.ts';
import { startDevServer } from '../../infra/temporal/dev-server.ts';
import { isRunning } from '../../infra/temporal/is-running.ts';
import { until } from '../system/command-line.ts';
import { startSeaweed, type Seaweed } from '../infra/store/seaweed.ts';
import { createFaultyLine, SMALL_AUDIT, type FaultyLine } from './faulty-line.ts';
import { allProcesses, descendants } from './processes.ts';

/** Minutes in all: `PENUMBRA_FAULTS=all npx vitest run --project system test/faults`. */
const ALL = process.env['PENUMBRA_FAULTS'] === 'all';

let expected: unknown, faulty: FaultyLine;
const seconds = (ms: number): number => ms / 1000;

/** The manifest of an audit that has to complete. */
async function completed(out = 'out'): Promise<unknown> {
  const { json, stderr } = await faulty.line.run('run', '--json', '--out', out);
  expect(json, stderr).toMatchObject({ state: 'completed' });
  return faulty.line.manifest(out);
}

describe.runIf(ALL).each(['in a folder', 'on S3'])('the rows of the kill matrix that take long, its store %s', (kind) => {
  let seaweed: Seaweed | null = null;
  beforeAll(async () => {
    const calm = await createFaultyLine();
    await calm.line.run('run', '--quiet', '--out', 'out');
    expected = calm.line.manifest('out');
    await calm.line.remove();
    if (kind === 'on S3') seaweed = await startSeaweed();
  });
  afterAll(async () => { await seaweed?.stop(); });
  beforeEach(async () => { faulty = await createFaultyLine({}, SMALL_AUDIT, seaweed); });
  afterEach(async () => {
    const pids = [...new Set(faulty.events().map(({ pid }) => pid))];
    await until(() => faulty.line.host() === null && !pids.some(isRunning), 'every process to end');
    await faulty.line.remove();
  });

  it('out of memory in the trainer', async () => {
    faulty.plan('train', { action: 'memory', afterMs: 20 });
    expect(await completed()).toEqual(expected);
    expect(faulty.events().filter(({ action }) => action === 'memory')).toHaveLength(1);
  });

  it.each([86_400_000, -86_400_000])('the clock jumps by %i ms', async (jump) => {
    faulty.line.set('PENUMBRA_FAULTS_CLOCK', String(jump));
    const run = faulty.line.start('run', '--json', '--out', 'out');
    await until(() => faulty.events().some(({ stage }) => stage === 'train'), 'training');
    faulty.moveClocks();
    expect((await run.ended).json).toMatchObject({ state: 'completed' });
    expect(faulty.line.manifest('out')).toEqual(expected);
  });

  it('a stage process is stopped and never wakes', async () => {
    faulty.plan('outliers', { action: 'stop', afterMs: 50 });
    expect(await completed()).toEqual(expected);
    expect(faulty.events().filter(({ action }) => action === 'stop')).toHaveLength(1);
  });

  it('a worker is stopped past its heartbeat timeout and wakes', async () => {
    faulty.plan('train', { action: 'stop-worker', afterMs: 50, wakeAfterMs: 30_000 });
    expect(await completed()).toEqual(expected);
    expect(faulty.events().filter(({ action }) => action === 'stop-worker')).toHaveLength(1);
  });

  it('of two workers one is stopped past its heartbeat timeout: the other finishes, and the one that wakes changes nothing', async () => {
    const server = await startDevServer(), { line } = faulty;
    line.set('TEMPORAL_ADDRESS', server.address);
    const workers = [0, 1].map(() => line.start('worker', '--json', '--slots', '1'));
    try {
      await until(() => workers.every((worker) => worker.output().includes('serving')), 'both to serve');
      faulty.plan('train', { action: 'stop-worker', afterMs: 50, wakeAfterMs: 60_000 });
      expect(await completed()).toEqual(expected);
      const stopped = faulty.events().find(({ action }) => action === 'stop-worker')!.pid, state = (): string | undefined => allProcesses().find(({ pid }) => pid === stopped)?.state;
      const result = await readFile(join(line.folder, 'out/provenance.json'), 'utf8');
      await until(() => state() !== 'T', 'it to wake');
      await sleep(5_000);
      expect(line.manifest('out')).toEqual(expected);
      expect(await readFile(join(line.folder, 'out/provenance.json'), 'utf8')).toBe(result);
      expect((await line.run('verify', 'out')).code).toBe(0);
    } finally {
      for (const { child } of workers) child.kill('SIGTERM');
      const ended = await Promise.all(workers.map((worker) => worker.ended));
      await server.stop();
      expect(ended.map(({ code }) => code)).toEqual([0, 0]);
    }
  });

  it('the Temporal server is killed in the middle', async () => {
    const run = faulty.line.start('run', '--json', '--out', 'out');
    await until(() => faulty.events().some(({ stage }) => stage === 'train'), 'training');
    const server = descendants(faulty.line.host()!.pid).find(({ name }) => name === 'temporal')!;
    process.kill(server.pid, 'SIGKILL');
    expect((await run.ended).json).toMatchObject({ state: 'completed' });
    expect(faulty.line.manifest('out')).toEqual(expected);
    expect(isRunning(server.pid)).toBe(false);
  });

  it('the same audit twice at once: workers race on every stage', async () => {
    const runs = await Promise.all(['one', 'two'].map((out) => faulty.line.run('run', '--json', '--out', out)));
    for (const { json } of runs) expect(json).toMatchObject({ state: 'completed' });
    for (const out of ['one', 'two']) expect(faulty.line.manifest(out)).toEqual(expected);
    expect(faulty.events().filter(({ stage }) => stage === 'ingest')).toHaveLength(2);
  });

  it('detached while its host is about to end: another host takes it up', async () => {
    faulty.line.set('PENUMBRA_HOST_IDLE', '0');
    const { json } = await faulty.line.run('run', '--detach', '--json', '--out', 'out');
    expect(json).toHaveProperty('id');
    await until(() => existsSync(join(faulty.line.folder, 'out/provenance.json')), 'the audit to end');
    expect(faulty.line.manifest('out')).toEqual(expected);
  });

  it('cancelled at each stage: ends in seconds, and the next run goes on', async () => {
    for (const stage of STAGES) {
      // Held there, so that no stage is over before it can be cancelled.
      faulty.plan(stage, { action: 'stop', afterMs: 0 });
      const stops = faulty.events().filter(({ action }) => action === 'stop').length;
      const { json } = await faulty.line.run('run', '--detach', '--json', '--out', 'cancelled');
      await until(() => faulty.events().filter(({ action }) => action === 'stop').length > stops, `the ${stage} stage to be held`);
      const started = performance.now(), cancel = await faulty.line.run('cancel', json['id'] as string, '--json');
      expect(cancel.json['state'], `${stage}: ${cancel.stdout} ${cancel.stderr}`).toBe('cancelled');
      expect(seconds(performance.now() - started), stage).toBeLessThan(30);
    }
    expect(await completed()).toEqual(expected);
  });

  it.runIf(kind === 'in a folder')('the disk is full: fails cleanly, and completes once there is room', async () => {
    const objects = join(faulty.line.folder, '.penumbra/objects');
    mkdirSync(objects, { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', objects]);
    try {
      const { code, stderr } = await faulty.line.run('run', '--json', '--out', 'out');
      expect(code, stderr).toBe(3);
      expect(stderr).toContain('no space left');
      execFileSync('mount', ['-o', 'remount,size=64m', objects]);
      expect(await completed()).toEqual(expected);
    } finally {
      await sleep(100);
      execFileSync('umount', ['-l', objects]);
    }
  });

  it('the database of the Temporal server is damaged: set aside, and a second run completes', async () => {
    expect(await completed()).toEqual(expected);
    const database = join(faulty.line.hostFolder, 'temporal.db');
    await until(() => faulty.line.host() === null, 'the host to end');
    execFileSync('sh', ['-c', `printf garbage-that-is-no-database > ${database}; rm -f ${database}-wal ${database}-shm`]);
    expect(await completed('again')).toEqual(expected);
    expect(existsSync(`${database}.broken`)).toBe(true);
    expect(readFileSync(join(faulty.line.hostFolder, 'host.log'), 'utf8')).toContain('set aside');
  });
});

describe.runIf(ALL)('nothing of the matrix', () => {
  afterAll(() => {});
  it('is left mounted', () => {
    expect(readFileSync('/proc/mounts', 'utf8')).not.toContain('penumbra-cli-');
  });
});
