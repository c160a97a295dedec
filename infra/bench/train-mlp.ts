import * as tf from '@tensorflow/tfjs';
import type { Scalar, Tensor2D } from '@tensorflow/tfjs';
import { dense } from '../../models/engine/dense.ts';
import type { Network, Posterior, Tensors } from '../../models/engine/network.ts';
import { squaredError } from '../../models/networks/conv-vae.ts';

export interface MlpSizes { readonly width: number; readonly hidden: number; readonly units: number }

function encode(p: Tensors, x: Tensor2D): Posterior & { readonly logVar: Tensor2D } {
  const code = dense(dense(x, p['encoderWeight']!, p['encoderBias']!, 'relu', true), p['codeWeight']!, p['codeBias']!, 'linear');
  const [mu, logVar] = tf.split(code, 2, 1) as [Tensor2D, Tensor2D];
  return { mu, logVar };
}

function decode(p: Tensors, z: Tensor2D): Tensor2D {
  return dense(dense(z, p['decoderWeight']!, p['decoderBias']!, 'relu'), p['outputWeight']!, p['outputBias']!, 'linear');
}

/**
 * The textbook VAE, width → hidden → units → hidden → width, whose loss any framework states in a few lines: half the squared error of a
 * row plus its KL. It is what is measured against others; an audit's own network has a likelihood for each kind of column.
 */
export function mlpVae({ width, hidden, units }: MlpSizes): Network {
  const zero = { kind: 'constant', value: 0 } as const, he = { kind: 'he' } as const, glorot = { kind: 'glorot' } as const;
  return {
    kind: 'mlp-vae', width, units, noiseWidth: units,
    parameters: [
      { name: 'encoderWeight', shape: [width, hidden], initial: he }, { name: 'encoderBias', shape: [hidden], initial: zero },
      { name: 'codeWeight', shape: [hidden, 2 * units], initial: glorot }, { name: 'codeBias', shape: [2 * units], initial: zero },
      { name: 'decoderWeight', shape: [units, hidden], initial: he }, { name: 'decoderBias', shape: [hidden], initial: zero },
      { name: 'outputWeight', shape: [hidden, width], initial: glorot }, { name: 'outputBias', shape: [width], initial: zero },
    ],
    loss: (p, { x, klWeight }, noise) => {
      const { mu, logVar } = encode(p, x), output = decode(p, tf.add(mu, tf.mul(tf.exp(tf.mul(logVar, 0.5)), noise)));
      const reconstruction = tf.mul(tf.sum(squaredError(output, x)), 0.5 / x.shape[0]) as Scalar;
      const kl = tf.mul(tf.sum(tf.sub(tf.add(tf.square(mu), tf.exp(logVar)), tf.add(logVar, 1))), 0.5 / x.shape[0]) as Scalar;
      return { loss: tf.add(reconstruction, tf.mul(kl, klWeight)) as Scalar, parts: { reconstruction, kl }, posterior: { mu, logVar } };
    },
    encode, decode,
  };
}
