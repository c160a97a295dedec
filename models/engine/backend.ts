import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { mendWasmConv } from './conv-wasm.ts';
import { EngineError } from './engine-error.ts';
import { mendWasmMatMul } from './wasm-matmul.ts';

export type BackendRequest = 'auto' | 'tensorflow' | 'webgpu' | 'wasm' | 'cpu';
export type BackendName = 'tensorflow' | 'webgpu' | 'wasm' | 'cpu';

/** Registers tfjs' backend `tensorflow`; false where its binding is not built, an error where it is and does not load. */
export type RegisterTensorflow = () => boolean;

/** Registers tfjs' backend `webgpu`; throws, with what to do, where something is missing. */
export type RegisterWebgpu = () => Promise<void>;

// Production mode silences tfjs' banner and kernel notices, which would otherwise land on the caller's output.
tf.enableProdMode();

let wasmFolderInUse: string | null = null;

/** tfjs takes the folder once in the life of a process, even when nothing was found there. */
async function startWasm(wasmFolder: string): Promise<boolean> {
  if (wasmFolderInUse === null) {
    setWasmPaths(wasmFolder.endsWith('/') ? wasmFolder : `${wasmFolder}/`);
    mendWasmMatMul();
    mendWasmConv();
    wasmFolderInUse = wasmFolder;
  }
  return await tf.setBackend('wasm').catch(() => false);
}

async function startTensorflow(register: RegisterTensorflow): Promise<boolean> {
  try {
    return register() && await tf.setBackend('tensorflow');
  } catch (error) {
    throw new EngineError('backend-unavailable', `the tensorflow backend is built on this machine and does not start: ${(error as Error).message}; ` +
      'build it again with penumbra setup tensorflow --again, or use wasm or cpu', { cause: error });
  }
}

async function startWebgpu(register: RegisterWebgpu): Promise<'webgpu'> {
  await register();
  if (!await tf.setBackend('webgpu')) throw new EngineError('backend-unavailable', 'WebGPU gives no device; use auto, tensorflow, wasm or cpu');
  return 'webgpu';
}

async function noWebgpu(): Promise<never> {
  throw new EngineError('backend-unavailable', 'the webgpu backend is not there; use auto, tensorflow, wasm or cpu');
}

/**
 * Makes one backend the process's own and says which it is. `auto` takes tensorflow where it is built, else wasm, or cpu where wasm does not start; webgpu runs where it is asked for.
 * @param wasmFolder folder of tfjs-backend-wasm's `.wasm` files; the first one holds for the process.
 * @throws EngineError `backend-unavailable`; whatever `registerWebgpu` throws.
 */
export async function startBackend(
  request: BackendRequest, wasmFolder: string, registerTensorflow: RegisterTensorflow = () => false, registerWebgpu: RegisterWebgpu = noWebgpu,
): Promise<BackendName> {
  if (request === 'webgpu') return await startWebgpu(registerWebgpu);
  if (request === 'tensorflow' || request === 'auto') {
    if (await startTensorflow(registerTensorflow)) return 'tensorflow';
    if (request === 'tensorflow') {
      throw new EngineError('backend-unavailable', 'the tensorflow backend is not built on this machine: run penumbra setup tensorflow, or use auto, wasm or cpu');
    }
  }
  if (request !== 'cpu' && await startWasm(wasmFolder)) {
    await tf.ready();
    return 'wasm';
  }
  if (request === 'wasm') {
    throw new EngineError('backend-unavailable', `the wasm backend did not start from ${wasmFolderInUse}; use auto or cpu`);
  }
  await tf.setBackend('cpu');
  await tf.ready();
  return 'cpu';
}
