import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { registerTensorflow } from '../infra/trainer/load-tensorflow.ts';
import { registerWebgpu } from '../infra/trainer/load-webgpu.ts';
import { startBackend } from '../models/engine/backend.ts';
import type { BackendName } from '../models/engine/backend.ts';
import { EngineError } from '../models/engine/engine-error.ts';
import type { BackendChoice } from './audit-config.ts';
import { DataError } from './data-error.ts';

/** What the engine refuses because of the data or the configuration, as the failure that is not tried again. */
export function asDataError(error: unknown): unknown {
  if (!(error instanceof EngineError) || error.code === 'bad-bytes') return error;
  return new DataError(error.code, error.message, { cause: error });
}

/** Makes a tensor backend this process's own. @throws DataError `backend-unavailable`; SetupError `missing` where webgpu lacks something. */
export async function startEngine(choice: BackendChoice): Promise<BackendName> {
  const wasmFolder = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'));
  try {
    return await startBackend(choice, wasmFolder, registerTensorflow, registerWebgpu);
  } catch (error) {
    throw asDataError(error);
  }
}
