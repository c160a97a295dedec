import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isRunning } from '../../../infra/temporal/is-running.ts';
import type { StageRequest } from '../../../infra/trainer/messages.ts';
import { ProcessPool } from '../../../infra/trainer/process-pool.ts';
import { StageProcessError } from '../../../infra/trainer/stage-process-handle.ts';
import type { StageCommit } from '../../../activities/types.ts';
import { auditConfig } from '../../workflows/audit-fixture.ts';

let folder: string, pool: ProcessPool;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'penumbra-pool-'));
  pool = new ProcessPool({ store: { kind: 'dir', path: join(folder, 'store') } });
});
afterEach(async () => {
  pool.close();
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
});

async function ingest(rows: number, text?: string): Promise<StageRequest> {
  const path = join(folder, 'people.csv');
  await writeFile(path, text ?? `age,sex,y\n${Array.from({ length: rows }, (_, i) => `${i % 50},${i % 2 === 0 ? 'a' : 'b'},${i % 3 === 0 ? 1 : 0}`).join('\n')}\n`);
  return { stage: 'ingest', input: { config: { data: { ...auditConfig().data, path }, seed: 0 }, inputs: {}, seed: 0 } };
}
/** Whole stages here: none is asked to divide its work. */
const compute = async (...call: Parameters<ProcessPool['run']>): Promise<StageCommit> => await pool.run(...call) as StageCommit;
const quiet = { signal: new AbortController().signal, onProgress: () => {} };

describe('ProcessPool', () => {
  it('computes a stage in a process, finds it the second time, and uses the process again', async () => {
    const request = await ingest(100);
    const first = await compute(request, quiet), [pid] = pool.pids;
    const second = await compute(request, quiet);
    expect(first.cached).toBe(false);
    expect(second).toEqual({ ...first, cached: true });
    expect(pool.pids).toEqual([pid]);
    expect(first.manifest.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it('runs two stages at once in two processes', async () => {
    const request = await ingest(100);
    const [a, b] = await Promise.all([compute(request, quiet), compute(request, quiet)]);
    expect(a.manifest).toEqual(b.manifest);
    expect(pool.pids).toHaveLength(2);
  });

  it('tells a fault of the data from one of the machine', async () => {
    const error = await compute(await ingest(0, 'age,sex,y\n1,a\n'), quiet).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(StageProcessError);
    expect(error).toMatchObject({ kind: 'data' });
    expect((error as Error).message).toContain('people.csv');
  });

  it('says what a process that was killed died of, and starts another', async () => {
    const running = compute(await ingest(400_000), quiet).catch((thrown: unknown) => thrown);
    await sleep(300);
    process.kill(pool.pids[0]!, 'SIGKILL');
    const error = await running;
    expect(error).toMatchObject({ kind: 'crashed', code: 'killed' });
    expect((error as Error).message).toContain('ingest');
    expect((await compute(await ingest(100), quiet)).cached).toBe(false);
  });

  it('ends a process that somebody stopped, though its worker lives', async () => {
    const running = pool.run(await ingest(400_000), quiet).catch((thrown: unknown) => thrown);
    await sleep(300);
    const [pid] = pool.pids;
    process.kill(pid!, 'SIGSTOP');
    const error = await running;
    expect(error).toMatchObject({ kind: 'crashed' });
    expect((error as Error).message).toContain('SIGSTOP');
    expect(isRunning(pid!)).toBe(false);
  }, 30_000);

  it('stops a stage within seconds of being cancelled, whether it listens or not', async () => {
    const controller = new AbortController(), started = performance.now();
    const running = compute(await ingest(400_000), { signal: controller.signal, onProgress: () => {} }).catch((thrown: unknown) => thrown);
    await sleep(500);
    controller.abort();
    expect(await running).toMatchObject({ kind: 'cancelled' });
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it('ends its processes when it is closed', async () => {
    await compute(await ingest(100), quiet);
    const [pid] = pool.pids;
    pool.close();
    for (let waited = 0; waited < 5_000 && isRunning(pid!); waited += 20) await sleep(20);
    expect(isRunning(pid!)).toBe(false);
    await expect(compute(await ingest(100), quiet)).rejects.toMatchObject({ kind: 'cancelled' });
  });

  it('keys a result by the content of the file, not by its place', async () => {
    const first = await compute(await ingest(100), quiet);
    const changed = await compute(await ingest(101), quiet);
    expect(changed.manifest.key).not.toBe(first.manifest.key);
    const again = await ingest(100);
    const moved = join(folder, 'moved.csv');
    await writeFile(moved, `age,sex,y\n${Array.from({ length: 100 }, (_, i) => `${i % 50},${i % 2 === 0 ? 'a' : 'b'},${i % 3 === 0 ? 1 : 0}`).join('\n')}\n`);
    const config = again.input.config as { data: object };
    const elsewhere = await compute({ ...again, input: { ...again.input, config: { ...config, data: { ...config.data, path: moved } } } }, quiet);
    expect(elsewhere).toEqual({ ...first, cached: true });
  });
});
