import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isRunning } from '../../infra/temporal/is-running.ts';
import { CommandLine, PEOPLE_CONFIG, until, writePeople, type Ended } from './command-line.ts';

let line: CommandLine;
beforeAll(async () => {
  line = await CommandLine.create();
  await writePeople(line.folder);
  await writeFile(join(line.folder, 'audit.yaml'), PEOPLE_CONFIG);
});
afterAll(() => line.remove());

const CONTRACT_FILES = ['report.html', 'report.json', 'fairness.json', 'outliers.csv', 'weights.csv', 'resampled.arrow', 'latents.arrow', 'training.csv',
  'slices.json', 'perturbation.json'];
const csv = async (out: string, file: string): Promise<string[]> => (await readFile(join(line.folder, out, file), 'utf8')).trimEnd().split('\n');
const eventsOf = ({ stdout }: Ended): Record<string, unknown>[] => stdout.trim().split('\n').map((text) => JSON.parse(text) as Record<string, unknown>);

describe('an audit from the command line', () => {
  let first: Ended;

  it('runs end to end, tells its progress as JSON, and leaves every file of the contract', async () => {
    first = await line.run('run', '--json', '--out', 'first');
    expect(first.stderr).not.toContain('Error');
    expect(first.json).toMatchObject({ name: 'people', state: 'completed', verdict: 'findings', cached: [], failure: null });
    expect(first.code).toBe(1);
    const events = eventsOf(first);
    expect(events[0]).toMatchObject({ event: 'started', name: 'people' });
    expect(events.some(({ event, stage }) => event === 'progress' && typeof stage === 'string')).toBe(true);
    const names = Object.keys(line.manifest('first').files);
    for (const file of CONTRACT_FILES) expect(names).toContain(file);
    expect(names.filter((name) => /^charts\/.+\.svg$/.test(name)).length).toBeGreaterThan(4);
  });

  it('keeps the shapes of the contract', async () => {
    const outliers = await csv('first', 'outliers.csv'), weights = await csv('first', 'weights.csv'), training = await csv('first', 'training.csv');
    expect(outliers[0]).toBe('row,id,rank,score,p_value,q_value,flagged,reasons');
    expect(outliers).toHaveLength(601);
    expect(weights[0]).toBe('row,id,weight,density');
    expect(weights).toHaveLength(601);
    expect(weights.slice(1).reduce((sum, text) => sum + Number(text.split(',')[2]), 0)).toBeCloseTo(600, 3);
    expect(training[0]).toMatch(/^seed,epoch,loss,reconstruction,kl,active_units,ess(,|$)/);
    expect(new Set(training.slice(1).map((text) => text.split(',')[0]))).toEqual(new Set(['0', '1']));
    const report = JSON.parse(await readFile(join(line.folder, 'first/report.json'), 'utf8')) as Record<string, unknown>;
    expect(report).toMatchObject({ name: 'people', verdict: 'findings', backend: expect.stringMatching(/^(tensorflow|wasm)$/), seed: 0 });
    const fairness = JSON.parse(await readFile(join(line.folder, 'first/fairness.json'), 'utf8')) as { groups: { attribute: string; group: string; metric: string; n: number }[] };
    expect(fairness.groups.find(({ attribute, group, metric }) => attribute === 'sex' && group === 'Female' && metric === 'base_rate')!.n).toBeGreaterThan(150);
    expect(JSON.stringify(fairness)).not.toContain('NaN');
  });

  it('says nothing in its results of the machine, the folder or the time', async () => {
    for (const file of Object.keys(line.manifest('first').files).filter((name) => /\.(json|csv|html|svg)$/.test(name))) {
      const text = await readFile(join(line.folder, 'first', file), 'utf8');
      expect(text.includes(line.folder), file).toBe(false);
    }
    expect(await readFile(join(line.folder, 'first/provenance.json'), 'utf8')).toContain(line.folder);
  });

  it('is verified, and a changed byte is found', async () => {
    expect((await line.run('verify', 'first')).code).toBe(0);
    await appendFile(join(line.folder, 'first/fairness.json'), ' ');
    const spoiled = await line.run('verify', 'first', '--json');
    expect(spoiled.code).toBe(1);
    expect(spoiled.json['problems']).toEqual([expect.objectContaining({ file: 'fairness.json', problem: 'differs' })]);
    expect((await line.run('report', 'first')).code).toBe(0);
    expect((await line.run('verify', 'first')).code).toBe(0);
  });

  it('takes every stage from earlier results the second time, to the same bytes', async () => {
    const second = await line.run('run', '--json', '--out', 'second');
    expect(second.json['cached']).toHaveLength(11);
    expect(line.manifest('second')).toEqual(line.manifest('first'));
  });

  it('computes again only what a change touches', async () => {
    const changed = await line.run('run', '--json', '--out', 'changed', '--set', 'fairness.tolerance=0.04');
    const cached = changed.json['cached'] as string[];
    for (const stage of ['ingest', 'encode', 'train', 'latents', 'density', 'outliers']) expect(cached).toContain(stage);
    expect(cached).not.toContain('fairness');
  });

  it('is described by status, by its record alone too', async () => {
    const id = first.json['id'] as string;
    const status = await line.run('status', id, '--json');
    expect(status.json).toMatchObject({ id, name: 'people', state: 'completed', progress: 1, stage: null });
    const all = await line.run('status', '--json');
    expect((all.json['audits'] as unknown[]).length).toBe(3);
    expect((await line.run('status', 'nobody')).code).toBe(2);
  });

  it('computes only the stages asked for', async () => {
    const some = await line.run('run', '--json', '--only', 'fairness,report', '--out', 'some', '--seed', '5');
    expect(some.json['state']).toBe('completed');
    expect(Object.keys(line.manifest('some').files)).not.toContain('outliers.csv');
    expect(await readFile(join(line.folder, 'some/report.html'), 'utf8')).toMatch(/not computed/i);
  });

  it('can be detached, watched and cancelled, and leaves nothing running', async () => {
    const detached = await line.run('run', '--json', '--detach', '--seed', '7', '--set', 'model.epochs=2000', '--set', 'model.seeds=16', '--out', 'long');
    const id = detached.json['id'] as string;
    expect(detached.code).toBe(0);
    const watch = line.start('watch', id, '--json');
    await until(() => watch.output().includes('"stage":"train"') && watch.output().includes('epoch '), 'training to show');
    const cancelled = await line.run('cancel', id, '--json');
    expect(cancelled.json).toEqual({ id, state: 'cancelled' });
    const watched = await watch.ended;
    expect(watched.code).toBe(3);
    expect(watched.json).toMatchObject({ state: 'cancelled' });
  });

  it('goes on after its host was killed, to the same bytes', async () => {
    const settings = ['--seed', '11', '--set', 'model.epochs=300', '--set', 'model.batch=4'];
    const killed = line.start('run', '--json', '--out', 'killed', ...settings);
    // Not later: a quick machine trains between two messages.
    await until(() => killed.child.exitCode !== null || killed.output().includes('"name":"ingest","state":"completed"'), 'the first stage to be done');
    expect(killed.child.exitCode).toBeNull();
    const before = line.host()!.pid;
    process.kill(before, 'SIGKILL');
    const ended = await killed.ended;
    expect(ended.json).toMatchObject({ state: 'completed' });
    expect(line.host()?.pid).not.toBe(before);
    const fresh = await CommandLine.create();
    try {
      await writePeople(fresh.folder);
      await writeFile(join(fresh.folder, 'audit.yaml'), PEOPLE_CONFIG);
      await fresh.run('run', '--quiet', '--out', 'killed', ...settings);
      expect(fresh.manifest('killed')).toEqual(line.manifest('killed'));
    } finally {
      await fresh.remove();
    }
  });

  it('lets its host go when nothing is left to do', async () => {
    const host = line.host();
    if (host !== null) await until(() => !isRunning(host.pid), 'the host to end');
    expect(line.host()).toBeNull();
  });
});
