import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, copyFile, link, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { cacheFolder } from './cache-folder.ts';
import { SetupError } from './setup-error.ts';
import { tensorflowBuild, type TensorflowBuild } from './tensorflow-build.ts';
import { nodeHeaders, tensorflowNeeds } from './tensorflow-needs.ts';
import { TENSORFLOW_LIBRARIES, TENSORFLOW_WHEELS, type TensorflowVariant } from './tensorflow-wheels.ts';
import { ensureWheelFiles, wheelFolder, type WheelOptions } from './wheels.ts';

const run = promisify(execFile);
const TRIAL = fileURLToPath(new URL('./try-tensorflow.ts', import.meta.url));

export interface BuildOptions extends WheelOptions {
  readonly variant: TensorflowVariant;
  /** Fetches and builds anew even when there is a build: for one that does not load. */
  readonly again?: boolean;
}

export interface BuiltTensorflow {
  readonly build: TensorflowBuild;
  /** False when it was there already. */
  readonly built: boolean;
}

/** The wheels' files under one roof: libraries look for each other along relative paths. Links, so nothing is stored twice. */
async function gather(variant: TensorflowVariant, folder: string, options: WheelOptions): Promise<void> {
  if (existsSync(folder)) return;
  const cache = options.cache ?? cacheFolder();
  await mkdir(dirname(folder), { recursive: true });
  const staging = await mkdtemp(join(dirname(folder), '.incoming-')), files = join(staging, 'files');
  try {
    for (const wheel of TENSORFLOW_WHEELS[variant]) {
      const from = await ensureWheelFiles(wheel, { ...options, cache });
      for (const path of Object.values(wheel.unpack)) {
        await mkdir(dirname(join(files, path)), { recursive: true });
        await link(join(from, path), join(files, path)).catch(() => copyFile(join(from, path), join(files, path)));
      }
    }
    await rename(files, folder).catch((error: unknown) => { if (!existsSync(folder)) throw error; });
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

async function compile({ folder, sources, flags }: TensorflowBuild, target: string): Promise<void> {
  const library = join(folder, dirname(TENSORFLOW_LIBRARIES[0]));
  const includes = [nodeHeaders()!, join(library, 'include'), dirname(sources[0]!)].map((path) => `-I${path}`);
  // The loader looks beside the binding's own place, so that the cache can be moved.
  const links = [`-L${library}`, ...TENSORFLOW_LIBRARIES.map((path) => `-l:${basename(path)}`), `-Wl,-rpath,$ORIGIN/../${basename(library)}`];
  try {
    await run('g++', [...flags, ...includes, ...sources, ...links, '-o', target], { timeout: 10 * 60_000, maxBuffer: 64e6 });
  } catch (error) {
    const said = (error as { stderr?: string }).stderr?.split('\n').filter((line) => line.includes('error')).slice(0, 3).join('; ');
    throw new SetupError('compile', `g++ refuses the binding: ${said === undefined || said === '' ? (error as Error).message : said}`, { cause: error });
  }
}

/** Loads the binding in a process of its own, which may crash, and has it multiply. */
async function tryOut(binding: string, variant: TensorflowVariant): Promise<void> {
  try {
    await run(process.execPath, ['--disable-warning=ExperimentalWarning', TRIAL, binding, variant], { timeout: 120_000 });
  } catch (error) {
    const { stderr = '', signal } = error as { stderr?: string; signal?: string | null };
    const said = stderr.trim().split('\n').findLast((line) => /error|cannot|undefined symbol/i.test(line)) ?? (signal === null || signal === undefined ? (error as Error).message : `it ended by ${signal}`);
    throw new SetupError('start-failed', `the binding was built and does not run: ${said}`, { cause: error });
  }
}

/**
 * Builds the native backend for this machine into the cache: fetches the pinned wheels, compiles the binding of
 * `@tensorflow/tfjs-node-gpu` against them, tries it, and only then puts it where processes look. Does nothing when it is there.
 * @throws SetupError `missing` with all that the machine lacks, before anything is downloaded; `fetch-failed`, `checksum`, `compile`, `start-failed`.
 */
export async function buildTensorflow({ variant, again = false, ...options }: BuildOptions): Promise<BuiltTensorflow> {
  const cache = options.cache ?? cacheFolder(), { say = () => {} } = options;
  const build = tensorflowBuild(variant, cache);
  if (build !== null && !again && existsSync(build.binding)) return { build, built: false };
  const needs = await tensorflowNeeds(variant, build, cache);
  if (build === null || needs.length > 0) throw new SetupError('missing', `the tensorflow backend cannot be built here:\n${needs.map((need) => `  - ${need}`).join('\n')}`, { details: needs });
  if (again) await Promise.all([build.folder, ...TENSORFLOW_WHEELS[variant].map((wheel) => wheelFolder(wheel, cache))].map((folder) => rm(folder, { recursive: true, force: true })));
  await gather(variant, build.folder, { ...options, cache });
  const staging = await mkdtemp(join(build.folder, '.incoming-'));
  try {
    const started = performance.now(), target = join(staging, basename(build.binding)), place = dirname(build.binding);
    await chmod(staging, 0o755);
    say('compiling the binding (10 to 30 s)');
    await compile(build, target);
    await tryOut(target, variant);
    await rm(place, { recursive: true, force: true });
    await rename(staging, place).catch((error: unknown) => { if (!existsSync(build.binding)) throw error; });
    say(`compiled and tried in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
  return { build, built: true };
}
