import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import { nodeBackend, onTensorflow } from './capture/node-backend.ts';
import type { OpAttribute } from './capture/node-backend.ts';

/** Numbers of attribute kinds and element types as the binding has them. */
interface Numbers { readonly TF_ATTR_TYPE: number; readonly TF_ATTR_BOOL: number; readonly TF_ATTR_STRING: number; readonly TF_FLOAT: number }

/** One op of TensorFlow that tfjs has no kernel for; only on that backend. Not on the gradient's tape. */
function run(op: string, inputs: readonly Tensor[], more: (numbers: Numbers) => readonly OpAttribute[] = () => []): Tensor {
  const backend = nodeBackend(), numbers = backend.binding as unknown as Numbers;
  return backend.executeSingleOutput(op, [{ name: 'T', type: numbers.TF_ATTR_TYPE, value: numbers.TF_FLOAT }, ...more(numbers)], inputs);
}

const channelsLast = ({ TF_ATTR_STRING }: Numbers): readonly OpAttribute[] => [{ name: 'data_format', type: TF_ATTR_STRING, value: 'NHWC' }];

/** a · b of two matrices, either transposed. */
export function matrixProduct(a: Tensor, b: Tensor, transposeA = false, transposeB = false): Tensor2D {
  return run('MatMul', [a, b], ({ TF_ATTR_BOOL: type }) => [{ name: 'transpose_a', type, value: transposeA }, { name: 'transpose_b', type, value: transposeB }]) as Tensor2D;
}

/** x + bias over the last axis; TensorFlow fuses it with the product before and the ReLU after it. */
export const biasAdd = (x: Tensor, bias: Tensor): Tensor2D => run('BiasAdd', [x, bias], channelsLast) as Tensor2D;
/** Sums over all axes but the last. */
export const biasAddGradient = (dy: Tensor): Tensor => run('BiasAddGrad', [dy], channelsLast);
export const relu = (x: Tensor): Tensor2D => run('Relu', [x]) as Tensor2D;
/** dy where y > 0, else 0. */
export const reluGradient = (dy: Tensor, y: Tensor): Tensor2D => run('ReluGrad', [dy, y]) as Tensor2D;

export { onTensorflow };
