import * as tf from '@tensorflow/tfjs';
import type { Scalar, Tensor, Tensor4D } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { convolve, convolveTransposed, stridedSide } from '../../../models/engine/conv.ts';
import { randomStream } from '../../../models/engine/random.ts';
import { useBackend } from './fixture.ts';
import { BACKENDS } from './tensorflow.ts';

type Shape4D = [number, number, number, number];

function numbers(shape: readonly number[], purpose: string): Float32Array {
  const random = randomStream(3, purpose);
  return Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal());
}

function tensor(shape: Shape4D, purpose: string): Tensor4D {
  return tf.tensor4d(numbers(shape, purpose), shape);
}

interface Case { readonly images: Shape4D; readonly filter: Shape4D; readonly stride: number }

/** Odd sides, sides below the filter, one pixel, one channel, stride 1 and 3. */
const CASES: readonly Case[] = [
  { images: [2, 8, 8, 3], filter: [5, 5, 3, 4], stride: 2 },
  { images: [3, 7, 5, 2], filter: [3, 3, 2, 6], stride: 2 },
  { images: [1, 3, 2, 1], filter: [5, 5, 1, 2], stride: 2 },
  { images: [2, 1, 1, 2], filter: [3, 3, 2, 1], stride: 2 },
  { images: [2, 6, 6, 2], filter: [3, 3, 2, 3], stride: 1 },
  { images: [1, 10, 7, 1], filter: [2, 4, 1, 2], stride: 3 },
];

function outputShape({ images, filter, stride }: Case): Shape4D {
  return [images[0], stridedSide(images[1], stride), stridedSide(images[2], stride), filter[3]];
}

/** ⟨convolve(x), y⟩ by its definition: six loops, padding split with the odd pixel at the end. */
function definition({ images: [n, h, w, c], filter: [kh, kw, , filters], stride }: Case, x: Float32Array, k: Float32Array): number[] {
  const oh = stridedSide(h, stride), ow = stridedSide(w, stride), out: number[] = [];
  const top = Math.floor(Math.max(0, (oh - 1) * stride + kh - h) / 2), left = Math.floor(Math.max(0, (ow - 1) * stride + kw - w) / 2);
  for (let image = 0; image < n; image++) for (let i = 0; i < oh; i++) for (let j = 0; j < ow; j++) for (let f = 0; f < filters; f++) {
    let sum = 0;
    for (let a = 0; a < kh; a++) for (let b = 0; b < kw; b++) {
      const y = i * stride + a - top, z = j * stride + b - left;
      if (y < 0 || y >= h || z < 0 || z >= w) continue;
      for (let q = 0; q < c; q++) sum += x[((image * h + y) * w + z) * c + q]! * k[((a * kw + b) * c + q) * filters + f]!;
    }
    out.push(sum);
  }
  return out;
}

interface Gradients { readonly value: Float32Array; readonly gradients: readonly Float32Array[] }

/** The value of a layer and the gradients of a weighted sum of it. */
function differentiate(layer: (x: Tensor4D, filter: Tensor4D) => Tensor4D, inputs: readonly [Tensor4D, Tensor4D], weights: Tensor4D): Gradients {
  const { grads } = tf.valueAndGrads((x: Tensor, filter: Tensor) => tf.sum(tf.mul(layer(x as Tensor4D, filter as Tensor4D), weights)) as Scalar)([...inputs]);
  return { value: layer(...inputs).dataSync() as Float32Array, gradients: grads.map((gradient) => gradient.dataSync() as Float32Array) };
}

function forwardCase(option: Case): Gradients {
  return differentiate((x, filter) => convolve(x, filter, option.stride), [tensor(option.images, 'x'), tensor(option.filter, 'filter')], tensor(outputShape(option), 'weights'));
}

function transposedCase(option: Case): Gradients {
  const [, h, w] = option.images, layer = (x: Tensor4D, filter: Tensor4D): Tensor4D => convolveTransposed(x, filter, option.stride, [h, w]);
  return differentiate(layer, [tensor(outputShape(option), 'x'), tensor(option.filter, 'filter')], tensor(option.images, 'weights'));
}

/** The largest difference between two lists of numbers. */
function distance(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  return actual.length === expected.length ? Math.max(...Array.from(actual, (value, i) => Math.abs(value - expected[i]!))) : Number.NaN;
}

function tidied(run: () => Gradients): Gradients {
  return tf.tidy(() => run() as unknown as Tensor) as unknown as Gradients;
}

async function onCpu(run: () => Gradients): Promise<Gradients> {
  await useBackend('cpu');
  return run();
}

describe.each(BACKENDS)('convolutions on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each(CASES)('multiply and add what the filter covers: $images by $filter, stride $stride', async (option) => {
    await useBackend(backend);
    const { value } = tidied(() => forwardCase(option));
    expect(distance(value, definition(option, numbers(option.images, 'x'), numbers(option.filter, 'filter')))).toBeLessThan(1e-4);
  });

  it.each(CASES)('have the transpose that gives equal inner products, back to $images', async (option) => {
    await useBackend(backend);
    tf.tidy(() => {
      const x = tensor(option.images, 'x'), filter = tensor(option.filter, 'filter'), y = tensor(outputShape(option), 'y');
      const back = convolveTransposed(y, filter, option.stride, [option.images[1], option.images[2]]);
      expect(back.shape).toEqual(option.images);
      const across = tf.sum(tf.mul(convolve(x, filter, option.stride), y)).dataSync()[0]!;
      expect(tf.sum(tf.mul(back, x)).dataSync()[0]!).toBeCloseTo(across, 3);
    });
  });

  it.each(CASES)('have the gradients of finite differences: $images by $filter', async (option) => {
    await useBackend(backend);
    const { gradients: [dx, dk] } = tidied(() => forwardCase(option)), weights = numbers(outputShape(option), 'weights');
    const x = numbers(option.images, 'x'), k = numbers(option.filter, 'filter');
    const loss = (): number => definition(option, x, k).reduce((sum, value, i) => sum + value * weights[i]!, 0);
    for (const [values, gradient] of [[x, dx!], [k, dk!]] as const) {
      for (let i = 0; i < values.length; i += Math.ceil(values.length / 8)) {
        const kept = values[i]!, at = (step: number): number => { values[i] = kept + step; return loss(); };
        const difference = (at(0.5) - at(-0.5)); // linear in each argument: any step is exact
        values[i] = kept;
        expect(gradient[i]).toBeCloseTo(difference, 3);
      }
    }
  });
});

describe.each(BACKENDS.filter((backend) => backend !== 'cpu'))('convolutions on %s', (backend) => {
  it.each(CASES)('agree with those that tfjs differentiates on cpu, both ways: $images', async (option) => {
    const expected = await onCpu(() => tidied(() => forwardCase(option))), expectedBack = await onCpu(() => tidied(() => transposedCase(option)));
    await useBackend(backend);
    for (const [own, reference] of [[tidied(() => forwardCase(option)), expected], [tidied(() => transposedCase(option)), expectedBack]] as const) {
      expect(distance(own.value, reference.value)).toBeLessThan(1e-4);
      own.gradients.forEach((gradient, i) => expect(distance(gradient, reference.gradients[i]!)).toBeLessThan(1e-4));
    }
  });

});

describe('convolutions on wasm', () => {
  it('leave no tensor behind', async () => {
    await useBackend('wasm');
    const count = (): number => tf.memory().numTensors + (tf.memory() as unknown as { numDataBuffers: number }).numDataBuffers;
    tidied(() => forwardCase(CASES[0]!));
    const before = count();
    for (let i = 0; i < 5; i++) [forwardCase, transposedCase].forEach((run) => tidied(() => run(CASES[0]!)));
    expect(count()).toBe(before);
  });

  it('refuse channels first', async () => {
    await useBackend('wasm');
    const refused = (): unknown => tf.tidy(() => tf.engine().runKernel('Conv2DBackpropFilter', { x: tf.ones([1, 1, 4, 4]), dy: tf.ones([1, 1, 2, 2]) },
      { strides: [2, 2], pad: 'same', dataFormat: 'NCHW', filterShape: [3, 3, 1, 1] }));
    expect(refused).toThrow('takes images with channels last (NHWC), not NCHW');
  });
});
