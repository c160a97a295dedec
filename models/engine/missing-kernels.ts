import * as tf from '@tensorflow/tfjs';
import type { Tensor2D } from '@tensorflow/tfjs';
import { EngineError } from './engine-error.ts';
import { batchShapes, lossAndGradient, lossAndPosterior, tensorBatch } from './loss-and-gradient.ts';
import type { Network } from './network.ts';

const ROWS = 2;

/** Loss with gradient, loss alone, encoder and decoder, on rows of zeros; nothing is read. */
function runOnZeros(network: Network): void {
  tf.tidy(() => {
    const { batch, parameters } = tensorBatch(network, batchShapes(network, ROWS, network.labelWidth ?? 0).map((shape) => tf.zeros(shape)));
    const { reconstruction, kl, updates } = lossAndGradient(network, parameters, batch);
    for (const kept of [reconstruction, kl, ...updates]) kept.dispose();
    lossAndPosterior(network, parameters, batch);
    network.decode(parameters, network.encode(parameters, tf.zeros([ROWS, network.width]) as Tensor2D).mu);
  });
}

/** Refuses a network that needs a kernel which the backend lacks, before anything is trained. @throws EngineError `backend-unavailable`, naming the kernel. */
export function refuseMissingKernels(network: Network): void {
  try {
    runOnZeros(network);
  } catch (error) {
    const kernel = /Kernel '(\w+)' not registered/.exec((error as Error).message)?.[1];
    if (kernel === undefined) throw error;
    const backend = tf.getBackend();
    throw new EngineError('backend-unavailable', `the ${network.kind} network is unavailable on ${backend}, which has no kernel ${kernel}; use auto, tensorflow, wasm or cpu`, { cause: error });
  }
}
