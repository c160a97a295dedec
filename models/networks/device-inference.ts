import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import type { ColumnCode } from '../encode/types.ts';
import { refuseMissingKernels } from '../engine/missing-kernels.ts';
import type { Network } from '../engine/network.ts';
import { parameterViews } from '../engine/parameters.ts';
import { describeTensors, namedTensors, rowsPerCall } from './describe-tensors.ts';
import { pointLogVar } from './inference.ts';
import type { Inference } from './inference.ts';

/** Values of tensors that are then disposed of. */
async function read(tensors: readonly Tensor[]): Promise<Float32Array[]> {
  const values = await Promise.all(tensors.map((tensor) => tensor.data<'float32'>()));
  tf.dispose([...tensors]);
  return values;
}

/**
 * Encoder, decoder and costs by column of a trained network on a device that is read asynchronously; its parameters lie there.
 * @throws EngineError `backend-unavailable` where the backend lacks a kernel of the network.
 */
export function deviceInference(network: Network, parameters: Float32Array, columns: readonly ColumnCode[]): Inference {
  refuseMissingKernels(network);
  const { width, units } = network, batch = rowsPerCall(width), views = parameterViews(network.parameters, parameters);
  const tensors = network.parameters.map(({ shape }, i) => tf.tensor(views[i]!.slice(), [...shape]));
  return {
    batch,
    describe: async (x) => {
      const [mu, columnCost, logVar] = await read(tf.tidy(() => describeTensors(network, columns, tf.tensor2d(x.slice(), [x.length / width, width]), tensors)));
      return { mu: mu!, columnCost: columnCost!, logVar: logVar ?? pointLogVar(mu!.length) };
    },
    decode: async (z) => {
      const rows = z.length / units, output = new Float32Array(rows * width);
      for (let first = 0; first < rows; first += batch) {
        const part = z.slice(first * units, (first + batch) * units);
        const [decoded] = await read([tf.tidy(() => network.decode(namedTensors(network, tensors), tf.tensor2d(part, [part.length / units, units])))]);
        output.set(decoded!, first * width);
      }
      return output;
    },
    dispose: () => { tf.dispose(tensors); },
  };
}
