import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { randomStream } from '../../../models/engine/random.ts';
import { useBackend } from './fixture.ts';

type Matrix = { readonly values: Float32Array; readonly rows: number; readonly columns: number };

function randomMatrix(rows: number, columns: number, part: number): Matrix {
  const random = randomStream(1, 'matrix', part);
  return { values: Float32Array.from({ length: rows * columns }, () => random.normal()), rows, columns };
}

function product(a: Matrix, b: Matrix, transposeA: boolean, transposeB: boolean): Float32Array {
  const at = (m: Matrix, i: number, j: number, transposed: boolean): number => m.values[transposed ? j * m.columns + i : i * m.columns + j]!;
  const rows = transposeA ? a.columns : a.rows, inner = transposeA ? a.rows : a.columns, columns = transposeB ? b.rows : b.columns;
  const out = new Float32Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      let sum = 0;
      for (let k = 0; k < inner; k++) sum += at(a, i, k, transposeA) * at(b, k, j, transposeB);
      out[i * columns + j] = sum;
    }
  }
  return out;
}

describe('the wasm backend with its matmul mended', () => {
  beforeAll(() => useBackend('wasm'));

  it.each([[false, false], [true, false], [false, true], [true, true]])('multiplies like the definition with transposes %s, %s', (transposeA, transposeB) => {
    const a = transposeA ? randomMatrix(5, 7, 0) : randomMatrix(7, 5, 0), b = transposeB ? randomMatrix(3, 5, 1) : randomMatrix(5, 3, 1);
    const out = tf.tidy(() => tf.matMul(tf.tensor2d(a.values, [a.rows, a.columns]), tf.tensor2d(b.values, [b.rows, b.columns]), transposeA, transposeB).dataSync());
    const expected = product(a, b, transposeA, transposeB);
    expect(out.length).toBe(21);
    out.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 5));
  });

  it('transposes explicitly before it multiplies, since the original kernel is slow otherwise', () => {
    const original = tf.getKernel('Transpose', 'wasm');
    let transposed = 0;
    tf.unregisterKernel('Transpose', 'wasm');
    tf.registerKernel({ ...original, kernelFunc: (call) => {
      transposed++;
      return original.kernelFunc(call);
    } });
    tf.tidy(() => tf.matMul(tf.ones([2, 3]), tf.ones([2, 3]), true, false));
    tf.unregisterKernel('Transpose', 'wasm');
    tf.registerKernel(original);
    expect(transposed).toBe(1);
  });

  it('multiplies batches of matrices, and leaves no tensor behind', () => {
    const before = tf.memory();
    const stacked = tf.tidy(() => {
      const a = tf.tensor3d([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], [2, 3, 2]), b = tf.tensor3d([1, 0, 0, 1, 1, 1, 2, 0, 0, 2, 1, 1], [2, 3, 2]);
      return tf.matMul(a, b, true, false).arraySync();
    });
    expect(stacked).toEqual([[[6, 8], [8, 10]], [[25, 29], [28, 32]]]);
    expect(tf.memory().numTensors).toBe(before.numTensors);
    expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers);
  });
});
