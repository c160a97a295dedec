import * as tf from '@tensorflow/tfjs';
import type { KernelBackend, TensorInfo } from '@tensorflow/tfjs';

interface MatMulInputs { readonly a: TensorInfo; readonly b: TensorInfo }
interface MatMulAttributes { readonly transposeA: boolean; readonly transposeB: boolean }

let mended = false;

/** x with its last two axes exchanged. */
function exchangeLastAxes(x: TensorInfo, backend: object): TensorInfo {
  const rank = x.shape.length, perm = Array.from(x.shape.keys());
  perm[rank - 1] = rank - 2;
  perm[rank - 2] = rank - 1;
  const transpose = tf.getKernel('Transpose', 'wasm').kernelFunc;
  return transpose({ inputs: { x }, backend, attrs: { perm } }) as TensorInfo;
}

/**
 * Replaces tfjs-backend-wasm's BatchMatMul by one that transposes first: the original falls back to a scalar loop as soon as an
 * operand is transposed, which every gradient of a matmul is, and is then 8 to 11 times slower.
 */
export function mendWasmMatMul(): void {
  if (mended) return;
  const original = tf.getKernel('BatchMatMul', 'wasm');
  tf.unregisterKernel('BatchMatMul', 'wasm');
  tf.registerKernel({
    ...original,
    kernelFunc: ({ inputs, backend, attrs }) => {
      const { a, b } = inputs as unknown as MatMulInputs, { transposeA, transposeB } = attrs as unknown as MatMulAttributes;
      const left = transposeA ? exchangeLastAxes(a, backend as object) : a, right = transposeB ? exchangeLastAxes(b, backend as object) : b;
      const out = original.kernelFunc({ inputs: { a: left, b: right }, backend: backend as object, attrs: { transposeA: false, transposeB: false } });
      if (left !== a) (backend as KernelBackend).disposeData(left.dataId);
      if (right !== b) (backend as KernelBackend).disposeData(right.dataId);
      return out;
    },
  });
  mended = true;
}
