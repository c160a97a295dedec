import { batchCount, stepNoise } from './batches.ts';
import type { Network } from './network.ts';
import type { TrainingStep } from './training-step.ts';

/** Noise is drawn for so many rows at a time, each with a stream of its own. */
const NOISE_ROWS = 1024;
/** Rows that are scored at once, at most: more gain nothing. */
const MOST_ROWS = 8192;
/** Numbers of the rows that are scored at once: wide rows gain nothing by more (a fifth of the call at 108 features, 2 % at 784). */
const BATCH_NUMBERS = 1_000_000;
/** Numbers scored between two pauses: some tens of milliseconds. */
const PAUSE_NUMBERS = 1_000_000;
/** Noise of more rows is drawn anew at every evaluation. */
const KEPT_NUMBERS = 8_000_000;

/** Rows that are scored at once: as many as the memory takes lightly. */
export function scoreBatch(width: number): number {
  return NOISE_ROWS * Math.max(1, Math.floor(Math.min(MOST_ROWS, BATCH_NUMBERS / Math.max(width, 1)) / NOISE_ROWS));
}

/** Noise of rows that are evaluated again and again: one draw per row that is the same at every call. */
export class EvaluationNoise {
  readonly #rows: number;
  readonly #width: number;
  readonly #seed: number;
  #kept: Float32Array | null = null;

  constructor(rows: number, width: number, seed: number) {
    this.#rows = rows;
    this.#width = width;
    this.#seed = seed;
    if (rows * width <= KEPT_NUMBERS) this.#kept = this.#draw(0, rows);
  }

  /** [last − first, width]; first is a multiple of 1,024. */
  of(first: number, last: number): Float32Array {
    return this.#kept?.subarray(first * this.#width, last * this.#width) ?? this.#draw(first, last);
  }

  #draw(first: number, last: number): Float32Array {
    const noise = new Float32Array((last - first) * this.#width);
    for (let row = first; row < last; row += NOISE_ROWS) {
      const rows = Math.min(NOISE_ROWS, this.#rows - row);
      noise.set(stepNoise(rows * this.#width, this.#seed, 'validation noise', 0, row / NOISE_ROWS), (row - first) * this.#width);
    }
    return noise;
  }
}

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
  /** At the parameters to be judged. */
  readonly step: TrainingStep;
  /** Positions in the step's data. */
  readonly rows: Uint32Array;
  readonly beta: number;
  /** Of the rows, in order. */
  readonly noise: EvaluationNoise;
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

/** Losses at full β over rows that are not trained on. */
export async function evaluate({ network, step, rows, beta, noise, pause }: EvaluationInput): Promise<Evaluation> {
  const size = scoreBatch(network.width), pauseBatches = Math.max(1, Math.floor(PAUSE_NUMBERS / (size * network.width))), batches = batchCount(rows.length, size), moments = new UnitMoments(network.units);
  let loss = 0, reconstruction = 0, kl = 0;
  for (let batch = 0; batch < batches; batch++) {
    const first = batch * size, part = rows.subarray(first, first + size), share = part.length / rows.length;
    const score = await step.score({ rows: part, noise: noise.of(first, first + part.length), klWeight: beta });
    moments.add(score.mu, score.logVar);
    loss += share * score.loss;
    reconstruction += share * score.reconstruction;
    kl += share * score.kl;
    if (batch % pauseBatches === pauseBatches - 1) await pause();
  }
  return { loss, reconstruction, kl, klPerUnit: moments.klPerUnit, muVariance: moments.muVariance };
}
