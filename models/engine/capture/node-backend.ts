import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { EngineError } from '../engine-error.ts';

export interface OpAttribute {
  readonly name: string;
  /** One of the binding's TF_ATTR_… numbers. */
  readonly type: number;
  readonly value: unknown;
}

export interface OpOutput { readonly id: number; readonly shape: readonly number[]; readonly dtype: number }

export type HostValues = Float32Array | Int32Array | Uint8Array;

/** What the capture uses of the native binding of tfjs-node. Tensors are known to it by number. */
export interface NativeBinding {
  executeOp(op: string, attributes: readonly OpAttribute[], inputs: readonly number[], outputs: number): OpOutput[];
  createTensor(shape: readonly number[], dtype: number, values: HostValues | readonly number[]): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): HostValues;
  loadSavedModel(folder: string, tags: string): number;
  deleteSavedModel(id: number): void;
  runSavedModel(id: number, inputs: readonly number[], inputNames: string, outputNames: string): OpOutput[];
  getNumOfSavedModels(): number;
  getNumOfTensors(): number;
}

/** What the capture uses of tfjs' backend `tensorflow`. */
export interface NodeBackend {
  binding: NativeBinding;
  getInputTensorIds(tensors: readonly Tensor[]): number[];
  executeSingleOutput(op: string, attributes: readonly OpAttribute[], inputs: readonly Tensor[]): Tensor;
  executeMultipleOutputs(op: string, attributes: readonly OpAttribute[], inputs: readonly Tensor[], outputs: number): Tensor[];
}

/** Brings a serialised SavedModel into a session of the binding: only files do that, and files are outside of this room. */
export interface GraphLoader {
  /** @returns the session's number, for `runSavedModel` and `deleteSavedModel`. */
  load(savedModel: Uint8Array, binding: NativeBinding): number;
}

export function onTensorflow(): boolean {
  return tf.getBackend() === 'tensorflow';
}

/** @throws EngineError `backend-unavailable` where the process runs on another backend. */
export function nodeBackend(): NodeBackend {
  if (!onTensorflow()) throw new EngineError('backend-unavailable', `steps are captured on the tensorflow backend only, not on ${tf.getBackend()}`);
  return tf.backend() as unknown as NodeBackend;
}
