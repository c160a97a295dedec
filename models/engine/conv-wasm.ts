import * as tf from '@tensorflow/tfjs';
import type { KernelBackend, NamedAttrMap, TensorInfo } from '@tensorflow/tfjs';
import { addPatches, patchesOf } from './conv-patches.ts';
import type { ConvShape } from './conv-patches.ts';

type Shape4D = [number, number, number, number];

interface WasmBackend extends KernelBackend {
  makeOutput(shape: number[], dtype: 'float32'): TensorInfo;
  /** A view of the heap, good until the next allocation. */
  typedArrayFromHeap(info: TensorInfo): Float32Array;
}

interface ConvAttributes {
  readonly strides: [number, number] | number;
  readonly pad: 'valid' | 'same' | number;
  readonly dataFormat: 'NHWC' | 'NCHW';
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
  readonly filterShape?: Shape4D;
  readonly inputShape?: Shape4D;
}

function shapeOf(input: Shape4D, filter: Shape4D, { strides, pad, dimRoundingMode }: ConvAttributes): ConvShape {
  return tf.backend_util.computeConv2DInfo(input, filter, strides, 1, pad, dimRoundingMode);
}

function matMul(backend: WasmBackend, a: TensorInfo, b: TensorInfo): TensorInfo {
  return tf.getKernel('BatchMatMul', 'wasm').kernelFunc({ inputs: { a, b }, backend, attrs: { transposeA: false, transposeB: false } }) as TensorInfo;
}

function transposed(backend: WasmBackend, x: TensorInfo): TensorInfo {
  return tf.getKernel('Transpose', 'wasm').kernelFunc({ inputs: { x }, backend, attrs: { perm: [0, 2, 1] } }) as TensorInfo;
}

function reshaped({ dataId, dtype }: TensorInfo, shape: number[]): TensorInfo {
  return { dataId, dtype, shape };
}

/** Gradient of the filter: patches of x times dy. */
function filterGradient(backend: WasmBackend, x: TensorInfo, dy: TensorInfo, attributes: ConvAttributes): TensorInfo {
  const filter = attributes.filterShape!, shape = shapeOf(x.shape as Shape4D, filter, attributes);
  const taps = filter[0] * filter[1] * filter[2], count = shape.batchSize * shape.outHeight * shape.outWidth;
  const patches = backend.makeOutput([1, taps, count], 'float32');
  patchesOf(shape, backend.typedArrayFromHeap(x), backend.typedArrayFromHeap(patches));
  const product = matMul(backend, patches, reshaped(dy, [1, count, filter[3]]));
  backend.disposeData(patches.dataId);
  return reshaped(product, filter);
}

/** Gradient of the images: filter times dy, each patch added where it came from. */
function inputGradient(backend: WasmBackend, dy: TensorInfo, filter: TensorInfo, attributes: ConvAttributes): TensorInfo {
  const input = attributes.inputShape!, [height, width, channels, filters] = filter.shape as Shape4D, shape = shapeOf(input, filter.shape as Shape4D, attributes);
  const count = shape.batchSize * shape.outHeight * shape.outWidth;
  const turned = transposed(backend, reshaped(dy, [1, count, filters]));
  const patches = matMul(backend, reshaped(filter, [1, height * width * channels, filters]), turned);
  const out = backend.makeOutput([...input], 'float32');
  addPatches(shape, backend.typedArrayFromHeap(patches), backend.typedArrayFromHeap(out));
  for (const { dataId } of [turned, patches]) backend.disposeData(dataId);
  return out;
}

function attributesOf(attrs: NamedAttrMap | undefined, kernel: string): ConvAttributes {
  const attributes = attrs as unknown as ConvAttributes;
  if (attributes.dataFormat !== 'NHWC') throw new RangeError(`${kernel} on wasm takes images with channels last (NHWC), not ${attributes.dataFormat}`);
  return attributes;
}

/**
 * Brings tfjs-backend-wasm the gradient of a convolution's filter, which it lacks, and replaces its gradient of the images, a scalar loop
 * that takes several times as long: both as a product of matrices.
 */
export function mendWasmConv(): void {
  if (tf.getKernel('Conv2DBackpropFilter', 'wasm') !== undefined) return;
  tf.registerKernel({
    kernelName: 'Conv2DBackpropFilter', backendName: 'wasm',
    kernelFunc: ({ inputs, backend, attrs }) => {
      const attributes = attributesOf(attrs, 'Conv2DBackpropFilter'), { x, dy } = inputs as { x: TensorInfo; dy: TensorInfo };
      return filterGradient(backend as WasmBackend, x, dy, attributes);
    },
  });
  tf.unregisterKernel('Conv2DBackpropInput', 'wasm');
  tf.registerKernel({
    kernelName: 'Conv2DBackpropInput', backendName: 'wasm',
    kernelFunc: ({ inputs, backend, attrs }) => {
      const attributes = attributesOf(attrs, 'Conv2DBackpropInput'), { dy, filter } = inputs as { dy: TensorInfo; filter: TensorInfo };
      return inputGradient(backend as WasmBackend, dy, filter, attributes);
    },
  });
}
