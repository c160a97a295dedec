import type { Network } from '../engine/network.ts';
import type { EncodedRows } from './infer.ts';
import { INFERENCE_BATCH, decodeRows, encodeRows } from './infer.ts';

/** A trained network at work, on one backend. */
export interface Inference {
  /** Rows that it takes at once with flat memory; more are cut into such parts. */
  readonly batch: number;
  /** x: [rows, width] */
  encode(x: Float32Array): EncodedRows;
  /** z: [rows, units] → raw output [rows, width] */
  decode(z: Float32Array): Float32Array;
  dispose(): void;
}

/** Kernel by kernel. */
export function eagerInference(network: Network, parameters: Float32Array): Inference {
  return {
    batch: INFERENCE_BATCH,
    encode: (x) => encodeRows(network, parameters, x),
    decode: (z) => decodeRows(network, parameters, z),
    dispose: () => undefined,
  };
}
