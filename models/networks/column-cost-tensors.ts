import * as tf from '@tensorflow/tfjs';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import type { ColumnCode } from '../encode/types.ts';
import { FEATURE_LIMIT } from './column-cost.ts';
import { DEVIATION_FLOOR, LOGIT_LIMIT, SCALE_SPEED, likelihoodLayout } from './likelihood.ts';

interface Sums {
  /** [width, columns] 1 where a feature's own terms belong to the column. */
  readonly features: Float32Array;
  /** [groups, columns] 1 where the logarithm of a group's sum does. */
  readonly groups: Float32Array;
}

/** A column's groups come in the order of the columns, as `likelihoodLayout` numbers them. */
function sumsOf(columns: readonly ColumnCode[], width: number, groups: number): Sums {
  const features = new Float32Array(width * columns.length), byGroup = new Float32Array(groups * columns.length);
  let group = 0;
  columns.forEach((column, c) => {
    for (let feature = column.offset; feature < column.offset + column.width; feature++) features[feature * columns.length + c] = 1;
    if (column.kind === 'category' || column.missingIndicator) byGroup[group++ * columns.length + c] = 1;
  });
  return { features, groups: byGroup };
}

/**
 * The same costs as `columnCosts`, as tensors, so that they can be captured with the decoder: x and a decoder's output [n, width],
 * logScale [width] → [n, columns.length], in nats.
 */
export function columnCostTensors(columns: readonly ColumnCode[], x: Tensor2D, output: Tensor2D, logScale: Tensor): Tensor2D {
  const width = x.shape[1], layout = likelihoodLayout(columns, width), sums = sumsOf(columns, width, layout.groups);
  const variance = tf.add(tf.exp(tf.mul(logScale, SCALE_SPEED)), DEVIATION_FLOOR * DEVIATION_FLOOR), numbers = tf.tensor1d(layout.numbers);
  const difference = tf.sub(tf.clipByValue(x, -FEATURE_LIMIT, FEATURE_LIMIT), output);
  const gaussian = tf.add(tf.mul(tf.square(difference), tf.div(tf.mul(numbers, 0.5), variance)), tf.mul(tf.mul(numbers, 0.5), tf.log(tf.mul(variance, 2 * Math.PI))));
  const logits = tf.clipByValue(output, -LOGIT_LIMIT, LOGIT_LIMIT), said = tf.mul(tf.mul(x, tf.tensor1d(layout.logits)), logits);
  const outcomes = tf.add(tf.matMul(tf.exp(logits), tf.tensor2d(layout.membership, [width, layout.groups])), tf.tensor1d(layout.implicit));
  const own = tf.matMul(tf.sub(gaussian, said) as Tensor2D, tf.tensor2d(sums.features, [width, columns.length]));
  return tf.add(own, tf.matMul(tf.log(outcomes) as Tensor2D, tf.tensor2d(sums.groups, [layout.groups, columns.length])));
}
