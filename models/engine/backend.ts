import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { EngineError } from './engine-error.ts';
import { mendWasmMatMul } from './wasm-matmul.ts';

export type BackendRequest = 'auto' | 'tensorflow' | 'webgpu' | 'wasm' | 'cpu';
export type BackendName = 'wasm' | 'cpu';

// Production mode silences tfjs' banner and kernel notices, which would otherwise land on the caller's output.
tf.enableProdMode();

let wasmFolderInUse: string | null = null;

/** tfjs takes the folder once in the life of a process, even when nothing was found there. */
async function startWasm(wasmFolder: string): Promise<boolean> {
  if (wasmFolderInUse === null) {
    setWasmPaths(wasmFolder.endsWith('/') ? wasmFolder : `${wasmFolder}/`);
    mendWasmMatMul();
    wasmFolderInUse = wasmFolder;
  }
  return await tf.setBackend('wasm').catch(() => false);
}

/**
 * Makes one backend the process's own and says which it is. `auto` takes wasm, or cpu where wasm does not start.
 * @param wasmFolder folder of tfjs-backend-wasm's `.wasm` files; the first one holds for the process.
 * @throws EngineError `backend-unavailable`.
 */
export async function startBackend(request: BackendRequest, wasmFolder: string): Promise<BackendName> {
  if (request === 'tensorflow' || request === 'webgpu') {
    throw new EngineError('backend-unavailable', `the ${request} backend is not built yet; use auto, wasm or cpu`);
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
