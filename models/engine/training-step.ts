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

export interface StepInput {
  /** [rows, width] */
  readonly x: Float32Array;
  readonly rows: number;
  /** [rows, noiseWidth] */
  readonly noise: Float32Array;
  readonly rate: number;
  readonly klWeight: number;
}

/**
 * One optimiser step of a network on one backend. Parameters and moments stay where the backend is fastest and come out through
 * `state` alone, so that an eager step and a captured graph are interchangeable.
 */
export interface TrainingStep {
  run(input: StepInput): StepResult;
  /** A copy of parameters and moments. */
  state(): StepState;
  load(state: StepState): void;
  dispose(): void;
}
