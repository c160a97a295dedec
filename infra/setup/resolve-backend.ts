import type { BackendChoice, ModelConfig } from '../../activities/audit-config.ts';
import { DataError } from '../../activities/data-error.ts';
import { typed } from '../cli/invocation.ts';
import { SetupError } from './setup-error.ts';
import { findTensorflow } from './tensorflow-build.ts';
import { notThere } from './webgpu-messages.ts';
import { tryWebgpu } from './webgpu-needs.ts';
import { gpuDevices } from '../trainer/gpu-devices.ts';

/** Whether stages can have a GPU on this machine: a device, and the build that uses it. */
export function hasGpuBackend(): boolean {
  return gpuDevices().length > 0 && findTensorflow()?.variant === 'gpu';
}

function refuseMissingWebgpu(): void {
  const trial = tryWebgpu();
  if ('missing' in trial) throw new SetupError('missing', notThere(trial.missing.join('; ')), { details: trial.missing });
}

/**
 * The backend that `auto` means: the fastest that is there. A result records it, so it is settled before an audit begins and not by
 * each process for itself.
 * @param here whether this machine will compute; what another has is seen there.
 * @throws DataError `backend-unavailable`; SetupError `missing` where webgpu lacks something.
 */
export function resolveBackend(choice: BackendChoice, here: boolean, device: ModelConfig['device'] = 'cpu'): BackendChoice {
  if (device === 'gpu' && here && !hasGpuBackend()) {
    throw new DataError('backend-unavailable', `model.device is gpu, and this machine has ${gpuDevices().length === 0 ? 'no NVIDIA GPU' : `a GPU without the build that uses it: run ${typed('setup tensorflow --gpu')}`}; or set model.device to cpu`);
  }
  if (device === 'gpu' && choice === 'auto') return 'tensorflow';
  if (choice === 'webgpu' && here) refuseMissingWebgpu();
  if (choice !== 'auto' && (choice !== 'tensorflow' || !here)) return choice;
  if (findTensorflow() !== null) return 'tensorflow';
  if (choice === 'auto') return 'wasm';
  throw new DataError('backend-unavailable', `the tensorflow backend is not built on this machine: run ${typed('setup tensorflow')}, or set backend to auto, wasm or cpu`);
}
