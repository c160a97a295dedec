import { fork, type ChildProcess } from 'node:child_process';
import type { StageOutcome, StageProgress } from '../../activities/types.ts';
import type { StoreConfig } from '../store/open-store.ts';
import { causeOfDeath, kernelKills, tellingLine } from './cause-of-death.ts';
import type { FromStageProcess, StageFailure, StageRequest, ToStageProcess } from './messages.ts';
import { processEnvironment, type ProcessShare } from './process-environment.ts';

/** A process that does not end a stage by itself within this time of being asked is killed. */
const CANCEL_GRACE_MS = 2_000;
const STDERR_KEPT = 16_000;
/** V8 lets the young generation grow to no use of ours: a training peaks 85 MB lower so, at the same speed. */
const YOUNG_GENERATION_MIB = 8;

/** A stage did not end with a result. */
export class StageProcessError extends Error {
  readonly kind: StageFailure['kind'] | 'crashed';
  readonly code: string;
  /** The end of what the process wrote to standard error; empty when the stage failed in an orderly way. */
  readonly stderr: string;
  constructor(kind: StageProcessError['kind'], code: string, message: string, stderr = '') {
    super(message);
    this.name = 'StageProcessError';
    this.kind = kind;
    this.code = code;
    this.stderr = stderr;
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

export interface ProcessOptions extends ProcessShare {
  /** Largest JavaScript heap, in MiB. */
  readonly heapMiB: number;
  /** The script that the process runs. */
  readonly entry: string;
  readonly onExit: () => void;
}

/** One child process that computes one stage at a time. */
export class StageProcess {
  readonly #child: ChildProcess;
  #job: Job | null = null;
  #alive = true;
  #stderr = '';
  #residentBytes = 0;
  #stopped: string | null = null;
  readonly #kernelKillsBefore = kernelKills();
  readonly device: number | null;

  constructor({ heapMiB, entry, onExit, ...share }: ProcessOptions) {
    this.device = share.device;
    this.#child = fork(entry, [], {
      execArgv: [`--max-old-space-size=${heapMiB}`, `--max-semi-space-size=${YOUNG_GENERATION_MIB}`, '--disable-warning=ExperimentalWarning'],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'], env: processEnvironment(share),
    });
    this.#child.stderr?.on('data', (chunk: Buffer) => { this.#stderr = (this.#stderr + chunk.toString()).slice(-STDERR_KEPT); });
    this.#child.on('message', (message: FromStageProcess) => this.#receive(message));
    this.#child.on('error', (error) => this.#settle((job) => job.reject(error)));
    this.#child.on('close', (exitCode, signal) => {
      this.#alive = false;
      this.#settle((job) => job.reject(this.#deathOf(job.stage, exitCode, signal)));
      onExit();
    });
  }

  #deathOf(stage: string, exitCode: number | null, signal: NodeJS.Signals | null): StageProcessError {
    const stderr = this.#stderr, kernelKilled = kernelKills() > this.#kernelKillsBefore;
    const { code, text } = causeOfDeath({ exitCode, signal, stderr, stopped: this.#stopped, kernelKilled });
    const said = tellingLine(stderr);
    return new StageProcessError('crashed', code, `the process of the ${stage} stage ${text}${said === '' ? '' : `; it said: ${said}`}`, stderr.trim());
  }

  get pid(): number { return this.#child.pid ?? -1; }
  get usable(): boolean { return this.#alive && this.#job === null && this.#child.connected; }
  /** After the stage it computed last. */
  get residentBytes(): number { return this.#residentBytes; }

  /** @param reason why its stage gives no result, when memory is at fault: follows "the process of the train stage". */
  kill(reason: string | null = null): void {
    this.#stopped = reason;
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
