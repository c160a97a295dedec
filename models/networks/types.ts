/** One line of training.csv. Loss parts are means per row, in nats. */
export interface EpochRecord {
  readonly seed: number;
  readonly epoch: number;
  readonly loss: number;
  readonly reconstruction: number;
  readonly kl: number;
  readonly activeUnits: number;
  /** The same on the validation part, at β (no warm-up). */
  readonly validationLoss: number;
  readonly gradientNorm: number;
}

export interface TrainingSummary {
  readonly seed: number;
  readonly backend: string;
  /** Version, processor and threads of a backend whose bytes depend on them; null for wasm and cpu, which give the same everywhere. */
  readonly computedOn: string | null;
  /** Rows that were drawn at random to train and validate on, where all of them would not fit the memory; null: all. */
  readonly sampledRows: number | null;
  readonly network: string;
  readonly parameters: number;
  readonly epochs: readonly EpochRecord[];
  readonly bestEpoch: number;
  readonly stopped: 'epochs' | 'early';
  /** Mean KL per latent unit and variance of μ on the validation part, in nats; a unit is active when the variance of its μ exceeds 0.01. */
  readonly klPerUnit: readonly number[];
  readonly muVariance: readonly number[];
}
