import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { stepMaker } from '../../../activities/step-maker.ts';
import { registerTensorflow } from '../../../infra/trainer/load-tensorflow.ts';
import { registerWebgpu } from '../../../infra/trainer/load-webgpu.ts';
import { startBackend } from '../../../models/engine/backend.ts';
import type { BackendName, BackendRequest } from '../../../models/engine/backend.ts';
import type { Network } from '../../../models/engine/network.ts';
import type { TrainingOptions, TrainingTask } from '../../../models/engine/train-network.ts';
import { vae } from '../../../models/networks/vae.ts';
import type { VaeOptions } from '../../../models/networks/vae.ts';
import { ENCODER, encodedRows } from '../../activities/encoded-fixture.ts';

export const WASM_FOLDER = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'));

export function useBackend(name: BackendRequest): Promise<BackendName> {
  return startBackend(name, WASM_FOLDER, registerTensorflow, registerWebgpu);
}

export function smallVae(options: Partial<VaeOptions> = {}): Network {
  return vae({ kind: 'vae', columns: ENCODER.columns, width: ENCODER.width, units: 3, hidden: 16, variational: true, freeBits: 0, ...options });
}

export const OPTIONS: TrainingOptions = { seed: 5, epochs: 4, batch: 64, rate: 4e-3, beta: 1, warmUpShare: 0.25, patience: 3, checkpointSteps: 3 };

/** The fixture's rows, and positions of the train and validation parts. */
export function rowSets(rows: number): { x: Float32Array; train: Uint32Array; validation: Uint32Array } {
  const { x, split } = encodedRows(rows);
  const part = (value: number): Uint32Array => Uint32Array.from([...split.keys()].filter((row) => split[row] === value));
  return { x, train: part(0), validation: part(1) };
}

export function smallTask(options: Partial<TrainingOptions> = {}, network = smallVae()): TrainingTask {
  const { x, ...parts } = rowSets(500), backend = tf.getBackend() as BackendName;
  return { network, makeStep: stepMaker(network, { backend, data: { x }, clip: 50, precision: 'float32' }), ...parts, options: { ...OPTIONS, ...options } };
}
