import { readdirSync, readFileSync } from 'node:fs';
import { DeterminismViolationError } from '@temporalio/workflow';
import { Worker } from '@temporalio/worker';
import { describe, expect, inject, it } from 'vitest';

const FOLDER = new URL('./histories/', import.meta.url);
const FILES = readdirSync(FOLDER).filter((file) => file.endsWith('.json'));
const read = (file: string): string => readFileSync(new URL(file, FOLDER), 'utf8');
/** Child workflows are named after their parent: it is replayed under the id that it had. */
const replay = (history: unknown, file: string): Promise<void> =>
  Worker.runReplayHistory({ workflowBundle: { codePath: inject('workflowBundle') } }, history, file.replace(/^v\d+-(.*)\.json$/, 'recorded-$1'));

describe('workflows replay what they did before', () => {
  it('has histories of an audit that completed, failed and was cancelled, of a seed, of several β and of a night', () => {
    for (const name of ['completed', 'failed', 'cancelled', 'completed-seed-0']) expect(FILES).toEqual(expect.arrayContaining([`v1-${name}.json`, `v2-${name}.json`, `v3-${name}.json`]));
    expect(FILES).toEqual(expect.arrayContaining(['v2-divided.json', 'v2-divided-seed-0.json', 'v2-night.json', 'v3-divided.json', 'v3-divided-seed-0.json', 'v3-night.json', 'v3-betas.json', 'v3-betas-beta-4-seed-0.json']));
  });

  it.each(FILES)('%s', async (file) => {
    await expect(replay(JSON.parse(read(file)), file)).resolves.toBeUndefined();
  });

  it('is red when a workflow takes another way than the history tells', async () => {
    const other = JSON.parse(read('v1-completed.json').replaceAll('"name":"encode"', '"name":"encoded"')) as unknown;
    await expect(replay(other, 'v1-completed.json')).rejects.toThrow(DeterminismViolationError);
  });
});
