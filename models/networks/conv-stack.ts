import * as tf from '@tensorflow/tfjs';
import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import { batchNormRelu, batchNormReluBy } from '../engine/batch-norm.ts';
import { groupNormRelu } from '../engine/conv-group-norm.ts';
import { convolve, convolveTransposed, stridedSide } from '../engine/conv.ts';
import type { Tensors } from '../engine/network.ts';
import type { Initialisation, ParameterSpec } from '../engine/parameters.ts';

export interface ImageShape { readonly height: number; readonly width: number; readonly channels: number }

export interface ConvLayer { readonly filters: number; readonly kernel: number; readonly stride: number }

/** By the statistics of the batch, with running ones for inference; or of each image by itself, in groups of channels. */
export type Norm = { readonly kind: 'batch' } | { readonly kind: 'group'; readonly groups: number };

/** One way through the layers: `updates` collects what running statistics become, or is null where they are used instead of the batch's. */
export interface Pass {
  readonly parameters: Tensors;
  readonly updates: Record<string, Tensor> | null;
}

/** Share of the past that running statistics keep at every step. */
const RUNNING_SHARE = 0.9;

/** Image sizes from the input, [0], to the innermost feature map. */
export function imageSizes({ height, width, channels }: ImageShape, layers: readonly ConvLayer[]): ImageShape[] {
  const sizes = [{ height, width, channels }];
  for (const { filters, stride } of layers) {
    const last = sizes.at(-1)!;
    sizes.push({ height: stridedSide(last.height, stride), width: stridedSide(last.width, stride), channels: filters });
  }
  return sizes;
}

function normSpecs(name: string, channels: number, norm: Norm): ParameterSpec[] {
  const constant = (value: number): Initialisation => ({ kind: 'constant', value });
  const specs: ParameterSpec[] = [{ name: `${name}Scale`, shape: [channels], initial: constant(1) }, { name: `${name}Offset`, shape: [channels], initial: constant(0) }];
  if (norm.kind === 'group') return specs;
  return [...specs, { name: `${name}Mean`, shape: [channels], initial: constant(0), trained: false }, { name: `${name}Variance`, shape: [channels], initial: constant(1), trained: false }];
}

/** Encoder layer i is `down{i}`; the decoder's `up{i}` is its mirror and has a bias instead of a norm where it gives the image. */
export function stackSpecs(image: ImageShape, layers: readonly ConvLayer[], norm: Norm): ParameterSpec[] {
  const sizes = imageSizes(image, layers);
  const down = layers.flatMap(({ filters, kernel }, i): ParameterSpec[] => {
    const channels = sizes[i]!.channels;
    return [{ name: `down${i}Filter`, shape: [kernel, kernel, channels, filters], initial: { kind: 'he', fanIn: kernel * kernel * channels } }, ...normSpecs(`down${i}`, filters, norm)];
  });
  const up = layers.flatMap(({ filters, kernel, stride }, i): ParameterSpec[] => {
    const channels = sizes[i]!.channels, fanIn = Math.max(1, kernel * kernel * filters / (stride * stride));
    const after: ParameterSpec[] = i === 0 ? [{ name: 'up0Bias', shape: [channels], initial: { kind: 'constant', value: 0 } }] : normSpecs(`up${i}`, channels, norm);
    return [{ name: `up${i}Filter`, shape: [kernel, kernel, channels, filters], initial: { kind: 'he', fanIn } }, ...after];
  });
  return [...down, ...up];
}

function blend(pass: Pass, name: string, observed: Tensor): void {
  pass.updates![name] = tf.add(tf.mul(pass.parameters[name]!, RUNNING_SHARE), tf.mul(observed, 1 - RUNNING_SHARE));
}

function normRelu(pass: Pass, name: string, x: Tensor4D, norm: Norm): Tensor4D {
  const parameter = (part: string): Tensor1D => pass.parameters[`${name}${part}`] as Tensor1D, scale = parameter('Scale'), offset = parameter('Offset');
  if (norm.kind === 'group') return groupNormRelu(x, scale, offset, norm.groups);
  if (pass.updates === null) return batchNormReluBy(x, scale, offset, parameter('Mean'), parameter('Variance'));
  const { y, mean, variance } = batchNormRelu(x, scale, offset);
  blend(pass, `${name}Mean`, mean);
  blend(pass, `${name}Variance`, variance);
  return y;
}

/** x: [rows, height · width · channels] → [rows, features of the innermost map] */
export function convEncode(pass: Pass, x: Tensor2D, image: ImageShape, layers: readonly ConvLayer[], norm: Norm): Tensor2D {
  const rows = x.shape[0];
  let h: Tensor4D = tf.reshape(x, [rows, image.height, image.width, image.channels]);
  layers.forEach(({ stride }, i) => { h = normRelu(pass, `down${i}`, convolve(h, pass.parameters[`down${i}Filter`] as Tensor4D, stride), norm); });
  return tf.reshape(h, [rows, h.size / rows]);
}

/** The mirror of `convEncode`; linear at its end. h: [rows, features of the innermost map] → [rows, height · width · channels] */
export function convDecode(pass: Pass, h: Tensor2D, image: ImageShape, layers: readonly ConvLayer[], norm: Norm): Tensor2D {
  const rows = h.shape[0], sizes = imageSizes(image, layers), inner = sizes.at(-1)!;
  let maps: Tensor4D = tf.reshape(h, [rows, inner.height, inner.width, inner.channels]);
  for (let i = layers.length - 1; i >= 0; i--) {
    const { height, width } = sizes[i]!, up = convolveTransposed(maps, pass.parameters[`up${i}Filter`] as Tensor4D, layers[i]!.stride, [height, width]);
    maps = i === 0 ? tf.add(up, pass.parameters['up0Bias']!) : normRelu(pass, `up${i}`, up, norm);
  }
  return tf.reshape(maps, [rows, maps.size / rows]);
}
