import * as tf from '@tensorflow/tfjs';
import { parameterTensors } from '../engine/eager-step.ts';
import type { Network } from '../engine/network.ts';
import { LOG_VAR_LIMIT } from './gaussian-code.ts';

/** Rows that go through the network at once. */
export const INFERENCE_BATCH = 1024;

export interface EncodedRows {
  /** [rows, units] */
  readonly mu: Float32Array;
  /** [rows, units]; where the code of a row is a point, the smallest value a posterior could take. */
  readonly logVar: Float32Array;
  /** [rows, width] the decoder's raw output at z = μ. */
  readonly output: Float32Array;
}

/**
 * A function's result computed in a tidy of its own. tfjs looks for tensors in every element of what a tidy's function returns, which
 * for arrays of numbers takes longer than the network: they leave by assignment instead.
 */
function tidied<Result>(compute: () => Result): Result {
  let result: Result | undefined;
  tf.tidy(() => { result = compute(); });
  return result!;
}

/** x: [rows, width], at most INFERENCE_BATCH rows for flat memory. */
export function encodeRows(network: Network, parameters: Float32Array, x: Float32Array): EncodedRows {
  return tidied(() => {
    const p = parameterTensors(network, parameters);
    const { mu, logVar } = network.encode(p, tf.tensor2d(x, [x.length / network.width, network.width]));
    return {
      mu: mu.dataSync() as Float32Array,
      logVar: (logVar?.dataSync() as Float32Array | undefined) ?? new Float32Array(mu.size).fill(-LOG_VAR_LIMIT),
      output: network.decode(p, mu).dataSync() as Float32Array,
    };
  });
}

/** z: [m, units] → raw output [m, width], in batches. */
export function decodeRows(network: Network, parameters: Float32Array, z: Float32Array): Float32Array {
  const { units, width } = network, rows = z.length / units, output = new Float32Array(rows * width);
  for (let first = 0; first < rows; first += INFERENCE_BATCH) {
    const last = Math.min(rows, first + INFERENCE_BATCH);
    tf.tidy(() => {
      const part = tf.tensor2d(z.subarray(first * units, last * units), [last - first, units]);
      output.set(network.decode(parameterTensors(network, parameters), part).dataSync(), first * width);
    });
  }
  return output;
}
