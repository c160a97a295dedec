import * as tf from '@tensorflow/tfjs';
import type { Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import type { ColumnCode } from '../encode/types.ts';
import { dense } from '../engine/dense.ts';
import type { Network, Posterior, Tensors } from '../engine/network.ts';
import type { ParameterSpec } from '../engine/parameters.ts';
import { gaussianCode, meanKl, sampleCode } from './gaussian-code.ts';
import type { GaussianCode } from './gaussian-code.ts';
import { likelihoodLayout } from './likelihood.ts';
import { negativeLogLikelihood } from './negative-log-likelihood.ts';

export interface VaeOptions {
  readonly kind: string;
  /** One-hot and number columns of the input, in feature order. */
  readonly columns: readonly ColumnCode[];
  readonly width: number;
  readonly units: number;
  readonly hidden: number;
  /** False makes a plain autoencoder: no noise, no KL. */
  readonly variational: boolean;
  /** Least KL per unit that is charged, in nats (Kingma et al., "Improving variational inference with inverse autoregressive flow", 2016). */
  readonly freeBits: number;
}

/** Features are cut here in training and before the encoder, so that one wild value rules neither the gradient nor early stopping. */
export const INPUT_LIMIT = 16;

function parameterSpecs({ width, units, hidden, variational }: VaeOptions): ParameterSpec[] {
  const code = variational ? 2 * units : units, zero = { kind: 'constant', value: 0 } as const;
  return [
    { name: 'encoderWeight', shape: [width, hidden], initial: { kind: 'he' } },
    { name: 'encoderBias', shape: [hidden], initial: zero },
    { name: 'codeWeight', shape: [hidden, code], initial: { kind: 'glorot' } },
    { name: 'codeBias', shape: [code], initial: zero },
    { name: 'decoderWeight', shape: [units, hidden], initial: { kind: 'he' } },
    { name: 'decoderBias', shape: [hidden], initial: zero },
    { name: 'outputWeight', shape: [hidden, width], initial: { kind: 'glorot' } },
    { name: 'outputBias', shape: [width], initial: zero },
    { name: 'logScale', shape: [width], initial: zero },
  ];
}

function bounded(x: Tensor2D): Tensor2D {
  return tf.clipByValue(x, -INPUT_LIMIT, INPUT_LIMIT);
}

/** x: bounded → [rows, units] of a plain autoencoder, [rows, 2 · units] else */
function encoded(p: Tensors, x: Tensor2D): Tensor2D {
  return dense(dense(x, p['encoderWeight']!, p['encoderBias']!, 'relu', true), p['codeWeight']!, p['codeBias']!, 'linear');
}

function encode(p: Tensors, x: Tensor2D, variational: boolean): Posterior {
  const code = encoded(p, bounded(x));
  if (!variational) return { mu: code, logVar: null };
  const { mu, logVar } = gaussianCode(code);
  return { mu, logVar };
}

function decode(p: Tensors, z: Tensor2D): Tensor2D {
  return dense(dense(z, p['decoderWeight']!, p['decoderBias']!, 'relu'), p['outputWeight']!, p['outputBias']!, 'linear');
}

/** KL with no unit charged less than `freeBits`, as a mean over rows. */
function withFreeBits({ mu, logVar, deviation }: GaussianCode, freeBits: number): Scalar {
  const terms = tf.mul(tf.sub(tf.add(tf.square(mu), tf.square(deviation)), tf.add(logVar, 1)), 0.5);
  return tf.sum(tf.maximum(tf.mean(terms, 0), freeBits));
}

/** Variational autoencoder, width → hidden → units → hidden → width with ReLU, and a likelihood per column kind. */
export function vae(options: VaeOptions): Network {
  const { kind, width, units, variational, freeBits } = options, layout = likelihoodLayout(options.columns, width);
  const reconstruct = (p: Tensors, x: Tensor2D, z: Tensor2D): Scalar => negativeLogLikelihood(decode(p, z), x, p['logScale'] as Tensor1D, layout);
  return {
    kind, width, units, noiseWidth: variational ? units : 0,
    parameters: parameterSpecs(options),
    loss: (p, batch, noise) => {
      const x = bounded(batch.x), code = encoded(p, x);
      if (!variational) {
        const loss = reconstruct(p, x, code);
        return { loss, parts: { reconstruction: loss, kl: tf.scalar(0) }, posterior: { mu: code, logVar: null } };
      }
      const gaussian = gaussianCode(code), reconstruction = reconstruct(p, x, sampleCode(code, gaussian, noise)), kl = meanKl(code, gaussian), { mu, logVar } = gaussian;
      const charged = freeBits > 0 ? withFreeBits(gaussian, freeBits) : kl;
      return { loss: tf.add(reconstruction, tf.mul(charged, batch.klWeight)) as Scalar, parts: { reconstruction, kl }, posterior: { mu, logVar } };
    },
    encode: (p, x) => encode(p, x, variational),
    decode,
  };
}
