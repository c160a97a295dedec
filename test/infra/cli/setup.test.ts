import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findTensorflow } from '../../../infra/setup/tensorflow-build.ts';

const MAIN = fileURLToPath(new URL('../../../infra/cli/main.ts', import.meta.url));

let folder: string;
beforeAll(async () => { folder = await mkdtemp(join(tmpdir(), 'penumbra-setup-')); });
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Ended { readonly code: number; readonly lines: readonly Record<string, unknown>[]; readonly said: string }

function setup(options: readonly string[], environment: NodeJS.ProcessEnv): Promise<Ended> {
  const { PIP_INDEX_URL: _index, ...rest } = process.env;
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, 'setup', 'tensorflow', ...options], { env: { ...rest, ...environment } }, (error, stdout, stderr) => {
      const lines = stdout.split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Record<string, unknown>);
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, lines, said: stderr });
    });
  });
}

describe.skipIf(process.platform !== 'linux' || process.arch !== 'x64')('penumbra setup tensorflow', () => {
  it('says all that is missing and ends with 3 before anything is fetched', async () => {
    const bare = { PATH: '/nowhere', XDG_CACHE_HOME: folder };
    const { code, lines } = await setup(['--json'], bare), text = await setup(['--gpu'], bare);
    expect([code, text.code]).toEqual([3, 3]);
    expect(lines[0]).toMatchObject({ event: 'missing', backend: 'tensorflow', variant: 'cpu', missing: [expect.stringContaining('g++'), expect.stringContaining('pip')] });
    expect(text.said).toMatch(/cannot be built here:\n {2}- the compiler g\+\+.*\n {2}- neither pip nor an index/);
    // Node's compiled code is no download.
    expect(await readdir(join(folder, 'penumbra'))).toEqual(['compiled']);
  });

  it.skipIf(findTensorflow()?.variant !== 'cpu')('finds what is built, and needs nothing for it (needs penumbra setup tensorflow)', async () => {
    const { code, lines } = await setup(['--json'], { PATH: '/nowhere' });
    expect(code).toBe(0);
    expect(lines).toEqual([{ backend: 'tensorflow', variant: 'cpu', state: 'ready', binding: findTensorflow()!.binding, seconds: expect.any(Number) }]);
    expect(lines[0]!['seconds']).toBeLessThan(1);
  });
});
