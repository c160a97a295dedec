import * as tf from '@tensorflow/tfjs';
import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import { fusedBatchNorm, fusedBatchNormGradient } from './batch-norm-fused.ts';
import { columnSums } from './dense.ts';
import { onTensorflow, reluGradient } from './tensorflow-ops.ts';

/** Added to a variance before its root. */
export const NORM_EPSILON = 1e-3;

/** Channels that fill a vector of 256 bits. */
const VECTOR = 8;

export interface BatchNormResult {
  readonly y: Tensor4D;
  /** [channels] over images and pixels of the batch */
  readonly mean: Tensor1D;
  /** [channels], that of the population the batch is a sample of: divided by n − 1 */
  readonly variance: Tensor1D;
}

interface Forward { readonly y: Tensor; readonly mean: Tensor; readonly variance: Tensor; readonly saved: Tensor[] }

/** A matrix of pixels by channels with its statistics by kernels that every backend has. x: [p, c] */
function composed(x: Tensor2D, scale: Tensor, offset: Tensor): Forward {
  const count = x.shape[0], mean = tf.mul(columnSums(x), 1 / count), centred = tf.sub(x, mean) as Tensor2D;
  const biased = tf.mul(columnSums(tf.square(centred)), 1 / count), inverse = tf.rsqrt(tf.add(biased, NORM_EPSILON));
  const normal = tf.mul(centred, inverse), y = tf.add(tf.mul(normal, scale), offset);
  return { y, mean, variance: tf.mul(biased, count / Math.max(1, count - 1)), saved: [normal, inverse] };
}

/** Ioffe and Szegedy, "Batch normalization" (ICML 2015), section 3, with the sums over the batch taken out. dy: [p, c] */
function composedGradient(dy: Tensor2D, normal: Tensor2D, inverse: Tensor, scale: Tensor): Tensor[] {
  const count = dy.shape[0], offsetGradient = columnSums(dy), scaleGradient = columnSums(tf.mul(dy, normal));
  const pulled = tf.add(tf.mul(normal, tf.mul(scaleGradient, 1 / count)), tf.mul(offsetGradient, 1 / count));
  return [tf.mul(tf.sub(dy, pulled), tf.mul(scale, inverse)), scaleGradient, offsetGradient];
}

function forward(x: Tensor4D, scale: Tensor, offset: Tensor): Forward {
  if (onTensorflow()) return fusedBatchNorm(x, scale, offset, NORM_EPSILON);
  const channels = x.shape[3], { y, ...rest } = composed(tf.reshape(x, [x.size / channels, channels]), scale, offset);
  return { ...rest, y: tf.reshape(y, x.shape) };
}

function backward(dy: Tensor4D, x: Tensor4D, scale: Tensor, saved: readonly Tensor[]): Tensor[] {
  if (onTensorflow()) return fusedBatchNormGradient(dy, x, scale, saved, NORM_EPSILON);
  const [normal, inverse] = saved as [Tensor2D, Tensor], [dx, ...parameters] = composedGradient(tf.reshape(dy, normal.shape), normal, inverse, scale);
  return [tf.reshape(dx!, x.shape), ...parameters];
}

/**
 * TensorFlow fuses a ReLU into the batch norm before it, and oneDNN (3.5) then has no vectorised kernel unless the channels fill its
 * vectors: 1.6 ms instead of 0.4 ms for 32×32×32×12. A maximum is the same number and is left alone.
 */
function relu(x: Tensor4D): Tensor {
  return onTensorflow() && x.shape[3] % VECTOR !== 0 ? tf.maximum(x, 0) : tf.relu(x);
}

function throughRelu(dy: Tensor, output: Tensor): Tensor {
  return onTensorflow() ? reluGradient(dy, output) : tf.mul(dy, tf.step(output));
}

/**
 * ReLU of a batch norm by the statistics of the batch itself (Ioffe and Szegedy, "Batch normalization", ICML 2015), per channel: the layer
 * under training. No gradient flows through the statistics that come out; the running ones are made of them.
 * x: [n, h, w, channels]; scale, offset: [channels]
 */
export function batchNormRelu(x: Tensor4D, scale: Tensor1D, offset: Tensor1D): BatchNormResult {
  const kept: Tensor[] = [];
  const y = tf.customGrad((input, gamma, beta, save) => {
    const result = forward(input as Tensor4D, gamma as Tensor, beta as Tensor), active = relu(result.y as Tensor4D);
    kept.push(tf.keep(result.mean), tf.keep(result.variance));
    (save as (tensors: Tensor[]) => void)([active, input as Tensor, gamma as Tensor, ...result.saved]);
    return {
      value: active,
      gradFunc: (dy, [output, before, weight, ...saved]) => backward(throughRelu(dy, output!) as Tensor4D, before as Tensor4D, weight!, saved),
    };
  })(x, scale, offset) as Tensor4D;
  const [mean, variance] = kept.map((tensor) => tf.clone(tensor)) as [Tensor1D, Tensor1D];
  kept.forEach((tensor) => tensor.dispose());
  return { y, mean, variance };
}

/** The same layer by statistics that are given: for inference, where a row's code depends on that row alone. */
export function batchNormReluBy(x: Tensor4D, scale: Tensor1D, offset: Tensor1D, mean: Tensor1D, variance: Tensor1D): Tensor4D {
  const factor = tf.mul(scale, tf.rsqrt(tf.add(variance, NORM_EPSILON)));
  return tf.relu(tf.add(tf.mul(tf.sub(x, mean), factor), offset));
}
