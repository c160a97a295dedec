import * as tf from '@tensorflow/tfjs';
import type { Scalar, Tensor, Tensor2D } from '@tensorflow/tfjs';
import type { Batch, Network, Posterior, Tensors } from './network.ts';
import type { StepData } from './training-step.ts';

export interface LossAndGradient {
  readonly loss: Scalar;
  readonly reconstruction: Scalar;
  readonly kl: Scalar;
  /** Of the trained parameters, in order. */
  readonly gradients: readonly Tensor[];
  /** New values of the others, in order. */
  readonly updates: readonly Tensor[];
}

export interface TensorBatch extends Batch { readonly noise: Tensor2D }

/** Batch as tensors from the arguments of a captured or eager function, in the order of `batchShapes`. */
export function tensorBatch(network: Network, inputs: readonly Tensor[]): { batch: TensorBatch; parameters: Tensors } {
  const names = network.parameters.map(({ name }) => name);
  const [x, noise, klWeight, ...rest] = inputs as [Tensor2D, Tensor2D, Scalar, ...Tensor[]];
  const labels = rest.length > names.length ? { labels: rest.shift() as Tensor2D } : {};
  return { batch: { x, noise, klWeight, ...labels }, parameters: Object.fromEntries(names.map((name, i) => [name, rest[i]!])) };
}

/** Labels per row that a network's loss takes from this data. */
export function labelColumns(network: Network, data: StepData): number {
  return data.labels === undefined ? 0 : network.labelWidth ?? 0;
}

/** Shapes of what a loss takes: rows, noise, KL weight, labels where there are any, and every parameter. */
export function batchShapes(network: Network, rows: number, labelWidth: number): number[][] {
  const labels = labelWidth === 0 ? [] : [[rows, labelWidth]];
  return [[rows, network.width], [rows, network.noiseWidth], [], ...labels, ...network.parameters.map(({ shape }) => [...shape])];
}

/** Value, parts and gradient of a network's loss. The caller's tidy disposes of all of them. */
export function lossAndGradient(network: Network, parameters: Tensors, { noise, ...batch }: TensorBatch): LossAndGradient {
  const trained = network.parameters.filter((spec) => spec.trained !== false), others = network.parameters.filter((spec) => spec.trained === false);
  let kept: readonly [Scalar, Scalar] | null = null, updates: readonly Tensor[] = [];
  const { value, grads } = tf.valueAndGrads((...tensors: Tensor[]) => {
    const result = network.loss({ ...parameters, ...Object.fromEntries(trained.map(({ name }, i) => [name, tensors[i]!])) }, batch, noise);
    kept = [tf.keep(result.parts.reconstruction), tf.keep(result.parts.kl)];
    updates = others.map(({ name }) => tf.keep(result.updates?.[name] ?? parameters[name]!));
    return result.loss;
  })(trained.map(({ name }) => parameters[name]!));
  const [reconstruction, kl] = kept! as readonly [Scalar, Scalar];
  return { loss: value, reconstruction, kl, gradients: grads, updates };
}

/** Loss parts and posterior without a gradient. */
export function lossAndPosterior(network: Network, parameters: Tensors, { noise, ...batch }: TensorBatch): Omit<LossAndGradient, 'gradients' | 'updates'> & { posterior: Posterior } {
  const { loss, parts, posterior } = network.loss(parameters, { ...batch, evaluating: true }, noise);
  return { loss, ...parts, posterior };
}
