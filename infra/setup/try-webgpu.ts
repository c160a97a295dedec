import * as tf from '@tensorflow/tfjs';
import { registerWebgpu, webgpuAdapter } from '../trainer/load-webgpu.ts';

/** Whether WebGPU starts here and multiplies; prints the adapter. A process of its own, because a driver can crash. */
tf.enableProdMode();
try {
  await registerWebgpu();
  await tf.setBackend('webgpu');
  const product = await tf.matMul(tf.ones([64, 32]), tf.ones([32, 8])).data();
  if (product.length !== 512 || product.some((value) => value !== 32)) throw new Error(`ones [64, 32] times ones [32, 8] gives ${product[0]}, not 32`);
  process.stdout.write(`${JSON.stringify({ adapter: await webgpuAdapter() })}\n`);
} catch (error) {
  process.stdout.write(`${JSON.stringify({ message: (error as Error).message })}\n`);
}
process.exit(0);
