import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import { CapturedFunctions } from '../engine/capture/captured-function.ts';
import type { GraphLoader } from '../engine/capture/node-backend.ts';
import type { Network, Tensors } from '../engine/network.ts';
import { parameterViews } from '../engine/parameters.ts';
import type { ColumnCode } from '../encode/types.ts';
import { columnCostTensors } from './column-cost-tensors.ts';
import { logScaleIndex, pointLogVar } from './inference.ts';
import type { Inference } from './inference.ts';

/** Rows of one call: the call itself then costs a few per cent, and what is fed stays in the caches. */
const BATCH = 4096;
/** Numbers of the rows of one call, so that wide rows do not fill the memory. */
const BATCH_NUMBERS = 4_000_000;

/** Encoder, decoder and costs by column of a trained network as one graph on tensorflow; its parameters are constants there. */
export function capturedInference(network: Network, parameters: Float32Array, columns: readonly ColumnCode[], loader: GraphLoader): Inference {
  const { width, units } = network, views = parameterViews(network.parameters, parameters);
  const fixed = network.parameters.map(({ shape }, i) => ({ shape, values: views[i]! }));
  const named = (tensors: readonly Tensor[]): Tensors => Object.fromEntries(network.parameters.map(({ name }, i) => [name, tensors[i]!]));
  const variational = network.noiseWidth > 0;
  const describe = (x: Tensor, tensors: readonly Tensor[]): Tensor[] => {
    const p = named(tensors), { mu, logVar } = network.encode(p, x as Tensor2D), costs = columnCostTensors(columns, x as Tensor2D, network.decode(p, mu), tensors[logScaleIndex(network)]!);
    return logVar === null ? [mu, costs] : [mu, costs, logVar];
  };
  const batch = Math.max(1, Math.min(BATCH, Math.floor(BATCH_NUMBERS / width)));
  const functions = new CapturedFunctions({
    describe: { compute: describe, width, results: variational ? [units, columns.length, units] : [units, columns.length] },
    decode: { compute: (z, tensors) => [network.decode(named(tensors), z as Tensor2D)], width: units, results: [width] },
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
