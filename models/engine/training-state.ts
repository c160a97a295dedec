import type { EpochRecord } from '../networks/types.ts';
import { pack, unpack } from './packed.ts';
import type { StepState } from './training-step.ts';

/** Everything a training needs to go on as if it had never stopped; random numbers are functions of the position. */
export interface TrainingState {
  /** Epoch at hand, from 1, and the next batch of it, from 0. */
  readonly epoch: number;
  readonly batch: number;
  /** Over the epoch's batches so far: rows, and row-weighted sums of loss, reconstruction, KL and gradient norm. */
  readonly sums: readonly number[];
  readonly step: StepState;
  readonly best: { readonly epoch: number; readonly loss: number; readonly parameters: Float32Array } | null;
  readonly records: readonly EpochRecord[];
}

interface Header {
  readonly run: string;
  readonly epoch: number;
  readonly batch: number;
  readonly sums: readonly number[];
  readonly count: number;
  readonly best: { readonly epoch: number; readonly loss: number } | null;
  readonly records: readonly EpochRecord[];
}

/** @param run names what is trained (seed, network, options), so that a checkpoint of something else is not taken for it. */
export function packState(state: TrainingState, run: string): Uint8Array {
  const { epoch, batch, sums, step, best, records } = state;
  return pack<Header>({
    header: { run, epoch, batch, sums, count: step.count, best: best && { epoch: best.epoch, loss: best.loss }, records },
    arrays: { parameters: step.parameters, first: step.first, second: step.second, ...(best === null ? {} : { best: best.parameters }) },
  });
}

/** @returns null when the bytes are a checkpoint of another run. @throws EngineError `bad-bytes`. */
export function unpackState(bytes: Uint8Array, run: string): TrainingState | null {
  const { header, arrays } = unpack<Header>(bytes);
  if (header.run !== run) return null;
  const { epoch, batch, sums, count, best, records } = header;
  return {
    epoch, batch, sums, records,
    step: { parameters: arrays['parameters']!, first: arrays['first']!, second: arrays['second']!, count },
    best: best && { ...best, parameters: arrays['best']! },
  };
}
