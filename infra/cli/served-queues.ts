import { findTensorflow } from '../setup/tensorflow-build.ts';
import { gpuDevices, type GpuDevice } from '../trainer/gpu-devices.ts';
import { UsageError } from './exit-codes.ts';
import { typed } from './invocation.ts';

const QUEUES = ['workflow', 'cpu', 'gpu'] as const;
export type ServedQueue = typeof QUEUES[number];

/** `workflow,cpu` as `--queues` names them. @throws UsageError for a queue that does not exist. */
export function queuesOf(text: string): readonly ServedQueue[] {
  return text.split(',').map((part) => {
    const queue = QUEUES.find((name) => name === part.trim());
    if (queue === undefined) throw new UsageError(`there is no queue ${part.trim()}; there are: ${QUEUES.join(', ')}`);
    return queue;
  });
}

export interface GpuMachine {
  readonly devices: readonly GpuDevice[];
  readonly cudaBuild: boolean;
}

function thisMachine(): GpuMachine {
  return { devices: gpuDevices(), cudaBuild: findTensorflow()?.variant === 'gpu' };
}

/**
 * The GPUs that a worker's gpu queue computes on: those that `--device` names by index, else all; empty when the queue is not served.
 * @throws UsageError when the machine has none of them, or no build that uses them.
 */
export function devicesOf(text: string | undefined, serve: readonly ServedQueue[], { devices, cudaBuild }: GpuMachine = thisMachine()): readonly number[] {
  if (!serve.includes('gpu')) {
    if (text === undefined) return [];
    throw new UsageError('--device is for the gpu queue: serve it with --queues gpu');
  }
  if (devices.length === 0) throw new UsageError('the gpu queue needs an NVIDIA GPU with its driver, and this machine shows none in /proc/driver/nvidia/gpus; serve workflow and cpu');
  if (!cudaBuild) throw new UsageError(`the gpu queue needs the CUDA build of TensorFlow: run ${typed('setup tensorflow --gpu')}`);
  if (text === undefined) return devices.map(({ index }) => index);
  const known = devices.map(({ index, model }) => `${index} (${model})`).join(', ');
  const chosen = text.split(',').map((part) => devices.find(({ index }) => String(index) === part.trim())?.index ?? part.trim());
  const unknown = chosen.find((index) => typeof index === 'string');
  if (unknown !== undefined) throw new UsageError(`there is no GPU ${unknown}; there are: ${known}`);
  return [...new Set(chosen as number[])];
}
