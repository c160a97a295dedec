import * as tf from '@tensorflow/tfjs';
import type { Tensor2D } from '@tensorflow/tfjs';
import type { BackendName } from '../../models/engine/backend.ts';
import { CapturedFunctions } from '../../models/engine/capture/captured-function.ts';
import { parameterTensors } from '../../models/engine/eager-step.ts';
import type { Network, Tensors } from '../../models/engine/network.ts';
import { initialParameters, parameterViews } from '../../models/engine/parameters.ts';
import { graphLoader } from '../trainer/graph-loader.ts';

/** Rows → μ and ln σ², as they come to the host. x: [rows, width] */
export type EncodeBatch = (x: Float32Array) => void | Promise<void>;

function captured(network: Network, parameters: Float32Array, batch: number): EncodeBatch {
  const { width, units } = network, views = parameterViews(network.parameters, parameters), fixed = network.parameters.map(({ shape }, i) => ({ shape, values: views[i]! }));
  const named = (tensors: readonly tf.Tensor[]): Tensors => Object.fromEntries(network.parameters.map(({ name }, i) => [name, tensors[i]!]));
  const compute = (x: tf.Tensor, tensors: readonly tf.Tensor[]): tf.Tensor[] => {
    const { mu, logVar } = network.encode(named(tensors), x as Tensor2D);
    return [mu, logVar!];
  };
  const functions = new CapturedFunctions({ encode: { compute, width, results: [units, units] } }, fixed, batch, graphLoader);
  return (x) => { functions.run('encode', x); };
}

/** A network's encoder alone, as the backend runs it fastest. */
export function batchEncoder(network: Network, backend: BackendName, batch: number): EncodeBatch {
  const parameters = initialParameters(network.parameters, 1);
  if (backend === 'tensorflow') return captured(network, parameters, batch);
  const tensors = parameterTensors(network, parameters), encode = (x: Float32Array): tf.Tensor[] => tf.tidy(() => {
    const { mu, logVar } = network.encode(tensors, tf.tensor2d(x, [batch, network.width]));
    return [mu, logVar!];
  });
  if (backend === 'webgpu') {
    return async (x) => {
      const results = encode(x.slice());
      await Promise.all(results.map((result) => result.data()));
      tf.dispose(results);
    };
  }
  return (x) => {
    for (const result of encode(x)) {
      result.dataSync();
      result.dispose();
    }
  };
}
