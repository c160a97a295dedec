import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildTensorflow } from '../../../infra/setup/build-tensorflow.ts';
import { cacheFolder } from '../../../infra/setup/cache-folder.ts';
import { findTensorflow, tensorflowBuild } from '../../../infra/setup/tensorflow-build.ts';
import { tensorflowNeeds } from '../../../infra/setup/tensorflow-needs.ts';
import { TENSORFLOW_WHEELS } from '../../../infra/setup/tensorflow-wheels.ts';
import { wheelsToFetch } from '../../../infra/setup/wheels.ts';

let folder: string, cache: string, path: string | undefined, index: string | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'penumbra-tensorflow-'));
  cache = join(folder, 'cache');
  path = process.env['PATH'];
  index = process.env['PIP_INDEX_URL'];
  delete process.env['PIP_INDEX_URL'];
});
afterEach(async () => {
  process.env['PATH'] = path;
  if (index !== undefined) process.env['PIP_INDEX_URL'] = index;
  await rm(folder, { recursive: true, force: true });
});

/** Puts a program of this name first on the path. */
async function program(name: string, script: string): Promise<void> {
  await mkdir(join(folder, 'bin'), { recursive: true });
  await writeFile(join(folder, 'bin', name), `#!/bin/sh\n${script}\n`);
  await chmod(join(folder, 'bin', name), 0o755);
  process.env['PATH'] = `${join(folder, 'bin')}${delimiter}${path}`;
}

const onLinux = process.platform === 'linux' && process.arch === 'x64';

describe.skipIf(!onLinux)('what building the native backend needs', () => {
  it('is said all at once, each with what to do, before anything is fetched', async () => {
    process.env['PATH'] = '/nowhere';
    const error = await buildTensorflow({ variant: 'cpu', cache }).catch((thrown: unknown) => thrown) as Error & { code: string; details: string[] };
    expect(error.code).toBe('missing');
    for (const word of ['g++', 'apt-get install g++', 'pip', 'PIP_INDEX_URL']) expect(error.message).toContain(word);
    expect(error.details).toHaveLength(2);
    expect(existsSync(cache)).toBe(false);
  });

  it('is room on the disk: what is unpacked and the largest wheel', async () => {
    const need = (variant: 'cpu' | 'gpu', freeBytes: number): Promise<readonly string[]> =>
      tensorflowNeeds(variant, tensorflowBuild(variant, cache), cache, { PIP_INDEX_URL: 'http://index.example/simple' }, () => Promise.resolve(freeBytes));
    expect((await need('cpu', 0.5e9)).join()).toMatch(/0\.9 GB of disk are needed in .*, 0\.5 GB are free.*XDG_CACHE_HOME/);
    expect((await need('gpu', 1e9)).join()).toMatch(/4\.\d GB of disk/);
    expect((await need('cpu', 2e9)).join()).not.toContain('disk');
  });

  it('is the package with the sources of the binding', async () => {
    expect((await tensorflowNeeds('cpu', null, cache, { PIP_INDEX_URL: 'http://index.example/simple' })).join()).toContain('@tensorflow/tfjs-node-gpu is not installed');
  });

  it('names no build where none was made', () => {
    expect(findTensorflow(cache)).toBeNull();
    expect(tensorflowBuild('cpu', cache)!.folder).not.toBe(tensorflowBuild('gpu', cache)!.folder);
  });
});

describe('the pinned wheels', () => {
  it('are of one place each, and name what they unpack', () => {
    for (const wheels of Object.values(TENSORFLOW_WHEELS)) {
      const targets = wheels.flatMap((wheel) => Object.values(wheel.unpack));
      expect(new Set(targets).size).toBe(targets.length);
      for (const wheel of wheels) {
        expect(wheel.sha256).toMatch(/^[0-9a-f]{64}$/);
        expect(wheel.file).toContain(`${wheel.package.replaceAll('-', '_')}-${wheel.version}-`);
      }
    }
    expect(new Set(Object.values(TENSORFLOW_WHEELS).flat().map((wheel) => wheel.sha256)).size).toBe(14);
  });
});

const fetched = onLinux && wheelsToFetch(TENSORFLOW_WHEELS.cpu).length === 0;

describe.skipIf(!fetched)('building against the fetched wheel (needs penumbra setup tensorflow)', () => {
  beforeEach(async () => {
    await mkdir(cache);
    await symlink(join(cacheFolder(), 'wheels'), join(cache, 'wheels'));
  });
  const left = async (): Promise<readonly string[]> => (await readdir(tensorflowBuild('cpu', cache)!.folder)).sort();

  it('says what the compiler says, and leaves nothing half done', async () => {
    await program('g++', 'case "$*" in *--version*) exit 0;; esac; echo "tfjs_backend.cc:7: error: no such thing" >&2; exit 1');
    await expect(buildTensorflow({ variant: 'cpu', cache })).rejects.toMatchObject({ code: 'compile', message: expect.stringContaining('no such thing') });
    expect(await left()).toEqual(['tensorflow']);
    expect(findTensorflow(cache)).toBeNull();
  });

  it('refuses a binding that was compiled and does not load', async () => {
    await program('g++', 'case "$*" in *--version*) exit 0;; esac; for last; do :; done; echo garbage > "$last"');
    await expect(buildTensorflow({ variant: 'cpu', cache })).rejects.toMatchObject({ code: 'start-failed', message: expect.stringContaining('does not run') });
    expect(await left()).toEqual(['tensorflow']);
  });

  it('does nothing when a build is there', async () => {
    const build = tensorflowBuild('cpu', cache)!;
    await mkdir(join(build.binding, '..'), { recursive: true });
    await writeFile(build.binding, '');
    process.env['PATH'] = '/nowhere';
    expect(await buildTensorflow({ variant: 'cpu', cache })).toEqual({ build, built: false });
    expect(findTensorflow(cache)).toEqual(build);
  });
});
