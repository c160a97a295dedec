import * as tf from '@tensorflow/tfjs';
import { registerTensorflow } from '../trainer/load-tensorflow.ts';

/** Whether a binding loads and multiplies: `node try-tensorflow.ts BINDING cpu|gpu`. A process of its own, because what does not fit can crash. */
registerTensorflow({ binding: process.argv[2]!, variant: process.argv[3] === 'gpu' ? 'gpu' : 'cpu' });
tf.enableProdMode();
await tf.setBackend('tensorflow');
const product = await tf.matMul(tf.ones([64, 32]), tf.ones([32, 8])).data();
if (product.length !== 512 || product.some((value) => value !== 32)) throw new Error(`error: ones [64, 32] times ones [32, 8] gives ${product[0]}, not 32`);
