import type { StageOutcome } from '../../activities/types.ts';
import type { StoreConfig } from '../store/open-store.ts';
import type { StageRequest } from './messages.ts';
import { StageProcess, StageProcessError, type RunOptions } from './stage-process-handle.ts';

export interface PoolOptions {
  readonly store: StoreConfig;
  /** Largest heap of one process, in MiB. */
  readonly heapMiB?: number;
  /** A process larger than this after a stage is not used again. */
  readonly recycleAboveBytes?: number;
}

/** Processes that compute stages, one at a time each; idle ones are used again. How many run at once is up to the caller (the worker's slots). */
export class ProcessPool {
  readonly #idle: StageProcess[] = [];
  readonly #all = new Set<StageProcess>();
  readonly #options: PoolOptions;
  #closed = false;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  async run(request: StageRequest, options: RunOptions): Promise<StageOutcome> {
    if (this.#closed) throw new StageProcessError('cancelled', 'closed', 'the worker is shutting down');
    const process = this.#idle.pop() ?? this.#start();
    try {
      return await process.run(request, this.#options.store, options);
    } finally {
      if (process.usable && !this.#closed && process.residentBytes < (this.#options.recycleAboveBytes ?? 500e6)) this.#idle.push(process);
      else process.kill();
    }
  }

  close(): void {
    this.#closed = true;
    for (const process of this.#all) process.kill();
  }

  /** Process ids, for those who watch memory. */
  get pids(): readonly number[] {
    return [...this.#all].map((process) => process.pid);
  }

  #start(): StageProcess {
    const process = new StageProcess(this.#options.heapMiB ?? 1024, () => {
      this.#all.delete(process);
      const position = this.#idle.indexOf(process);
      if (position >= 0) this.#idle.splice(position, 1);
    });
    this.#all.add(process);
    return process;
  }
}
