import * as tf from '@tensorflow/tfjs';
import type { KernelBackend, Tensor } from '@tensorflow/tfjs';

interface Attribute { readonly name: string; readonly type: number; readonly value: unknown }

/** What tfjs-node's backend lets through to TensorFlow: any op by its name. */
interface TensorflowBackend extends KernelBackend {
  readonly binding: Readonly<Record<'TF_ATTR_TYPE' | 'TF_ATTR_FLOAT' | 'TF_ATTR_STRING' | 'TF_ATTR_BOOL' | 'TF_FLOAT', number>>;
  executeSingleOutput(op: string, attributes: Attribute[], inputs: Tensor[]): Tensor;
  executeMultipleOutputs(op: string, attributes: Attribute[], inputs: Tensor[], outputs: number): Tensor[];
}

function tensorflow(): TensorflowBackend {
  return tf.backend() as TensorflowBackend;
}

/** Whether the process's backend runs TensorFlow's ops, which tfjs has no kernels for. */
export function hasFusedBatchNorm(): boolean {
  return tf.getBackend() === 'tensorflow';
}

function attributes({ binding }: TensorflowBackend, epsilon: number): Attribute[] {
  return [
    { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT }, { name: 'U', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
    { name: 'epsilon', type: binding.TF_ATTR_FLOAT, value: epsilon }, { name: 'data_format', type: binding.TF_ATTR_STRING, value: 'NHWC' },
    { name: 'is_training', type: binding.TF_ATTR_BOOL, value: true },
  ];
}

/** saved: the op's three reserve spaces, as the gradient wants them. */
export function fusedBatchNorm(x: Tensor, scale: Tensor, offset: Tensor, epsilon: number): { y: Tensor; mean: Tensor; variance: Tensor; saved: Tensor[] } {
  const backend = tensorflow(), none = tf.tensor1d([], 'float32');
  const [y, mean, variance, ...saved] = backend.executeMultipleOutputs('FusedBatchNormV3', attributes(backend, epsilon), [x, scale, offset, none, none], 6);
  return { y: y!, mean: mean!, variance: variance!, saved };
}

/** → gradients of x, scale and offset */
export function fusedBatchNormGradient(dy: Tensor, x: Tensor, scale: Tensor, saved: readonly Tensor[], epsilon: number): Tensor[] {
  const backend = tensorflow();
  return backend.executeMultipleOutputs('FusedBatchNormGradV3', attributes(backend, epsilon), [dy, x, scale, ...saved], 5).slice(0, 3);
}

/** dy where the ReLU's output is positive, else 0. */
export function reluGradient(dy: Tensor, output: Tensor): Tensor {
  if (!hasFusedBatchNorm()) return tf.mul(dy, tf.step(output));
  const backend = tensorflow(), { TF_ATTR_TYPE, TF_FLOAT } = backend.binding;
  return backend.executeSingleOutput('ReluGrad', [{ name: 'T', type: TF_ATTR_TYPE, value: TF_FLOAT }], [dy, output]);
}
