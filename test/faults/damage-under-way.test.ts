import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '../../activities/artifacts.ts';
import { openStore } from '../../infra/store/open-store.ts';
import { isRunning } from '../../infra/temporal/is-running.ts';
import { until } from '../system/command-line.ts';
import { createFaultyLine, type FaultyLine } from './faulty-line.ts';

/** As in the kill matrix: what takes long runs where it is asked for. */
const ALL = process.env['PENUMBRA_FAULTS'] === 'all';

let expected: unknown;
beforeAll(async () => {
  const calm = await createFaultyLine();
  await calm.line.run('run', '--quiet', '--out', 'out');
  expected = calm.line.manifest('out');
  await calm.line.remove();
});

let faulty: FaultyLine;
afterAll(() => faulty.line.remove());

/** An audit in which one bit is turned in what some stages made, when others, which read it, have begun. Gives the stages that began, in order. */
async function audited(...flips: readonly (readonly [at: string, producer: string, manifest?: boolean])[]): Promise<string[]> {
  faulty = await createFaultyLine();
  for (const [stage, producer, manifest = false] of flips) faulty.plan(stage, { action: 'flip', afterMs: 0, producer, manifest });
  const { json, stderr } = await faulty.line.run('run', '--json', '--out', 'out');
  expect(json, stderr).toMatchObject({ state: 'completed' });
  expect(faulty.events().filter(({ action }) => action === 'flip')).toHaveLength(flips.length);
  expect(faulty.line.manifest('out')).toEqual(expected);
  const store = await openStore(faulty.store);
  for await (const { key } of store.list('objects/')) expect(sha256(await store.get(key)), key).toBe(key.slice(-64));
  const pids = [...new Set(faulty.events().map(({ pid }) => pid))];
  await until(() => faulty.line.host() === null && !pids.some(isRunning), 'every process to end');
  return faulty.events().flatMap(({ action, stage }) => (action === 'begin' ? [stage] : []));
}

describe('a bit that turns while an audit is under way', () => {
  it('in encoded rows while networks train is mended by that audit, to the bytes of the undisturbed one', async () => {
    const begun = await audited(['train', 'encode']);
    // A reader that says it late has the stage looked at once more.
    expect(begun.filter((stage) => stage === 'encode').length).toBeGreaterThan(1);
    expect(begun.filter((stage) => stage === 'ingest')).toHaveLength(1);
  });

  it.runIf(ALL)('in networks, latents, densities and a manifest, of which some are read side by side', async () => {
    await faulty.line.remove();
    const begun = await audited(['perturb', 'train'], ['debias', 'density'], ['density', 'latents'], ['fairness', 'ingest', true], ['slices', 'fairness']);
    expect(begun.filter((stage) => stage === 'ingest').length).toBeGreaterThan(1);
  });
});
