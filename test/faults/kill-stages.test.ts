import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '../../activities/artifacts.ts';
import { STAGES } from '../../activities/types.ts';
import { openStore } from '../../infra/store/open-store.ts';
import { isRunning } from '../../infra/temporal/is-running.ts';
import { until } from '../system/command-line.ts';
import { startSeaweed, type Seaweed } from '../infra/store/seaweed.ts';
import { createFaultyLine, SMALL_AUDIT, type FaultyLine } from './faulty-line.ts';

/** As in the kill matrix: what takes long runs where it is asked for. */
const STORES = process.env['PENUMBRA_FAULTS'] === 'all' ? ['in a folder', 'on S3'] : ['in a folder'];

describe.each(STORES)('an audit whose processes are killed, its store %s', (kind) => {
  let calm: FaultyLine, faulty: FaultyLine, seaweed: Seaweed | null = null;
  beforeAll(async () => {
    if (kind === 'on S3') seaweed = await startSeaweed();
    [calm, faulty] = [await createFaultyLine(), await createFaultyLine({}, SMALL_AUDIT, seaweed)];
    await calm.line.run('run', '--quiet', '--out', 'out');
  });
  afterAll(async () => {
    await calm.line.remove();
    await faulty.line.remove();
    await seaweed?.stop();
  });

  it('in every stage once, and its worker with the Temporal server, ends with the bytes of the undisturbed one', async () => {
    for (const [i, stage] of STAGES.entries()) faulty.plan(stage, { action: 'kill', afterMs: 6 * i });
    faulty.plan('outliers', { action: 'kill-worker', afterMs: 50 });
    const { json, stderr } = await faulty.line.run('run', '--json', '--out', 'out');
    expect(json, stderr).toMatchObject({ state: 'completed' });
    expect(faulty.line.manifest('out')).toEqual(calm.line.manifest('out'));
    const struck = faulty.events().filter(({ action }) => action !== 'begin');
    for (const stage of STAGES) expect(struck.map((event) => event.stage), stage).toContain(stage);
    expect(struck.filter(({ action }) => action === 'kill-worker')).toHaveLength(1);
  });

  it('leaves whole objects only, and no process', async () => {
    const store = await openStore(faulty.store);
    for await (const { key } of store.list('objects/')) expect(sha256(await store.get(key)), key).toBe(key.slice(-64));
    const pids = [...new Set(faulty.events().map(({ pid }) => pid))];
    await until(() => faulty.line.host() === null && !pids.some(isRunning), 'every process to end');
  });
});
