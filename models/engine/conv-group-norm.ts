import * as tf from '@tensorflow/tfjs';
import type { Tensor, Tensor1D, Tensor3D, Tensor4D } from '@tensorflow/tfjs';
import { NORM_EPSILON } from './batch-norm.ts';

/** Means over the pixels and channels of each group, given back to its channels. values: [n, pixels, c] → [n, 1, c] */
function groupMeans(values: Tensor3D, groups: number): Tensor3D {
  const [rows, , channels] = values.shape;
  const sums = tf.mean(tf.reshape(tf.mean(values, 1), [rows, groups, channels / groups]), 2, true);
  return tf.reshape(tf.tile(sums, [1, 1, channels / groups]), [rows, 1, channels]);
}

/**
 * ReLU of a group norm: every image by the statistics of its own channels, `groups` of them together (Wu and He, "Group normalization",
 * ECCV 2018, equations 1 to 7). It has no running statistics, is the same under training and inference, and does not mind small batches.
 * x: [n, h, w, c] with c divisible by groups; scale, offset: [c]
 * @throws RangeError when the groups do not divide the channels.
 */
export function groupNormRelu(x: Tensor4D, scale: Tensor1D, offset: Tensor1D, groups: number): Tensor4D {
  const [rows, height, width, channels] = x.shape;
  if (channels % groups !== 0) throw new RangeError(`${groups} groups do not divide ${channels} channels`);
  const pixels: Tensor3D = tf.reshape(x, [rows, height * width, channels]), centred = tf.sub(pixels, groupMeans(pixels, groups)) as Tensor3D;
  const inverse: Tensor = tf.rsqrt(tf.add(groupMeans(tf.square(centred), groups), NORM_EPSILON));
  return tf.reshape(tf.relu(tf.add(tf.mul(centred, tf.mul(inverse, scale)), offset)), x.shape);
}
