import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startEngine } from '../../../activities/start-engine.ts';
import { fetchWebgpu } from '../../../infra/setup/fetch-webgpu.ts';
import { resolveBackend } from '../../../infra/setup/resolve-backend.ts';
import { findWebgpu, pathInPackage } from '../../../infra/setup/webgpu-library.ts';
import { tryWebgpu } from '../../../infra/setup/webgpu-needs.ts';
import { backendIdentity } from '../../../infra/trainer/backend-identity.ts';
import { exitCodeOf } from '../../../infra/cli/exit-codes.ts';
import { NO_SWIFTSHADER } from '../../models/engine/swiftshader.ts';

let folder: string, before: NodeJS.ProcessEnv;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'penumbra-webgpu-'));
  before = { ...process.env };
});
afterEach(async () => {
  process.env = before;
  await rm(folder, { recursive: true, force: true });
});

const thrown = (act: () => unknown): Error & { code?: string } => {
  try {
    act();
  } catch (error) {
    return error as Error & { code?: string };
  }
  throw new Error('nothing was thrown');
};

describe('the webgpu backend where something is missing', () => {
  it('is refused before an audit begins, with the command that brings it and exit code 3', () => {
    process.env['XDG_CACHE_HOME'] = folder;
    const error = thrown(() => resolveBackend('webgpu', true));
    expect(error).toMatchObject({ code: 'missing', message: expect.stringMatching(/^the webgpu backend is not there: .*setup webgpu/) });
    expect(exitCodeOf(error)).toBe(3);
    // Another machine computes: what it has is seen there.
    expect(resolveBackend('webgpu', false)).toBe('webgpu');
  });

  it('is no fault of data or configuration in a worker, which may try again', async () => {
    process.env['XDG_CACHE_HOME'] = folder;
    for (const start of [() => startEngine('webgpu'), () => backendIdentity('webgpu')]) {
      await expect(start()).rejects.toMatchObject({ name: 'SetupError', code: 'missing', message: expect.stringContaining('setup webgpu') });
    }
  });

  it.skipIf(NO_SWIFTSHADER !== null)('is refused where no driver gives an adapter, with what to install (needs penumbra setup webgpu)', () => {
    process.env['VK_ICD_FILENAMES'] = '/nowhere.json';
    expect(tryWebgpu()).toEqual({ missing: [expect.stringMatching(/no adapter.*libvulkan1.*VK_ICD_FILENAMES/)] });
  });
});

describe.skipIf(pathInPackage() === null)('setup webgpu', () => {
  /** An npm that "fetches" what it is told to. */
  async function npm(script: string): Promise<void> {
    await mkdir(join(folder, 'bin'));
    await writeFile(join(folder, 'bin', 'npm'), `#!/bin/sh\n${script}\n`);
    await chmod(join(folder, 'bin', 'npm'), 0o755);
    process.env['PATH'] = `${join(folder, 'bin')}:${before['PATH']}`;
  }

  it('says what it needs before anything is downloaded', async () => {
    process.env['PATH'] = '/nowhere';
    await expect(fetchWebgpu({ cache: join(folder, 'cache') })).rejects.toMatchObject({ code: 'missing', details: [expect.stringContaining('npm'), expect.stringContaining('tar')] });
    expect(await readdir(folder)).toEqual([]);
  });

  it('takes nothing whose checksum differs from the pinned one, and leaves nothing behind', async () => {
    await npm('[ "$1" = pack ] || exit 0\necho other > "$5/webgpu-0.6.2.tgz"');
    await expect(fetchWebgpu({ cache: join(folder, 'cache') })).rejects.toMatchObject({ code: 'checksum' });
    expect(findWebgpu(join(folder, 'cache'))).toBeNull();
    expect((await readdir(join(folder, 'cache'), { recursive: true })).filter((name) => name.includes('.incoming-'))).toEqual([]);
  });

  it('tells what npm said, without the password in an address', async () => {
    await npm('[ "$1" = pack ] || exit 0\necho "npm error 404 https://me:secret@registry.example/webgpu not found" >&2\nexit 1');
    const error = await fetchWebgpu({ cache: join(folder, 'cache') }).catch((failure: unknown) => failure as Error);
    expect(error).toMatchObject({ code: 'fetch-failed', message: expect.stringContaining('registry.example/webgpu not found') });
    expect((error as Error).message).not.toContain('secret');
  });
});
