import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { StageOutcome, StageProgress } from '../../activities/types.ts';
import type { StoreConfig } from '../store/open-store.ts';
import type { FromStageProcess, StageFailure, StageRequest, ToStageProcess } from './messages.ts';

const ENTRY = fileURLToPath(new URL('./stage-process.ts', import.meta.url));
/** A process that does not end a stage by itself within this time of being asked is killed. */
const CANCEL_GRACE_MS = 2_000;
const STDERR_KEPT = 4_000;
/** V8 lets the young generation grow to no use of ours: a training peaks 85 MB lower so, at the same speed. */
const YOUNG_GENERATION_MIB = 8;

/** A stage did not end with a result. */
export class StageProcessError extends Error {
  readonly kind: StageFailure['kind'] | 'crashed';
  readonly code: string;
  constructor(kind: StageProcessError['kind'], code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StageProcessError';
    this.kind = kind;
    this.code = code;
  }
}

export interface RunOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: StageProgress) => void;
  readonly onWarning?: (line: string) => void;
}

interface Job {
  readonly stage: string;
  readonly onProgress: (progress: StageProgress) => void;
  readonly onWarning: ((line: string) => void) | undefined;
  readonly resolve: (result: StageOutcome) => void;
  readonly reject: (error: Error) => void;
}

/** What a process that went away by itself died of, as far as it can be told from outside. */
function causeOfDeath(code: number | null, signal: NodeJS.Signals | null, stderr: string): { code: string; text: string } {
  if (/heap out of memory|Allocation failed/.test(stderr)) return { code: 'out-of-memory', text: 'ran out of its heap' };
  if (signal === 'SIGKILL') return { code: 'killed', text: 'was killed (SIGKILL: by the kernel when memory is short, or by hand)' };
  if (signal !== null) return { code: 'crashed', text: `crashed (${signal})` };
  return { code: 'exited', text: `ended by itself with exit code ${code}` };
}

/** One child process that computes one stage at a time. */
export class StageProcess {
  readonly #child: ChildProcess;
  #job: Job | null = null;
  #alive = true;
  #stderr = '';
  #residentBytes = 0;

  constructor(heapMiB: number, onExit: () => void) {
    this.#child = fork(ENTRY, [], { execArgv: [`--max-old-space-size=${heapMiB}`, `--max-semi-space-size=${YOUNG_GENERATION_MIB}`, '--disable-warning=ExperimentalWarning'], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    this.#child.stderr?.on('data', (chunk: Buffer) => { this.#stderr = (this.#stderr + chunk.toString()).slice(-STDERR_KEPT); });
    this.#child.on('message', (message: FromStageProcess) => this.#receive(message));
    this.#child.on('error', (error) => this.#settle((job) => job.reject(error)));
    this.#child.on('close', (code, signal) => {
      this.#alive = false;
      const { code: reason, text } = causeOfDeath(code, signal, this.#stderr);
      const last = this.#stderr.trim().split('\n').at(-1) ?? '';
      this.#settle((job) => job.reject(new StageProcessError('crashed', reason, `the process of the ${job.stage} stage ${text}${last === '' ? '' : `; it said last: ${last}`}`)));
      onExit();
    });
  }

  get pid(): number { return this.#child.pid ?? -1; }
  get usable(): boolean { return this.#alive && this.#job === null && this.#child.connected; }
  /** After the stage it computed last. */
  get residentBytes(): number { return this.#residentBytes; }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  run(request: StageRequest, store: StoreConfig, { signal, onProgress, onWarning }: RunOptions): Promise<StageOutcome> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(new StageProcessError('cancelled', 'cancelled', 'cancelled before it began'));
      let grace: NodeJS.Timeout | undefined;
      const cancel = (): void => {
        this.#send({ type: 'cancel' });
        grace = setTimeout(() => {
          this.#settle((job) => job.reject(new StageProcessError('cancelled', 'cancelled', `the ${job.stage} stage was stopped`)));
          this.kill();
        }, CANCEL_GRACE_MS);
      };
      const done = (): void => { clearTimeout(grace); signal.removeEventListener('abort', cancel); };
      this.#job = {
        stage: request.stage, onProgress, onWarning,
        resolve: (result) => { done(); resolve(result); },
        reject: (error) => { done(); reject(error); },
      };
      signal.addEventListener('abort', cancel, { once: true });
      this.#send({ type: 'run', request, store });
    });
  }

  #send(message: ToStageProcess): void {
    if (this.#child.connected) this.#child.send(message);
  }

  #settle(end: (job: Job) => void): void {
    const job = this.#job;
    this.#job = null;
    if (job !== null) end(job);
  }

  #receive(message: FromStageProcess): void {
    if (message.type === 'progress') return this.#job?.onProgress(message.progress);
    if (message.type === 'warning') return this.#job?.onWarning?.(message.line);
    if (message.type === 'done') {
      this.#residentBytes = message.residentBytes;
      return this.#settle((job) => job.resolve(message.result));
    }
    const { kind, code, message: text, stack } = message.failure;
    const error = new StageProcessError(kind, code, text);
    error.stack = stack;
    this.#settle((job) => job.reject(error));
  }
}
