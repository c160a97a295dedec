import * as tf from '@tensorflow/tfjs';
import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import { dense } from '../engine/dense.ts';
import type { Batch, LossResult, Network, Posterior, Tensors } from '../engine/network.ts';
import { sizeOf } from '../engine/parameters.ts';
import type { ParameterSpec } from '../engine/parameters.ts';
import { convDecode, convEncode, imageSizes, stackSpecs } from './conv-stack.ts';
import type { ConvLayer, ImageShape, Norm, Pass } from './conv-stack.ts';
import { DEVIATION_FLOOR, SCALE_SPEED } from './likelihood.ts';
import { LOG_VAR_LIMIT } from './gaussian-code.ts';
import { INPUT_LIMIT } from './vae.ts';

export interface ConvVaeOptions {
  readonly kind: string;
  readonly image: ImageShape;
  /** Of the encoder, outermost first; the decoder mirrors them. */
  readonly layers: readonly ConvLayer[];
  /** Units of the dense layer between the maps and the code, on both sides. */
  readonly hidden: number;
  readonly units: number;
  readonly norm: Norm;
  /** What a nat of the label's cross-entropy counts beside one of the image; absent: no logit, labels are not used. */
  readonly labelWeight?: number;
}

/** A convolutional VAE; with a logit it is the debiasing VAE (Amini et al., "Uncovering and mitigating algorithmic bias", AIES 2019). */
export interface ConvVae extends Network {
  /** x: [rows, width] → [rows, 1] logit of the label. @throws RangeError without one. */
  logit(parameters: Tensors, x: Tensor2D): Tensor2D;
}

interface Code extends Posterior { readonly logVar: Tensor2D; readonly logit: Tensor2D | null }

function parameterSpecs({ image, layers, hidden, units, norm, labelWeight }: ConvVaeOptions): ParameterSpec[] {
  const { height, width, channels } = imageSizes(image, layers).at(-1)!, inner = height * width * channels, code = 2 * units + (labelWeight === undefined ? 0 : 1);
  const zero = { kind: 'constant', value: 0 } as const;
  return [
    ...stackSpecs(image, layers, norm),
    { name: 'encoderWeight', shape: [inner, hidden], initial: { kind: 'he' } }, { name: 'encoderBias', shape: [hidden], initial: zero },
    { name: 'codeWeight', shape: [hidden, code], initial: { kind: 'glorot' } }, { name: 'codeBias', shape: [code], initial: zero },
    { name: 'decoderWeight', shape: [units, hidden], initial: { kind: 'he' } }, { name: 'decoderBias', shape: [hidden], initial: zero },
    { name: 'mapsWeight', shape: [hidden, inner], initial: { kind: 'he' } }, { name: 'mapsBias', shape: [inner], initial: zero },
    { name: 'logScale', shape: [1], initial: zero },
  ];
}

function bounded(x: Tensor2D): Tensor2D {
  return tf.clipByValue(x, -INPUT_LIMIT, INPUT_LIMIT);
}

/** x: bounded */
function encode(pass: Pass, x: Tensor2D, { image, layers, norm, units, labelWeight }: ConvVaeOptions): Code {
  const p = pass.parameters, maps = convEncode(pass, x, image, layers, norm);
  const code = dense(dense(maps, p['encoderWeight']!, p['encoderBias']!, 'relu'), p['codeWeight']!, p['codeBias']!, 'linear');
  const [mu, raw, logit] = tf.split(code, labelWeight === undefined ? [units, units] : [units, units, 1], 1) as [Tensor2D, Tensor2D, Tensor2D?];
  return { mu, logVar: tf.mul(tf.tanh(tf.mul(raw, 1 / LOG_VAR_LIMIT)), LOG_VAR_LIMIT), logit: logit ?? null };
}

function decode(pass: Pass, z: Tensor2D, { image, layers, norm }: ConvVaeOptions): Tensor2D {
  const p = pass.parameters, h = dense(z, p['decoderWeight']!, p['decoderBias']!, 'relu');
  return convDecode(pass, dense(h, p['mapsWeight']!, p['mapsBias']!, 'relu'), image, layers, norm);
}

/** Σ (output − x)² of every row; x is data and gets no gradient. output, x: [n, d] → [n] */
export function squaredError(output: Tensor2D, x: Tensor2D): Tensor1D {
  return tf.customGrad((out, save) => {
    const difference = tf.sub(out as Tensor2D, x);
    (save as (tensors: Tensor[]) => void)([difference]);
    const gradFunc = (dy: Tensor, [saved]: Tensor[]): Tensor => tf.mul(saved!, tf.reshape(tf.mul(dy, 2), [x.shape[0], 1]));
    return { value: tf.sum(tf.square(difference), 1), gradFunc };
  })(output) as Tensor1D;
}

/** −ln of a Gaussian with one learned variance for all pixels, by row, in nats (Rybkin et al., "Simple and effective VAE training with calibrated decoders", ICML 2021). → [n] */
function imageCost(output: Tensor2D, x: Tensor2D, logScale: Tensor): Tensor1D {
  const variance = tf.add(tf.exp(tf.mul(logScale, SCALE_SPEED)), DEVIATION_FLOOR ** 2);
  return tf.mul(tf.add(tf.div(squaredError(output, x), variance), tf.mul(tf.log(tf.mul(variance, 2 * Math.PI)), x.shape[1])), 0.5);
}

/** KL(N(μ, σ²) ‖ N(0, I)) by row, in nats (Kingma and Welling, appendix B). → [n] */
function klCost(mu: Tensor2D, logVar: Tensor2D): Tensor1D {
  return tf.mul(tf.sum(tf.sub(tf.add(tf.square(mu), tf.exp(logVar)), tf.add(logVar, 1)), 1), 0.5);
}

/** Cross-entropy of a Bernoulli, without overflow. logit, label: [n, 1] → [n, 1] */
function labelCost(logit: Tensor2D, label: Tensor2D): Tensor2D {
  return tf.add(tf.sub(tf.relu(logit), tf.mul(logit, label)), tf.log(tf.add(tf.exp(tf.neg(tf.abs(logit))), 1)));
}

function meanOver(costs: Tensor1D, weights: Tensor1D | null): Scalar {
  return tf.mul(tf.sum(weights === null ? costs : tf.mul(costs, weights)), 1 / costs.shape[0]);
}

function loss(parameters: Tensors, batch: Batch, noise: Tensor2D, options: ConvVaeOptions): LossResult {
  const pass: Pass = { parameters, updates: batch.evaluating === true ? null : {} }, x = bounded(batch.x), { mu, logVar, logit } = encode(pass, x, options);
  const output = decode(pass, tf.add(mu, tf.mul(tf.exp(tf.mul(logVar, 0.5)), noise)), options), labels = logit === null ? null : batch.labels ?? null;
  // Images labelled 0 are there for the label alone: the latent structure is that of the others.
  const counted = labels && tf.reshape(tf.sub(1, tf.cast(tf.equal(labels, 0), 'float32')), [labels.shape[0]]) as Tensor1D;
  const reconstruction = meanOver(imageCost(output, x, parameters['logScale']!), counted), kl = meanOver(klCost(mu, logVar), counted);
  let total = tf.add(reconstruction, tf.mul(kl, batch.klWeight)) as Scalar;
  if (labels !== null) {
    const known = tf.cast(tf.logicalOr(tf.equal(labels, 0), tf.equal(labels, 1)), 'float32'), costs = tf.mul(labelCost(logit!, tf.mul(labels, known)), known);
    total = tf.add(total, tf.mul(tf.sum(costs), options.labelWeight! / labels.shape[0]));
  }
  return { loss: total, parts: { reconstruction, kl }, posterior: { mu, logVar }, ...(pass.updates === null ? {} : { updates: pass.updates }) };
}

/**
 * Strided convolutions, a dense layer, the code, and the same mirrored; every convolution but the last is followed by a norm and a ReLU.
 * Rows are images with channels last. Batch norm's running statistics are parameters that are not trained; training returns their new values.
 */
export function convVae(options: ConvVaeOptions): ConvVae {
  const { kind, image, units, labelWeight } = options, inference = (parameters: Tensors): Pass => ({ parameters, updates: null });
  return {
    kind, units, width: sizeOf([image.height, image.width, image.channels]), noiseWidth: units, ...(labelWeight === undefined ? {} : { labelWidth: 1 }),
    parameters: parameterSpecs(options),
    loss: (p, batch, noise) => loss(p, batch, noise, options),
    encode: (p, x) => {
      const { mu, logVar } = encode(inference(p), bounded(x), options);
      return { mu, logVar };
    },
    decode: (p, z) => decode(inference(p), z, options),
    logit: (p, x) => {
      if (labelWeight === undefined) throw new RangeError(`${kind} has no logit: it was built without labelWeight`);
      return encode(inference(p), bounded(x), options).logit!;
    },
  };
}
