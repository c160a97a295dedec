import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isRunning } from '../../infra/temporal/is-running.ts';
import { CommandLine, until, writePeople } from './command-line.ts';

/** That every message is right is the table test's business (test/activities/bad-input.test.ts); here whole processes are looked at. */
let line: CommandLine;
beforeAll(async () => {
  line = await CommandLine.create();
  await writePeople(line.folder, 200);
});
afterAll(() => line.remove());

/** Processes below the host. */
async function childrenOf(pid: number): Promise<readonly number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'pid=', '--ppid', String(pid)]).catch(() => ({ stdout: '' }));
  return stdout.trim().split(/\s+/).map(Number).filter((child) => child > 0);
}

describe('bad input', () => {
  it('that the configuration shows starts nothing at all', async () => {
    const { code, stdout, stderr } = await line.run('run', 'people.csv', '--set', 'data.protected=sex');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('write [sex]');
    expect((await readdir(line.folder)).sort()).toEqual(['people.csv']);
  });

  it.each([['a file', 'people.csv', 'is no folder'], ['below a file', 'people.csv/x', 'expected a folder']])('an output folder that is %s is refused before anything starts', async (_, out, words) => {
    const { code, stderr } = await line.run('run', 'people.csv', '--out', out);
    expect(code).toBe(2);
    expect(stderr).toContain(words);
    expect((await readdir(line.folder)).sort()).toEqual(['people.csv']);
  });

  it('that only the data show ends with exit code 2 and one line: no result, no training, and nothing left running', async () => {
    line.set('PENUMBRA_HOST_IDLE', '10');
    await writeFile(join(line.folder, 'bad.csv'), 'a,b\n1,2\n2,\u001b[31m\n3\n');
    const { code, stdout, stderr } = await line.run('run', 'bad.csv', '--out', 'results');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/failed in the ingest stage: .*bad\.csv.*1 cell.*expected 2/);
    expect(stderr.split('\n').filter((text) => text.includes('failed in the'))).toHaveLength(1);
    expect(existsSync(join(line.folder, 'results'))).toBe(false);
    expect(await readdir(join(line.folder, '.penumbra'))).not.toContain('checkpoints');
    const host = line.host()!, children = await childrenOf(host.pid);
    await until(() => !isRunning(host.pid), 'the idle host to end');
    await until(() => !children.some(isRunning), 'what it had started to end with it');
  });
});
