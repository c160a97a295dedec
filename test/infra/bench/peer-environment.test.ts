import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { peerEnvironment } from '../../../infra/bench/peer-environment.ts';
import type { PeerOptions } from '../../../infra/bench/peer-environment.ts';

let folder: string, said: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'penumbra-peer-test-'));
  said = [];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Stands in for python3: `-m venv F` makes F/bin/python, itself a script whose pip does what it is told here. */
async function pythonWith(pip: string, venv = 'true'): Promise<string> {
  const path = join(folder, 'python3'), inner = `#!/bin/sh\n[ "$2" = pip ] || exit 9\n${pip}\n`;
  await writeFile(join(folder, 'inner'), inner);
  await writeFile(path, `#!/bin/sh\n${venv} || exit 1\nmkdir -p "$3/bin" && cp "${join(folder, 'inner')}" "$3/bin/python" && chmod +x "$3/bin/python"\n`);
  await chmod(path, 0o755);
  return path;
}

function options(python: string, more: Partial<PeerOptions> = {}): PeerOptions {
  return { name: 'tool-1', packages: ['tool==1'], bytes: 1000, say: (line) => said.push(line), cache: join(folder, 'cache'), python, ...more };
}

const peers = (): Promise<string[]> => readdir(join(folder, 'cache', 'peers'));

describe('peerEnvironment', () => {
  it('installs what is pinned, and is gone after dispose', async () => {
    const python = await pythonWith(`echo "$@" > "${join(folder, 'asked')}"`), peer = await peerEnvironment(options(python));
    expect(peer.python.startsWith(join(folder, 'cache', 'peers'))).toBe(true);
    expect(await peers()).toHaveLength(1);
    expect(said).toEqual(['installing tool==1 into a Python environment for the time of this run, up to 0.0 GB']);
    await peer.dispose();
    expect(await peers()).toEqual([]);
  });

  it('is kept where that is asked for, and found again without pip', async () => {
    const { python, dispose } = await peerEnvironment(options(await pythonWith('exit 0'), { keep: true }));
    await dispose();
    const again = await peerEnvironment(options(await pythonWith('exit 1'), { keep: true }));
    expect(again.python).toBe(python);
    expect(await peers()).toEqual(['tool-1']);
    expect(said).toHaveLength(1);
  });

  it("names pip's last line when pip fails, and leaves nothing behind", async () => {
    const python = await pythonWith('echo "Looking up" >&2; echo "ERROR: No matching distribution found for tool==1" >&2; echo "[notice] a new release" >&2; exit 1');
    await expect(peerEnvironment(options(python, { keep: true }))).rejects.toMatchObject({
      name: 'SetupError', code: 'fetch-failed',
      message: "pip could not install tool==1 for tool-1: ERROR: No matching distribution found for tool==1; pip's own settings (PIP_INDEX_URL, PIP_CERT, HTTPS_PROXY) hold",
    });
    expect(await peers()).toEqual([]);
  });

  it('says what is missing when there is no Python, or one without venv', async () => {
    await expect(peerEnvironment(options(join(folder, 'none')))).rejects.toMatchObject({ code: 'missing', message: expect.stringContaining('could be made with') });
    const python = await pythonWith('exit 0', 'echo "No module named venv" >&2; false');
    await expect(peerEnvironment(options(python))).rejects.toThrow('No module named venv');
    expect(await peers()).toEqual([]);
  });

  it('clears up behind a process that was killed, not behind one that runs', async () => {
    const abandoned = '.tool-1-pid99999999-AbC123', another = `.tool-1-pid${process.ppid}-AbC123`;
    for (const name of [abandoned, another]) await mkdir(join(folder, 'cache', 'peers', name, 'bin'), { recursive: true });
    await (await peerEnvironment(options(await pythonWith('exit 0')))).dispose();
    expect(await peers()).toEqual([another]);
  });

  it('does not begin where the disk is too small', async () => {
    await expect(peerEnvironment(options(await pythonWith('exit 0'), { bytes: 1e18 }))).rejects.toMatchObject({ code: 'missing', message: expect.stringMatching(/tool-1 takes up to 1000000000\.0 GB below .*peers, where [\d.]+ GB are free/) });
    expect(await peers()).toEqual([]);
  });
});
