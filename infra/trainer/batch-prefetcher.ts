import { Worker } from 'node:worker_threads';
import type { BatchPlan, BatchSource, PreparedBatch } from '../../models/engine/batch-source.ts';
import { BATCH_WORDS, CLOSED, COUNT, HEAD, READY, REQUESTED, SLOT, STATE } from './batch-memory.ts';
import type { BatchMemory, BatchSlot } from './batch-memory.ts';

export interface PrefetchShape {
  /** [all rows, width] in shared memory. */
  readonly data: Float32Array;
  readonly width: number;
  readonly noiseWidth: number;
  readonly seed: number;
  /** Most batches of a call, and rows of a batch. */
  readonly batches: number;
  readonly batch: number;
}

/** A thread that does not answer for so long is given up; the training goes on without it. */
const PATIENCE_MS = 30_000;

const floats = (length: number): Float32Array => new Float32Array(new SharedArrayBuffer(4 * length));

/** A second thread that gathers rows and draws noise of the next call while the native backend, whose calls do not return before they are done, computes this one. */
export class BatchPrefetcher implements BatchSource {
  readonly #memory: BatchMemory;
  readonly #worker: Worker;
  readonly #most: number;
  #plans: readonly BatchPlan[] = [];

  constructor({ data, width, noiseWidth, seed, batches, batch }: PrefetchShape) {
    const rows = batches * batch, slot = (): BatchSlot => ({ rows: new Uint32Array(new SharedArrayBuffer(4 * rows)), x: floats(rows * width), noise: floats(rows * noiseWidth) });
    this.#memory = { control: new Int32Array(new SharedArrayBuffer(4 * (HEAD + BATCH_WORDS * batches))), slots: [slot(), slot()], data, width, noiseWidth, seed };
    this.#worker = new Worker(new URL('./batch-thread.ts', import.meta.url), { workerData: this.#memory, execArgv: ['--disable-warning=ExperimentalWarning'] });
    this.#most = batches;
    // A thread that could not start is one that never gets ready.
    this.#worker.on('error', () => { this.#close(); });
    this.#worker.unref();
  }

  begin(plans: readonly BatchPlan[]): boolean {
    const { control, slots } = this.#memory, next = 1 - control[SLOT]!, { rows } = slots[next]!;
    if (plans.length > this.#most || Atomics.load(control, READY) === 0 || Atomics.load(control, STATE) === CLOSED) return false;
    plans.reduce((at, plan) => { rows.set(plan.rows, at); return at + plan.rows.length; }, 0);
    plans.forEach((plan, k) => { control.set([plan.rows.length, plan.epoch, plan.batch], HEAD + k * BATCH_WORDS); });
    control[SLOT] = next;
    control[COUNT] = plans.length;
    this.#plans = plans;
    Atomics.store(control, STATE, REQUESTED);
    Atomics.notify(control, STATE);
    return true;
  }

  take(): readonly PreparedBatch[] | null {
    const { control, slots, width, noiseWidth } = this.#memory;
    if (Atomics.wait(control, STATE, REQUESTED, PATIENCE_MS) === 'timed-out') this.#close();
    if (Atomics.load(control, STATE) === CLOSED) return null;
    const { x, noise } = slots[control[SLOT]!]!;
    let first = 0;
    return this.#plans.map(({ rows: { length } }) => {
      const from = first, to = first += length;
      return { x: x.subarray(from * width, to * width), noise: noise.subarray(from * noiseWidth, to * noiseWidth) };
    });
  }

  #close(): void {
    Atomics.store(this.#memory.control, STATE, CLOSED);
    Atomics.notify(this.#memory.control, STATE);
  }

  async dispose(): Promise<void> {
    this.#close();
    await this.#worker.terminate();
  }
}
