import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import type { ColumnCode } from '../encode/types.ts';
import type { Network, Tensors } from '../engine/network.ts';
import { columnCostTensors } from './column-cost-tensors.ts';
import { logScaleIndex } from './inference.ts';

/** Rows of one call: the call itself then costs a few per cent, and what is fed stays in the caches. */
const BATCH = 4096;
/** Numbers of the rows of one call, so that wide rows do not fill the memory. */
const BATCH_NUMBERS = 4_000_000;

export function rowsPerCall(width: number): number {
  return Math.max(1, Math.min(BATCH, Math.floor(BATCH_NUMBERS / width)));
}

export function namedTensors(network: Network, tensors: readonly Tensor[]): Tensors {
  return Object.fromEntries(network.parameters.map(({ name }, i) => [name, tensors[i]!]));
}

/** x: [rows, width], parameters in order → μ [rows, units], costs by column [rows, columns] and, where codes are no points, ln σ² [rows, units] */
export function describeTensors(network: Network, columns: readonly ColumnCode[], x: Tensor, parameters: readonly Tensor[]): Tensor[] {
  const p = namedTensors(network, parameters), { mu, logVar } = network.encode(p, x as Tensor2D);
  const costs = columnCostTensors(columns, x as Tensor2D, network.decode(p, mu), parameters[logScaleIndex(network)]!);
  return logVar === null ? [mu, costs] : [mu, costs, logVar];
}
