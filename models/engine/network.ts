import type { Scalar, Tensor, Tensor2D } from '@tensorflow/tfjs';
import type { ParameterSpec } from './parameters.ts';

export type Tensors = Readonly<Record<string, Tensor>>;

export interface Batch {
  /** [rows, width] */
  readonly x: Tensor2D;
  /** What the KL divergence is multiplied by in this step: β, or less while it warms up. */
  readonly klWeight: Scalar;
  /** [rows, labelWidth] 1 yes, 0 no, anything else unknown; absent where nothing is labelled. */
  readonly labels?: Tensor2D;
  /** True where the loss is only measured: running statistics are then used instead of the batch's, and not updated. */
  readonly evaluating?: boolean;
}

/** logVar is null where the code of a row is a point. */
export interface Posterior {
  /** [rows, units] */
  readonly mu: Tensor2D;
  readonly logVar: Tensor2D | null;
}

export interface LossResult {
  /** The objective, a mean per row in nats. */
  readonly loss: Scalar;
  /** Means per row in nats; `reconstruction + klWeight · kl = loss` but for free bits. */
  readonly parts: { readonly reconstruction: Scalar; readonly kl: Scalar };
  readonly posterior: Posterior;
  /** New values of parameters that are not trained, by name. */
  readonly updates?: Tensors;
}

/**
 * A generative model as pure functions of its parameters. It holds no state and draws no random number; the engine owns parameters,
 * optimiser and noise, so that the same network runs eagerly or as a captured graph.
 */
export interface Network {
  readonly kind: string;
  /** Features of a row. */
  readonly width: number;
  /** Latent dimensions. */
  readonly units: number;
  /** Standard normal numbers that `loss` wants per row. */
  readonly noiseWidth: number;
  /** Labels that `loss` can use per row; absent: none. */
  readonly labelWidth?: number;
  readonly parameters: readonly ParameterSpec[];
  /** noise: [rows, noiseWidth] */
  loss(parameters: Tensors, batch: Batch, noise: Tensor2D): LossResult;
  encode(parameters: Tensors, x: Tensor2D): Posterior;
  /** z: [rows, units] → [rows, width], as means of numbers and logits of everything else. */
  decode(parameters: Tensors, z: Tensor2D): Tensor2D;
}
