import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { nodeBackend } from './capture/node-backend.ts';
import type { NodeBackend, OpAttribute } from './capture/node-backend.ts';

/** Numbers of attribute kinds and element types as the binding has them. */
type Numbers = Readonly<Record<'TF_ATTR_TYPE' | 'TF_ATTR_FLOAT' | 'TF_ATTR_STRING' | 'TF_ATTR_BOOL' | 'TF_FLOAT', number>>;

function attributes({ binding }: NodeBackend, epsilon: number): OpAttribute[] {
  const numbers = binding as unknown as Numbers;
  return [
    { name: 'T', type: numbers.TF_ATTR_TYPE, value: numbers.TF_FLOAT }, { name: 'U', type: numbers.TF_ATTR_TYPE, value: numbers.TF_FLOAT },
    { name: 'epsilon', type: numbers.TF_ATTR_FLOAT, value: epsilon }, { name: 'data_format', type: numbers.TF_ATTR_STRING, value: 'NHWC' },
    { name: 'is_training', type: numbers.TF_ATTR_BOOL, value: true },
  ];
}

/** Batch norm as one op of TensorFlow, which tfjs has no kernel for; only on that backend. saved: what the op's gradient wants. */
export function fusedBatchNorm(x: Tensor, scale: Tensor, offset: Tensor, epsilon: number): { y: Tensor; mean: Tensor; variance: Tensor; saved: Tensor[] } {
  const backend = nodeBackend(), none = tf.tensor1d([], 'float32');
  const [y, mean, variance, ...saved] = backend.executeMultipleOutputs('FusedBatchNormV3', attributes(backend, epsilon), [x, scale, offset, none, none], 6);
  return { y: y!, mean: mean!, variance: variance!, saved };
}

/** → gradients of x, scale and offset */
export function fusedBatchNormGradient(dy: Tensor, x: Tensor, scale: Tensor, saved: readonly Tensor[], epsilon: number): Tensor[] {
  const backend = nodeBackend();
  return backend.executeMultipleOutputs('FusedBatchNormGradV3', attributes(backend, epsilon), [dy, x, scale, ...saved], 5).slice(0, 3);
}
