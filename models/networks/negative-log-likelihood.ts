import * as tf from '@tensorflow/tfjs';
import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import { columnSums } from '../engine/dense.ts';
import { DEVIATION_FLOOR, LOGIT_LIMIT, SCALE_SPEED } from './likelihood.ts';
import type { LikelihoodLayout } from './likelihood.ts';

interface Constants { readonly numbers: Tensor1D; readonly logits: Tensor1D; readonly membership: Tensor2D; readonly implicit: Tensor1D }

function constantsOf(layout: LikelihoodLayout): Constants {
  return {
    numbers: tf.tensor1d(layout.numbers), logits: tf.tensor1d(layout.logits),
    membership: tf.tensor2d(layout.membership, [layout.width, layout.groups]), implicit: tf.tensor1d(layout.implicit),
  };
}

interface Forward {
  readonly value: Scalar;
  /** weights, sums, target, difference, meanSquare, exponent, precision */
  readonly saved: Tensor[];
}

function forward(output: Tensor2D, x: Tensor2D, logScale: Tensor1D, layout: LikelihoodLayout): Forward {
  const { numbers, logits, membership, implicit } = constantsOf(layout), rows = x.shape[0];
  const exponent = tf.exp(tf.mul(logScale, SCALE_SPEED)), variance = tf.add(exponent, DEVIATION_FLOOR * DEVIATION_FLOOR), precision = tf.div(numbers, variance);
  const difference = tf.sub(output, x) as Tensor2D, meanSquare = tf.mul(columnSums(tf.square(difference)), 1 / rows);
  const logNormaliser = tf.mul(numbers, tf.log(tf.mul(variance, 2 * Math.PI)));
  const gaussian = tf.mul(tf.sum(tf.add(tf.mul(meanSquare, precision), logNormaliser)), 0.5);
  const bounded = tf.clipByValue(output, -LOGIT_LIMIT, LOGIT_LIMIT), weights = tf.exp(bounded);
  const sums = tf.add(tf.matMul(weights, membership), implicit), target = tf.mul(x, logits);
  // An empty group (no logit, no implicit outcome) does not occur: log sums are finite.
  const entropy = tf.mul(tf.sub(tf.sum(tf.log(sums)), tf.sum(tf.mul(target, bounded))), 1 / rows);
  return { value: tf.add(gaussian, entropy) as Scalar, saved: [weights, sums, target, difference, meanSquare, exponent, precision] };
}

function backward(dy: Scalar, saved: readonly Tensor[], layout: LikelihoodLayout): Tensor[] {
  const [weights, sums, target, difference, meanSquare, exponent, precision] = saved as [Tensor2D, Tensor2D, Tensor2D, Tensor2D, Tensor1D, Tensor1D, Tensor1D];
  const perRow = tf.mul(dy, 1 / weights.shape[0]);
  const shares = tf.mul(weights, tf.matMul(tf.div(perRow, sums), tf.tensor2d(layout.features, [layout.groups, layout.width])));
  const pull = tf.sub(tf.mul(difference, tf.mul(precision, perRow)), tf.mul(target, perRow));
  const half = tf.mul(tf.mul(dy, 0.5 * SCALE_SPEED), exponent);
  const logScaleGradient = tf.mul(half, tf.sub(precision, tf.mul(meanSquare, tf.square(precision))));
  return [tf.add(shares, pull), logScaleGradient];
}

/**
 * Mean over rows of −ln p(x | output), in nats: Gaussian with one learned variance per number (mean = output), categorical with logits
 * for one-hot categories, Bernoulli for missing indicators. Value and gradient are written out by hand because the chain that tfjs would
 * record has three times as many kernels.
 * output, x: [n, width]; logScale: [width], ln(variance − DEVIATION_FLOOR²) / SCALE_SPEED of numbers, ignored elsewhere.
 */
export function negativeLogLikelihood(output: Tensor2D, x: Tensor2D, logScale: Tensor1D, layout: LikelihoodLayout): Scalar {
  return tf.customGrad((out, scale, save) => {
    const { value, saved } = forward(out as Tensor2D, x, scale as Tensor1D, layout);
    (save as (tensors: Tensor[]) => void)(saved);
    return { value, gradFunc: (dy, kept) => backward(dy as Scalar, kept, layout) };
  })(output, logScale) as Scalar;
}
