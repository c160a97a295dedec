import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { BackendChoice } from '../../activities/audit-config.ts';
import { resolveBackend } from '../setup/resolve-backend.ts';
import { findTensorflow } from '../setup/tensorflow-build.ts';
import { TENSORFLOW_VERSION } from '../setup/tensorflow-wheels.ts';
import { WEBGPU_PACKAGE } from '../setup/webgpu-library.ts';
import { gpuDevices } from './gpu-devices.ts';
import { webgpuAdapter } from './load-webgpu.ts';

/** Instructions that TensorFlow's kernels choose by. */
const FEATURES = /^(?:sse4_[12]|avx|avx2|fma|f16c|avx_vnni|avx512\w*|amx_\w+)$/;

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
};

/** The processor as far as sums depend on it: its instructions, and the caches by whose size products are cut into blocks. */
export function processorText(cpuinfo: string = read('/proc/cpuinfo')): string {
  const flags = (/^flags\s*:(.*)$/m.exec(cpuinfo)?.[1] ?? '').split(/\s+/).filter((flag) => FEATURES.test(flag)).sort();
  const caches = [0, 2, 3].map((index) => read(`/sys/devices/system/cpu/cpu0/cache/index${index}/size`)).filter((size) => size !== '');
  return `${process.arch} ${flags.join(' ')}${caches.length === 0 ? '' : `, caches ${caches.join(' ')}`}`;
}

/** The GPU that this process sees, if any. */
function deviceText(variant: string): string | null {
  const visible = process.env['CUDA_VISIBLE_DEVICES'];
  if (variant !== 'gpu' || visible === '' || visible === '-1') return null;
  const device = gpuDevices().find(({ index }) => visible === undefined || String(index) === visible.split(',')[0]);
  return device?.model ?? null;
}

/** Threads of the native backend in this process. */
export function backendThreads(): number {
  return Number(process.env['TF_NUM_INTRAOP_THREADS'] ?? availableParallelism());
}

/**
 * What besides the input decides the bytes that a backend gives, in words: '' for wasm and cpu, which give the same bytes everywhere;
 * for tensorflow its version and build, and the device or the processor with the number of threads; for webgpu its version and the adapter.
 */
export async function backendIdentity(choice: BackendChoice): Promise<string> {
  const backend = resolveBackend(choice, false);
  if (backend === 'webgpu') return `webgpu ${WEBGPU_PACKAGE.version} on ${await webgpuAdapter()}`;
  if (backend !== 'tensorflow') return '';
  const variant = findTensorflow()?.variant ?? 'cpu', device = deviceText(variant);
  const threads = backendThreads(), where = device ?? `${threads} thread${threads === 1 ? '' : 's'}, ${processorText()}`;
  return `tensorflow ${TENSORFLOW_VERSION} (${variant === 'gpu' ? 'CUDA build' : 'CPU build'}) on ${where}`;
}
