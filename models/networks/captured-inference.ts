import type { Tensor2D } from '@tensorflow/tfjs';
import { CapturedFunctions } from '../engine/capture/captured-function.ts';
import type { GraphLoader } from '../engine/capture/node-backend.ts';
import type { Network } from '../engine/network.ts';
import { parameterViews } from '../engine/parameters.ts';
import type { ColumnCode } from '../encode/types.ts';
import { describeTensors, namedTensors, rowsPerCall } from './describe-tensors.ts';
import { pointLogVar } from './inference.ts';
import type { Inference } from './inference.ts';

/** Encoder, decoder and costs by column of a trained network as one graph on tensorflow; its parameters are constants there. */
export function capturedInference(network: Network, parameters: Float32Array, columns: readonly ColumnCode[], loader: GraphLoader): Inference {
  const { width, units } = network, views = parameterViews(network.parameters, parameters);
  const fixed = network.parameters.map(({ shape }, i) => ({ shape, values: views[i]! })), batch = rowsPerCall(width);
  const functions = new CapturedFunctions({
    describe: {
      compute: (x, tensors) => describeTensors(network, columns, x, tensors), width,
      results: network.noiseWidth > 0 ? [units, columns.length, units] : [units, columns.length],
    },
    decode: { compute: (z, tensors) => [network.decode(namedTensors(network, tensors), z as Tensor2D)], width: units, results: [width] },
  }, fixed, batch, loader);
  return {
    batch,
    describe: (x) => {
      const [mu, columnCost, logVar] = functions.run('describe', x) as [Float32Array, Float32Array, Float32Array | undefined];
      return { mu, columnCost, logVar: logVar ?? pointLogVar(mu.length) };
    },
    decode: (z) => functions.run('decode', z)[0]!,
    dispose: () => { functions.dispose(); },
  };
}
