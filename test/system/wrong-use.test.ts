import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CommandLine, writePeople } from './command-line.ts';

let line: CommandLine;
beforeAll(async () => {
  line = await CommandLine.create();
  await writePeople(line.folder, 60);
});
afterAll(() => line.remove());

describe('wrong use ends with exit code 2, one line and nothing on standard output:', () => {
  it.each<[string, string[], string]>([
    ['an unknown command', ['runn'], 'Did you mean run?'],
    ['an unknown flag', ['run', '--ot', 'x'], '--out'],
    ['no configuration', ['run'], 'audit.yaml'],
    ['an unknown stage', ['run', 'people.csv', '--only', 'fairnes'], 'did you mean fairness?'],
    ['a seed that is none', ['run', 'people.csv', '--seed', 'x'], 'whole number'],
    ['a backend that is none', ['run', 'people.csv', '--backend', 'abacus'], 'wasm'],
    ['a misspelt key', ['run', 'people.csv', '--set', 'data.lable=hired'], 'did you mean data.label?'],
    ['an audit that is not there', ['watch', '20200101-000000-x-0000'], 'no audit'],
    ['a folder that is no result', ['verify', '.'], 'manifest.json'],
    ['a worker without a service', ['worker'], 'TEMPORAL_ADDRESS'],
    ['an unknown sample', ['data', 'get', 'nobody'], 'adult'],
  ])('%s', async (_what, args, words) => {
    const { code, stdout, stderr } = await line.run(...args);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(words);
  });

  it('data that cannot be used, before anything is trained', async () => {
    await writeFile(join(line.folder, 'bad.csv'), 'a,b\n1,2\n3\n');
    const { code, stderr, json } = await line.run('run', 'bad.csv', '--json');
    expect(code).toBe(2);
    expect(stderr).toContain('bad.csv');
    expect(json).toMatchObject({ state: 'failed', failure: { kind: 'data', stage: 'ingest' } });
  });

  it.each([['run', 'people.csv'], ['status'], ['gc'], ['serve', '--store-kind', 'dir', '--port', '18641']])('a store that another version wrote: exit code 3 and one line, nothing begun (%s)', async (...command) => {
    const folder = join(line.folder, 'foreign');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'penumbra-store.json'), '{"format":99}');
    const { code, stdout, stderr } = await line.run(...command, '--set', `store.path=${folder}`);
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toContain('was written by another version of Penumbra (format 99');
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect((await readdir(folder)).filter((name) => !['penumbra-store.json', 'host'].includes(name))).toEqual([]);
  });

  it('a service that is not there: exit code 3', async () => {
    const { code, stderr } = await line.run('run', 'people.csv', '--set', 'temporal.address=127.0.0.1:9');
    expect(code).toBe(3);
    expect(stderr).toContain('no Temporal service answers at 127.0.0.1:9');
  });
});

describe('help', () => {
  it.each([[[]], [['run']], [['watch']], [['status']], [['cancel']], [['report']], [['verify']], [['data', 'get']], [['worker']], [['serve']], [['gc']], [['doctor']]])('of %j has a usage line', async (command) => {
    const { code, stdout } = await line.run(...command, '--help');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Usage: .+\[options\]/);
  });

  it('doctor answers as JSON', async () => {
    const { code, json } = await line.run('doctor', '--json');
    expect(code).toBe(0);
    expect((json['checks'] as { what: string }[]).map(({ what }) => what)).toEqual(['Node', 'machine', 'backends', 'downloads', 'Temporal', 'store', 'disk']);
  });
});
