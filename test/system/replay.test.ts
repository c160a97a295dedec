import { createHash } from 'node:crypto';
import { appendFile, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CommandLine, PEOPLE_CONFIG, writePeople } from './command-line.ts';

let line: CommandLine;
beforeAll(async () => {
  line = await CommandLine.create();
  await writePeople(line.folder, 200);
  await writeFile(join(line.folder, 'audit.yaml'), `${PEOPLE_CONFIG}backend: wasm\n`);
  await line.run('run', '--only', 'fairness,report', '--out', 'out', '--quiet');
});
afterAll(() => line.remove());

const replayed = async (...more: string[]) => {
  const { code, json } = await line.run('verify', 'out', '--replay', '--json', ...more);
  return { code, replay: json['replay'] as Record<string, unknown> };
};

describe('verify --replay', () => {
  it('computes the same bytes in a store of its own and leaves nothing behind', async () => {
    const before = await readdir(tmpdir());
    expect(await replayed()).toEqual({ code: 0, replay: { same: true, otherData: false, otherCode: null, firstStage: null, firstFile: null, files: [] } });
    expect((await readdir(tmpdir())).filter((name) => name.startsWith('penumbra-replay-') && !before.includes(name))).toEqual([]);
  });

  it('names the first file and stage of a forged result, whose manifest agrees with it', async () => {
    const path = join(line.folder, 'out/fairness.json'), manifest = join(line.folder, 'out/manifest.json'), [file, text] = [await readFile(path), await readFile(manifest, 'utf8')];
    await appendFile(path, ' ');
    const hash = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
    await writeFile(manifest, text.replace(hash(file), hash(await readFile(path))));
    expect((await line.run('verify', 'out')).code).toBe(0);
    expect(await replayed()).toMatchObject({ code: 1, replay: { same: false, firstStage: 'fairness', firstFile: 'fairness.json', files: [{ expected: hash(await readFile(path)), found: hash(file) }] } });
    await writeFile(path, file);
    await writeFile(manifest, text);
  });

  it('says so when the data is another, or is gone', async () => {
    const data = join(line.folder, 'people.csv');
    await appendFile(data, '30,40,office,Male,north,yes\n');
    await rename(data, join(line.folder, 'moved.csv'));
    const gone = await line.run('verify', 'out', '--replay');
    expect(gone.code).toBe(2);
    expect(gone.stderr).toContain('--data');
    expect(await replayed('--data', 'moved.csv')).toMatchObject({ code: 1, replay: { same: false, otherData: true, firstStage: 'ingest', firstFile: 'profile.json' } });
  });
});
