/** A batch to come, by its place in the training. */
export interface BatchPlan {
  /** Positions in the data. */
  readonly rows: Uint32Array;
  readonly epoch: number;
  readonly batch: number;
}

/** What is gathered and drawn for a batch; good until the call after the next is begun. */
export interface PreparedBatch {
  /** [rows, width] */
  readonly x: Float32Array;
  /** [rows, noiseWidth] as `stepNoise` draws it. */
  readonly noise: Float32Array;
}

/** Gathers the batches of the next call while the process is inside the one at hand. What it gives is what the caller would have made itself. */
export interface BatchSource {
  /** @returns false where it cannot: the caller then makes its own. */
  begin(plans: readonly BatchPlan[]): boolean;
  /** Waits for what was begun last; null where it did not come. */
  take(): readonly PreparedBatch[] | null;
}
