import { createRequire } from 'node:module';
import * as tf from '@tensorflow/tfjs';
import { SetupError } from '../setup/setup-error.ts';
import { findWebgpu, hasWebgpuKernels, WEBGPU_KERNELS } from '../setup/webgpu-library.ts';
import { noAdapter, noKernels, noLibrary, notThere } from '../setup/webgpu-messages.ts';

const require = createRequire(import.meta.url);

/** What is used of WebGPU's own objects; the whole interface is the business of tfjs. */
interface Adapter {
  readonly info: { readonly vendor: string; readonly architecture: string; readonly device: string; readonly description: string };
  readonly limits: Readonly<Record<string, number>>;
  requestDevice(descriptor: object): Promise<object>;
}
interface Gpu { requestAdapter(options: object): Promise<Adapter | null> }
interface Dawn { create(options: readonly string[]): Gpu; readonly globals: object }

/** Limits that kernels come up against, taken as high as the adapter has them. */
const LIMITS = ['maxComputeWorkgroupStorageSize', 'maxComputeWorkgroupsPerDimension', 'maxStorageBufferBindingSize', 'maxBufferSize', 'maxComputeWorkgroupSizeX', 'maxComputeInvocationsPerWorkgroup'];
/** tfjs' other product for long sums adds with atomic operations, in an order that changes from run to run. */
const PACKED_MATMUL = 3;

/** The GPU object stays alive as long as the process: its devices do not outlive it. */
let gpu: Gpu | null = null;
let found: Promise<Adapter> | null = null;

async function findAdapter(): Promise<Adapter> {
  const library = findWebgpu();
  if (library === null) throw new SetupError('missing', notThere(noLibrary()));
  const { create, globals } = require(library) as Dawn;
  Object.assign(globalThis, globals);
  gpu = create([]);
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (adapter === null) throw new SetupError('missing', notThere(noAdapter('')));
  return adapter;
}

/** Asked once; what was missing may be there at the next attempt. */
function adapterOnce(): Promise<Adapter> {
  return found ??= findAdapter().catch((error: unknown) => {
    found = null;
    throw error;
  });
}

/** The device that WebGPU gives this process, in words: vendor, architecture, name and driver. @throws SetupError `missing`. */
export async function webgpuAdapter(): Promise<string> {
  const { info } = await adapterOnce();
  return [info.vendor, info.architecture, info.device, info.description].filter((part) => part !== '').join(' ');
}

let registered = false;

/**
 * Registers tfjs' backend `webgpu` on Dawn's device. Node has no canvas, so what it computes can be read asynchronously only.
 * @throws SetupError `missing`, with what to do.
 */
export async function registerWebgpu(): Promise<void> {
  if (registered) return;
  if (!hasWebgpuKernels()) throw new SetupError('missing', notThere(noKernels()));
  const adapter = await adapterOnce();
  // Loaded before `navigator.gpu` is there, the package registers no backend of its own.
  const { WebGPUBackend } = require(WEBGPU_KERNELS) as { WebGPUBackend: new (device: object, info: object) => tf.KernelBackend };
  Object.defineProperty(globalThis.navigator, 'gpu', { value: gpu, configurable: true });
  const device = await adapter.requestDevice({ requiredLimits: Object.fromEntries(LIMITS.map((name) => [name, adapter.limits[name]])) });
  tf.env().set('WEBGPU_MATMUL_PROGRAM_TYPE', PACKED_MATMUL);
  // Otherwise small tensors that were read, by a checkpoint say, would be computed with on the host from then on, and round differently.
  tf.env().set('WEBGPU_CPU_FORWARD', false);
  tf.registerBackend('webgpu', () => new WebGPUBackend(device, adapter.info));
  registered = true;
}
