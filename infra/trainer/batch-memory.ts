/** Memory that the training's thread and the one that prepares its batches share. */
export interface BatchMemory {
  /** Words as named below, then `BATCH_WORDS` for each batch of a call: rows, epoch, batch. */
  readonly control: Int32Array;
  /** Written in turn, so that a call's arrays stay while those of the next are written. */
  readonly slots: readonly BatchSlot[];
  /** [all rows, width] */
  readonly data: Float32Array;
  readonly width: number;
  readonly noiseWidth: number;
  readonly seed: number;
}

export interface BatchSlot { readonly rows: Uint32Array; readonly x: Float32Array; readonly noise: Float32Array }

export const READY = 0;
export const STATE = 1;
export const SLOT = 2;
export const COUNT = 3;
export const HEAD = 4;
export const BATCH_WORDS = 3;

/** States; 0 before the first request. */
export const REQUESTED = 1;
export const DONE = 2;
export const CLOSED = 3;
