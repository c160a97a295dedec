import type { ColumnCode } from '../encode/types.ts';
import { parameterViews } from '../engine/parameters.ts';
import type { Network } from '../engine/network.ts';
import type { Awaitable } from '../engine/training-step.ts';
import { columnCosts } from './column-cost.ts';
import { LOG_VAR_LIMIT } from './gaussian-code.ts';
import { INFERENCE_BATCH, decodeRows, encodeRows } from './infer.ts';

/** What a network says of rows. */
export interface DescribedRows {
  /** [rows, units] */
  readonly mu: Float32Array;
  /** [rows, units]; where the code of a row is a point, the smallest value a posterior could take. */
  readonly logVar: Float32Array;
  /** [rows, columns] negative log-likelihood at z = μ, in nats. */
  readonly columnCost: Float32Array;
}

/** A trained network at work, on one backend. */
export interface Inference {
  /** Rows that it takes at once with flat memory; more are cut into such parts. */
  readonly batch: number;
  /** x: [rows, width] */
  describe(x: Float32Array): Awaitable<DescribedRows>;
  /** z: [rows, units] → raw output [rows, width] */
  decode(z: Float32Array): Awaitable<Float32Array>;
  dispose(): void;
}

/** Position of the parameter that holds the scales of numbers. */
export function logScaleIndex(network: Network): number {
  return network.parameters.findIndex(({ name }) => name === 'logScale');
}

export function pointLogVar(length: number): Float32Array {
  return new Float32Array(length).fill(-LOG_VAR_LIMIT);
}

/** Kernel by kernel. */
export function eagerInference(network: Network, parameters: Float32Array, columns: readonly ColumnCode[]): Inference {
  const { width } = network, logScale = parameterViews(network.parameters, parameters)[logScaleIndex(network)]!;
  return {
    batch: INFERENCE_BATCH,
    describe: (x) => {
      const { mu, logVar, output } = encodeRows(network, parameters, x);
      return { mu, logVar, columnCost: columnCosts(columns, { x, output, rows: x.length / width, width }, logScale) };
    },
    decode: (z) => decodeRows(network, parameters, z),
    dispose: () => undefined,
  };
}
