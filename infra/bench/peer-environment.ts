import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rename, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder } from '../setup/cache-folder.ts';
import { SetupError } from '../setup/setup-error.ts';
import { isRunning } from '../temporal/is-running.ts';

const run = promisify(execFile);
const GIGABYTE = 1e9;

export interface PeerOptions {
  /** Names the environment where it is kept. */
  readonly name: string;
  /** As pip takes them, pinned. */
  readonly packages: readonly string[];
  /** Room that they take at most, while they are installed. */
  readonly bytes: number;
  readonly say: (line: string) => void;
  /** Left in the cache folder for the next time instead of removed. */
  readonly keep?: boolean;
  readonly cache?: string;
  /** The Python that makes the environment. */
  readonly python?: string;
}

export interface PeerEnvironment {
  readonly python: string;
  /** Removes it, unless it is kept. */
  dispose(): Promise<void>;
}

/** The last line that a failed command wrote: where pip and venv say what was wrong. */
function lastLine(error: unknown): string {
  const { stderr = '', message } = error as { stderr?: string; message: string };
  return stderr.trim().split('\n').findLast((line) => line.trim() !== '' && !line.startsWith('[notice]'))?.trim() ?? message;
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(() => true, () => false);
}

/** Removes environments whose process was killed before it could. */
async function removeAbandoned(peers: string): Promise<void> {
  for (const entry of await readdir(peers)) {
    const pid = /^\..*-pid(\d+)-[^-]*$/.exec(entry)?.[1];
    if (pid !== undefined && !isRunning(Number(pid))) await rm(join(peers, entry), { recursive: true, force: true });
  }
}

async function install(folder: string, { name, packages, python = 'python3' }: PeerOptions): Promise<void> {
  try {
    await run(python, ['-m', 'venv', folder]);
  } catch (error) {
    throw new SetupError('missing', `no Python environment for ${name} could be made with ${python} -m venv: ${lastLine(error)}; Python 3.10 or later with venv is needed`, { cause: error });
  }
  try {
    await run(join(folder, 'bin', 'python'), ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages]);
  } catch (error) {
    throw new SetupError('fetch-failed', `pip could not install ${packages.join(' ')} for ${name}: ${lastLine(error)}; pip's own settings (PIP_INDEX_URL, PIP_CERT, HTTPS_PROXY) hold`, { cause: error });
  }
}

/**
 * A virtual environment of Python with another tool in it, for the time of a measurement: below the cache folder, removed by `dispose`.
 * @throws SetupError that names pip's last line; nothing is left behind.
 */
export async function peerEnvironment(options: PeerOptions): Promise<PeerEnvironment> {
  const { name, packages, bytes, say, keep = false, cache = cacheFolder() } = options, peers = join(cache, 'peers'), kept = join(peers, name);
  if (await exists(join(kept, 'complete'))) return { python: join(kept, 'bin', 'python'), dispose: async () => {} };
  await mkdir(peers, { recursive: true });
  await removeAbandoned(peers);
  const { bavail, bsize } = await statfs(peers);
  if (bavail * bsize < bytes) {
    throw new SetupError('missing', `${name} takes up to ${(bytes / GIGABYTE).toFixed(1)} GB below ${peers}, where ${(bavail * bsize / GIGABYTE).toFixed(1)} GB are free; set XDG_CACHE_HOME to a folder with more room`);
  }
  const folder = await mkdtemp(join(peers, `.${name}-pid${process.pid}-`));
  try {
    say(`installing ${packages.join(' ')} into a Python environment ${keep ? 'that is kept' : 'for the time of this run'}, up to ${(bytes / GIGABYTE).toFixed(1)} GB`);
    await install(folder, options);
    if (!keep) return { python: join(folder, 'bin', 'python'), dispose: () => rm(folder, { recursive: true, force: true }) };
    await writeFile(join(folder, 'complete'), packages.join('\n'));
    await rm(kept, { recursive: true, force: true });
    await rename(folder, kept);
    return { python: join(kept, 'bin', 'python'), dispose: async () => {} };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}
