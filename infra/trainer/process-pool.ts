import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { StageOutcome } from '../../activities/types.ts';
import type { StoreConfig } from '../store/open-store.ts';
import { isStopped } from './is-stopped.ts';
import type { StageRequest } from './messages.ts';
import { machineMemory, privateBytes } from './process-memory.ts';
import { StageProcess, StageProcessError, type RunOptions } from './stage-process-handle.ts';

export interface PoolOptions {
  readonly store: StoreConfig;
  /** Stages computed at once by the caller; the cores are shared out among as many processes. All cores by default. */
  readonly slots?: number;
  /** Threads of each process for the native backend; cores ÷ slots by default. */
  readonly threads?: number;
  /** GPUs by index, one process each at a time; no process sees one without it. */
  readonly devices?: readonly number[];
  /** Largest JavaScript heap of one process, in MiB. */
  readonly heapMiB?: number;
  /** A process with more memory of its own than this after a stage is not used again. */
  readonly recycleAboveBytes?: number;
  /** What all processes may hold together; nine tenths of the machine's by default. The largest is ended when they hold more. */
  readonly memoryBytes?: number;
  /** The script that a process runs; it speaks the messages of `messages.ts`. */
  readonly entry?: string;
}

const ENTRY = fileURLToPath(new URL('./stage-process.ts', import.meta.url));
const MEMORY_SHARE = 0.9;
const WATCH_MS = 500;
/** A process that stands still for longer is ended: its worker's heartbeats would say for ever that it is at work. */
const STOPPED_MS = 10_000;

const mebibytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20).toLocaleString('en-US')} MiB`;

/** Processes that compute stages, one at a time each; idle ones are used again. How many run at once is up to the caller (the worker's slots). */
export class ProcessPool {
  readonly #idle: StageProcess[] = [];
  readonly #all = new Set<StageProcess>();
  readonly #options: PoolOptions;
  readonly #threads: number;
  readonly #watch: NodeJS.Timeout;
  /** When a process was first seen to stand still. */
  readonly #stoppedSince = new Map<StageProcess, number>();
  #closed = false;

  constructor(options: PoolOptions) {
    const { slots = availableParallelism(), threads = Math.max(1, Math.floor(availableParallelism() / slots)) } = options;
    this.#options = options;
    this.#threads = threads;
    this.#watch = setInterval(() => {
      this.#boundMemory();
      this.#endStopped();
    }, WATCH_MS).unref();
  }

  async run(request: StageRequest, options: RunOptions): Promise<StageOutcome> {
    if (this.#closed) throw new StageProcessError('cancelled', 'closed', 'the worker is shutting down');
    const process = this.#idle.pop() ?? this.#start();
    let sound = false;
    try {
      const result = await process.run(request, this.#options.store, options);
      sound = true;
      return result;
    } catch (error) {
      // A fault of the data was found in good order. After any other, or a cancellation, nobody knows what is left behind.
      sound = error instanceof StageProcessError && error.kind === 'data';
      throw error;
    } finally {
      if (sound && process.usable && !this.#closed && process.residentBytes < (this.#options.recycleAboveBytes ?? 500e6)) this.#idle.push(process);
      else process.kill();
    }
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#watch);
    for (const process of this.#all) process.kill();
  }

  /** Process ids, for those who watch memory. */
  get pids(): readonly number[] {
    return [...this.#all].map((process) => process.pid);
  }

  /** Ends the largest process before the kernel, which might take the worker itself, has to choose. */
  #boundMemory(): void {
    const sizes = [...this.#all].map((process) => ({ process, bytes: privateBytes(process.pid) ?? 0 })).sort((a, b) => b.bytes - a.bytes);
    const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0), limit = this.#options.memoryBytes ?? MEMORY_SHARE * machineMemory();
    if (total <= limit) return;
    const { process, bytes } = sizes[0]!;
    process.kill(`was ended at ${mebibytes(bytes)}: the ${sizes.length} of this worker hold ${mebibytes(total)} together, more than the ${mebibytes(limit)} they may; `
      + 'give the machine more memory, or the worker fewer slots');
  }

  #endStopped(): void {
    const now = performance.now();
    for (const process of this.#all) {
      if (!isStopped(process.pid)) this.#stoppedSince.delete(process);
      else if (now - (this.#stoppedSince.get(process) ?? now) > STOPPED_MS) process.kill(`was stopped (SIGSTOP) for ${STOPPED_MS / 1000} s and was ended`);
      else if (!this.#stoppedSince.has(process)) this.#stoppedSince.set(process, now);
    }
  }

  /** The GPU with the fewest processes. */
  #device(): number | null {
    const load = (device: number): number => [...this.#all].filter((process) => process.device === device).length;
    return this.#options.devices?.toSorted((a, b) => load(a) - load(b))[0] ?? null;
  }

  #start(): StageProcess {
    const process = new StageProcess({
      heapMiB: this.#options.heapMiB ?? 1024, entry: this.#options.entry ?? ENTRY, threads: this.#threads, device: this.#device(),
      onExit: () => {
        this.#all.delete(process);
        this.#stoppedSince.delete(process);
        const position = this.#idle.indexOf(process);
        if (position >= 0) this.#idle.splice(position, 1);
      },
    });
    this.#all.add(process);
    return process;
  }
}
