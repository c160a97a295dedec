import * as tf from '@tensorflow/tfjs';
import type { Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import type { ColumnCode } from '../encode/types.ts';
import { dense } from '../engine/dense.ts';
import type { Network, Posterior, Tensors } from '../engine/network.ts';
import type { ParameterSpec } from '../engine/parameters.ts';
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
/** ln σ² lies within ± this by a smooth bound, so that no row's variance overflows. */
export const LOG_VAR_LIMIT = 8;

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

/** x: bounded */
function encode(p: Tensors, x: Tensor2D, variational: boolean): Posterior {
  const h = dense(x, p['encoderWeight']!, p['encoderBias']!, 'relu', true);
  const code = dense(h, p['codeWeight']!, p['codeBias']!, 'linear');
  if (!variational) return { mu: code, logVar: null };
  const [mu, raw] = tf.split(code, 2, 1) as [Tensor2D, Tensor2D];
  return { mu, logVar: tf.mul(tf.tanh(tf.mul(raw, 1 / LOG_VAR_LIMIT)), LOG_VAR_LIMIT) };
}

function decode(p: Tensors, z: Tensor2D): Tensor2D {
  return dense(dense(z, p['decoderWeight']!, p['decoderBias']!, 'relu'), p['outputWeight']!, p['outputBias']!, 'linear');
}

/** KL(N(μ, σ²) ‖ N(0, 1)) of every row and unit, in nats (Kingma and Welling, "Auto-encoding variational Bayes", appendix B). */
function klTerms(mu: Tensor2D, logVar: Tensor2D, variance: Tensor2D): Tensor2D {
  return tf.mul(tf.sub(tf.add(tf.square(mu), variance), tf.add(logVar, 1)), 0.5);
}

/** Variational autoencoder, width → hidden → units → hidden → width with ReLU, and a likelihood per column kind. */
export function vae(options: VaeOptions): Network {
  const { kind, width, units, variational, freeBits } = options, layout = likelihoodLayout(options.columns, width);
  const reconstruct = (p: Tensors, x: Tensor2D, z: Tensor2D): Scalar => negativeLogLikelihood(decode(p, z), x, p['logScale'] as Tensor1D, layout);
  return {
    kind, width, units, noiseWidth: variational ? units : 0,
    parameters: parameterSpecs(options),
    loss: (p, batch, noise) => {
      const x = bounded(batch.x), { mu, logVar } = encode(p, x, variational);
      if (logVar === null) {
        const loss = reconstruct(p, x, mu);
        return { loss, parts: { reconstruction: loss, kl: tf.scalar(0) }, posterior: { mu, logVar } };
      }
      const deviation = tf.exp(tf.mul(logVar, 0.5)) as Tensor2D;
      const reconstruction = reconstruct(p, x, tf.add(mu, tf.mul(deviation, noise)) as Tensor2D);
      const terms = klTerms(mu, logVar, tf.square(deviation)), kl = tf.mul(tf.sum(terms), 1 / x.shape[0]) as Scalar;
      const charged = freeBits > 0 ? tf.sum(tf.maximum(tf.mean(terms, 0), freeBits)) : kl;
      return { loss: tf.add(reconstruction, tf.mul(charged, batch.klWeight)) as Scalar, parts: { reconstruction, kl }, posterior: { mu, logVar } };
    },
    encode: (p, x) => encode(p, bounded(x), variational),
    decode,
  };
}
