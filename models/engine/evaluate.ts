import { batchCount, stepNoise } from './batches.ts';
import type { Network } from './network.ts';
import type { TrainingStep } from './training-step.ts';

/** Rows that are scored at once. */
export const SCORE_BATCH = 1024;
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
  /** At the parameters to be judged. */
  readonly step: TrainingStep;
  /** Positions in the step's data. */
  readonly rows: Uint32Array;
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

/** Losses at full β over rows that are not trained on, with one draw of noise per row that is the same at every call. */
export async function evaluate({ network, step, rows, beta, seed, pause }: EvaluationInput): Promise<Evaluation> {
  const batches = batchCount(rows.length, SCORE_BATCH), moments = new UnitMoments(network.units);
  let loss = 0, reconstruction = 0, kl = 0;
  for (let batch = 0; batch < batches; batch++) {
    const part = rows.subarray(batch * SCORE_BATCH, (batch + 1) * SCORE_BATCH), share = part.length / rows.length;
    const noise = stepNoise(part.length * network.noiseWidth, seed, 'validation noise', 0, batch);
    const score = await step.score({ rows: part, noise, klWeight: beta });
    moments.add(score.mu, score.logVar);
    loss += share * score.loss;
    reconstruction += share * score.reconstruction;
    kl += share * score.kl;
    if (batch % PAUSE_BATCHES === PAUSE_BATCHES - 1) await pause();
  }
  return { loss, reconstruction, kl, klPerUnit: moments.klPerUnit, muVariance: moments.muVariance };
}
