import * as tf from '@tensorflow/tfjs';
import type { Tensor4D } from '@tensorflow/tfjs';

/** Side of an image after a strided convolution that pads as little as it needs ("same"): ⌈side / stride⌉. */
export function stridedSide(side: number, stride: number): number {
  return Math.ceil(side / stride);
}

/**
 * Cross-correlation with zero padding so that the output has ⌈side / stride⌉ pixels; an odd pixel of padding goes to the bottom right.
 * x: [n, h, w, channels], filter: [k, k, channels, filters] → [n, ⌈h / stride⌉, ⌈w / stride⌉, filters]
 */
export function convolve(x: Tensor4D, filter: Tensor4D, stride: number): Tensor4D {
  return tf.conv2d(x, filter, stride, 'same');
}

/**
 * The transpose of `convolve` as a linear map: what takes an image of `size` to x's shape takes x back to an image of `size`
 * (Dumoulin and Visin, "A guide to convolution arithmetic for deep learning", 2016, chapter 4).
 * x: [n, ⌈height / stride⌉, ⌈width / stride⌉, channels], filter: [k, k, filters, channels] → [n, height, width, filters]
 */
export function convolveTransposed(x: Tensor4D, filter: Tensor4D, stride: number, [height, width]: readonly [number, number]): Tensor4D {
  return tf.conv2dTranspose(x, filter, [x.shape[0], height, width, filter.shape[2]], stride, 'same');
}
