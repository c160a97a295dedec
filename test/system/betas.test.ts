import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'csv-parse/sync';
import type { Comparison } from '../../models/compare/types.ts';
import { CommandLine, PEOPLE_CONFIG, writePeople } from './command-line.ts';

/** Files that hold the configuration, or tell of several β. */
const WITH_CONFIG = new Set(['beta.csv', 'charts/beta-rate-distortion.svg', 'report.html', 'report.json']);

describe('an audit with several β', () => {
  let line: CommandLine;
  beforeAll(async () => {
    line = await CommandLine.create({ PENUMBRA_HOST_IDLE: '20' });
    await writePeople(line.folder);
    writeFileSync(join(line.folder, 'audit.yaml'), PEOPLE_CONFIG);
  });
  afterAll(() => line.remove());
  const textOf = (out: string, file: string): string => readFileSync(join(line.folder, out, file), 'utf8');

  it('leaves beta.csv, and every other file as an audit with the first β alone leaves it', async () => {
    const list = await line.run('run', '--set', 'model.beta=[1,4]', '--out', 'list', '--json', '--fail-on', 'never');
    expect(list.json, list.stderr).toMatchObject({ state: 'completed' });
    // In a store of its own, so that nothing is found that the first has left.
    const one = await line.run('run', '--set', 'model.beta=1', '--set', 'store.path=elsewhere', '--out', 'one', '--json', '--fail-on', 'never');
    expect(one.json, one.stderr).toMatchObject({ state: 'completed', cached: [] });
    line.hostFolder = join(line.folder, 'elsewhere/host');
    process.kill(line.host()!.pid, 'SIGTERM');
    line.hostFolder = join(line.folder, '.penumbra/host');

    const lines = parse(textOf('list', 'beta.csv'), { columns: true }) as Record<string, string>[], training = parse(textOf('list', 'training.csv'), { columns: true }) as Record<string, string>[];
    expect(textOf('list', 'beta.csv').split('\n')[0]).toBe('beta,seed,epochs,reconstruction,kl,active_units,loss');
    expect(lines.map(({ beta, seed }) => [beta, seed])).toEqual([['1', '0'], ['1', '1'], ['4', '0'], ['4', '1']]);
    expect(training).toHaveLength(8);
    for (const { beta, seed, reconstruction, kl, loss } of lines) expect(Number(reconstruction) + Number(beta) * Number(kl), `${beta} ${seed}`).toBeCloseTo(Number(loss), 6);
    for (const seed of ['0', '1']) expect(Number(lines.find((each) => each['beta'] === '1' && each['seed'] === seed)!['loss'])).toBe(Math.min(...training.filter((each) => each['seed'] === seed).map((each) => Number(each['validation_loss']))));
    expect(Number(lines[2]!['kl'])).toBeLessThan(Number(lines[0]!['kl']));

    const before = line.manifest('list').files, after = line.manifest('one').files;
    expect(Object.keys(before).filter((file) => before[file] !== after[file]).sort()).toEqual([...WITH_CONFIG]);
    expect(Object.keys(after).filter((file) => !WITH_CONFIG.has(file)).length).toBeGreaterThan(20);
    expect(readdirSync(join(line.folder, 'one'))).not.toContain('beta.csv');
  });

  it('has left networks of its second β that an audit with it finds, and differs in nothing from one that has no list', async () => {
    const four = await line.run('run', '--set', 'model.beta=4', '--out', 'four', '--json', '--fail-on', 'never'), again = await line.run('run', '--set', 'model.beta=1', '--out', 'again', '--json', '--fail-on', 'never');
    expect(four.json['cached']).toEqual(expect.arrayContaining(['ingest', 'encode', 'train', 'fairness']));
    expect(four.json['cached']).not.toContain('latents');
    expect(again.json['cached']).toEqual(expect.arrayContaining(['train', 'latents', 'outliers', 'debias']));
    for (const [a, b] of [['again', 'list'], ['list', 'again']] as const) {
      const { code, json, stderr } = await line.run('compare', a, b, '--json'), { effects, changes } = json as unknown as Comparison;
      expect([code, changes], stderr).toEqual([0, 0]);
      expect(effects.find(({ kind, measure }) => kind === 'training' && measure === 'relative_loss')).toMatchObject({ value: 0 });
    }
  });

  it('is the same when computed again from its inputs', async () => {
    const replayed = await line.run('verify', 'list', '--replay', '--json');
    expect([replayed.code, replayed.json], replayed.stderr).toMatchObject([0, { replay: { same: true, files: [] } }]);
  });

  it.each([['[1,1]', '1 stands in the list twice'], ['many', 'expected a number of at least 0, or a list']])('with model.beta=%s ends by 2 before anything begins', async (value, words) => {
    const { code, stderr } = await line.run('run', '--set', `model.beta=${value}`, '--out', 'none');
    expect(code).toBe(2);
    expect(stderr).toContain(words);
  });
});
