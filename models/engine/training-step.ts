/** What is read from a device takes a promise; what lies with the host, or comes back from a call, is there at once. */
export type Awaitable<Value> = Value | Promise<Value>;

/** Means per row in nats, and the gradient's norm before clipping. */
export interface StepResult {
  readonly loss: number;
  readonly reconstruction: number;
  readonly kl: number;
  readonly gradientNorm: number;
}

/** What a training step owns: the parameters and the optimiser's moments. */
export interface StepState {
  readonly parameters: Float32Array;
  readonly first: Float32Array;
  readonly second: Float32Array;
  readonly count: number;
}

/** The rows that steps draw their batches from. */
export interface StepData {
  /** [all rows, width] */
  readonly x: Float32Array;
  /** [all rows, the network's labelWidth] */
  readonly labels?: Float32Array;
}

export interface ScoredBatch {
  /** Positions in the data. */
  readonly rows: Uint32Array;
  /** [rows, noiseWidth] */
  readonly noise: Float32Array;
  readonly klWeight: number;
  /** [rows, width] their values, where they have been gathered already. */
  readonly x?: Float32Array;
}

export interface StepBatch extends ScoredBatch {
  /** Learning rate. */
  readonly rate: number;
}

/** Means per row in nats, and the posterior of every row; logVar is null where a row's code is a point. */
export interface Score {
  readonly loss: number;
  readonly reconstruction: number;
  readonly kl: number;
  /** [rows, units] */
  readonly mu: Float32Array;
  readonly logVar: Float32Array | null;
}

/** Numbers of rows that batches will have; a backend may prepare for them. */
export interface StepShapes {
  readonly batch: number;
  /** The last batch of an epoch, when it is smaller. */
  readonly tail: number | null;
  readonly score: readonly number[];
}

export interface OptimiserOptions {
  /** Largest global norm of a gradient; Infinity for none. */
  readonly clip: number;
  /** Of matrices, decoupled from the gradient (Loshchilov and Hutter, "Decoupled weight decay regularization", ICLR 2019); 0 by default. */
  readonly weightDecay?: number;
}

/**
 * A network under training on one backend. Parameters and moments stay where the backend is fastest and come out through `state` and
 * `parameters` alone, so that eager steps and a captured graph are interchangeable.
 */
export interface TrainingStep {
  /** Most batches that one call takes; results do not depend on how many there are in a call. */
  readonly stepsPerCall: number;
  /** One optimiser step for each batch, in order; one call at a time. After a result that is not finite the state is only good for being replaced. */
  run(batches: readonly StepBatch[]): Awaitable<StepResult[]>;
  /** The loss of rows at the parameters at hand, with no step. */
  score(batch: ScoredBatch): Awaitable<Score>;
  /** A copy of parameters and moments. */
  state(): Awaitable<StepState>;
  /** A copy of the parameters alone. */
  parameters(): Awaitable<Float32Array>;
  load(state: StepState): void;
  loadParameters(parameters: Float32Array): void;
  dispose(): void;
}
