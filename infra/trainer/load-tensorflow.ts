import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import * as tf from '@tensorflow/tfjs';
import { findTensorflow, type TensorflowBuild } from '../setup/tensorflow-build.ts';

const require = createRequire(import.meta.url);

/** TensorFlow reads its threads from the environment, once, when its first session starts. */
function fixThreads(): void {
  const threads = process.env['TF_NUM_INTRAOP_THREADS'] ?? String(availableParallelism());
  process.env['TF_NUM_INTRAOP_THREADS'] = threads;
  process.env['TF_NUM_INTEROP_THREADS'] ??= threads;
  process.env['OMP_NUM_THREADS'] ??= threads;
  // Its remarks on the processor's features are no news; errors are.
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
}

/** float32 is float32 on a GPU too, the same sums come in the same order, and processes beside each other share its memory. */
function fixDevice(): void {
  process.env['NVIDIA_TF32_OVERRIDE'] ??= '0';
  process.env['TF_DETERMINISTIC_OPS'] ??= '1';
  process.env['TF_FORCE_GPU_ALLOW_GROWTH'] ??= 'true';
}

/** `NodeJSKernelBackend` asks for a function that Node 23 took away, and for one that Node warns of. */
function mendUtil(): void {
  const util = require('node:util') as { isNullOrUndefined?: (value: unknown) => boolean; isArray: (value: unknown) => boolean };
  util.isNullOrUndefined ??= (value) => value === null || value === undefined;
  util.isArray = Array.isArray;
}

let registered = false;

/**
 * Loads the binding that `penumbra setup tensorflow` built and registers it as tfjs' backend `tensorflow`, with its kernels. The
 * package's own entry is passed by: it looks for a binding below node_modules, which every `npm ci` wipes.
 * @param build the one for this machine by default.
 * @returns false when no binding is built for this machine.
 * @throws Error when there is one and it does not load.
 */
export function registerTensorflow(build: Pick<TensorflowBuild, 'binding' | 'variant'> | null = findTensorflow()): boolean {
  if (registered) return true;
  if (build === null) return false;
  fixThreads();
  if (build.variant === 'gpu') fixDevice();
  mendUtil();
  const binding: unknown = require(build.binding);
  // oxlint-disable-next-line import/no-unassigned-import -- what it does is register
  require('@tensorflow/tfjs-node-gpu/dist/register_all_kernels');
  const { NodeJSKernelBackend } = require('@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend') as
    { NodeJSKernelBackend: new (binding: unknown, packageName: string) => tf.KernelBackend };
  tf.registerBackend('tensorflow', () => new NodeJSKernelBackend(binding, '@tensorflow/tfjs-node-gpu'));
  registered = true;
  return true;
}
