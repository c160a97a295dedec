import * as tf from '@tensorflow/tfjs';
import { batchCount, gather, stepNoise } from './batches.ts';
import type { RowSet } from './batches.ts';
import { parameterTensors } from './eager-step.ts';
import type { Network } from './network.ts';

const BATCH = 1024;
/** Batches between two pauses: some tens of milliseconds. */
const PAUSE_BATCHES = 8;

/** Means per row in nats. */
export interface Evaluation {
  readonly loss: number;
  readonly reconstruction: number;
  readonly kl: number;
  /** [units] */
  readonly klPerUnit: readonly number[];
  /** [units] variance of μ over the rows */
  readonly muVariance: readonly number[];
}

export interface EvaluationInput {
  readonly network: Network;
  readonly parameters: Float32Array;
  readonly data: RowSet;
  readonly beta: number;
  readonly seed: number;
  readonly pause: () => Promise<void>;
}

/** Running moments of μ and sums of KL terms by unit. */
class UnitMoments {
  #count = 0;
  readonly #mean: Float64Array;
  readonly #squares: Float64Array;
  readonly #kl: Float64Array;

  constructor(units: number) {
    this.#mean = new Float64Array(units);
    this.#squares = new Float64Array(units);
    this.#kl = new Float64Array(units);
  }

  /** mu, logVar: [rows, units] */
  add(mu: ArrayLike<number>, logVar: ArrayLike<number> | null): void {
    const units = this.#mean.length;
    for (let i = 0; i < mu.length; i++) {
      const unit = i % units, value = mu[i]!;
      if (unit === 0) this.#count++;
      const before = value - this.#mean[unit]!;
      this.#mean[unit]! += before / this.#count;
      this.#squares[unit]! += before * (value - this.#mean[unit]!);
      if (logVar !== null) this.#kl[unit]! += 0.5 * (value * value + Math.exp(logVar[i]!) - 1 - logVar[i]!);
    }
  }

  get klPerUnit(): number[] { return Array.from(this.#kl, (sum) => sum / this.#count); }
  get muVariance(): number[] { return Array.from(this.#squares, (sum) => sum / this.#count); }
}

interface BatchParts { readonly loss: number; readonly reconstruction: number; readonly kl: number }

function batchParts(input: EvaluationInput, [first, last]: readonly [number, number], moments: UnitMoments, space: Float32Array): BatchParts {
  const { network, parameters, data, beta, seed } = input, rows = last - first;
  return tf.tidy(() => {
    const x = tf.tensor2d(gather(data, data.rows, [first, last], space), [rows, network.width]);
    const values = stepNoise(rows * network.noiseWidth, seed, 'validation noise', 0, first / BATCH);
    const noise = tf.tensor2d(values, [rows, network.noiseWidth]);
    const { loss, parts, posterior } = network.loss(parameterTensors(network, parameters), { x, klWeight: tf.scalar(beta) }, noise);
    moments.add(posterior.mu.dataSync(), posterior.logVar?.dataSync() ?? null);
    return { loss: loss.dataSync()[0]!, reconstruction: parts.reconstruction.dataSync()[0]!, kl: parts.kl.dataSync()[0]! };
  });
}

/** Losses at full β over rows that are not trained on, with one draw of noise per row that is the same at every call. */
export async function evaluate(input: EvaluationInput): Promise<Evaluation> {
  const rows = input.data.rows.length, batches = batchCount(rows, BATCH), moments = new UnitMoments(input.network.units);
  const space = new Float32Array(Math.min(rows, BATCH) * input.network.width);
  let loss = 0, reconstruction = 0, kl = 0;
  for (let batch = 0; batch < batches; batch++) {
    const first = batch * BATCH, last = Math.min(rows, first + BATCH), share = (last - first) / rows;
    const parts = batchParts(input, [first, last], moments, space);
    loss += share * parts.loss;
    reconstruction += share * parts.reconstruction;
    kl += share * parts.kl;
    if (batch % PAUSE_BATCHES === PAUSE_BATCHES - 1) await input.pause();
  }
  return { loss, reconstruction, kl, klPerUnit: moments.klPerUnit, muVariance: moments.muVariance };
}
