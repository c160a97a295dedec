import * as tf from '@tensorflow/tfjs';
import type { Scalar, Tensor, Tensor2D } from '@tensorflow/tfjs';

/** ln σ² lies within ± this by a smooth bound, so that no row's variance overflows. */
export const LOG_VAR_LIMIT = 8;

/** A posterior with what its gradients share. All [rows, units]. */
export interface GaussianCode {
  readonly mu: Tensor2D;
  readonly logVar: Tensor2D;
  /** σ */
  readonly deviation: Tensor2D;
  /** d logVar / d raw */
  readonly slope: Tensor2D;
}

/** μ and ln σ² = limit · tanh(raw / limit) from an encoder's output. code: [rows, 2 · units] */
export function gaussianCode(code: Tensor2D): GaussianCode {
  const [mu, raw] = tf.split(code, 2, 1) as [Tensor2D, Tensor2D], bent = tf.tanh(tf.mul(raw, 1 / LOG_VAR_LIMIT));
  return {
    mu, logVar: tf.mul(bent, LOG_VAR_LIMIT), deviation: tf.exp(tf.mul(bent, LOG_VAR_LIMIT / 2)), slope: tf.sub(1, tf.square(bent)) as Tensor2D,
  };
}

/**
 * z = μ + σ · noise (Kingma and Welling, "Auto-encoding variational Bayes", 2014). Here and below the gradient in the code is written
 * out: the chain that tfjs would record has three times as many kernels, all of them tiny. noise: [rows, units]
 */
export function sampleCode(code: Tensor2D, { mu, deviation, slope }: GaussianCode, noise: Tensor2D): Tensor2D {
  return tf.customGrad((_, save) => {
    const spread = tf.mul(deviation, noise);
    (save as (tensors: Tensor[]) => void)([spread, slope]);
    const gradFunc = (dz: Tensor, [kept, bend]: Tensor[]): Tensor => tf.concat([dz, tf.mul(tf.mul(tf.mul(dz, kept!), bend!), 0.5)], 1);
    return { value: tf.add(mu, spread), gradFunc };
  })(code) as Tensor2D;
}

/** Mean over rows of KL(N(μ, σ²) ‖ N(0, I)), in nats (Kingma and Welling, appendix B). */
export function meanKl(code: Tensor2D, { mu, logVar, deviation, slope }: GaussianCode): Scalar {
  const perRow = 0.5 / mu.shape[0];
  return tf.customGrad((_, save) => {
    const variance = tf.square(deviation), total = tf.sum(tf.sub(tf.add(tf.square(mu), variance), tf.add(logVar, 1)));
    (save as (tensors: Tensor[]) => void)([mu, variance, slope]);
    const gradFunc = (dy: Tensor, [mean, spread, bend]: Tensor[]): Tensor => {
      const scaled = tf.mul(dy, perRow);
      return tf.concat([tf.mul(mean!, tf.mul(scaled, 2)), tf.mul(tf.mul(tf.sub(spread!, 1), bend!), scaled)], 1);
    };
    return { value: tf.mul(total, perRow), gradFunc };
  })(code) as Scalar;
}
