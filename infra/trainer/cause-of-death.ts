import { readFileSync } from 'node:fs';

/** How a process ended that gave no answer, as its parent saw it. */
export interface Death {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The end of its standard error. */
  readonly stderr: string;
  /** Why we killed it ourselves; null when we did not. */
  readonly stopped: string | null;
  /** Whether the kernel killed some process for want of memory while this one lived. */
  readonly kernelKilled: boolean;
}

export interface Cause {
  readonly code: 'out-of-memory' | 'killed' | 'crashed' | 'exited';
  /** Follows "the process of the train stage". */
  readonly text: string;
}

const HEAP = /JavaScript heap out of memory|Reached heap limit|Zone Allocation failed/;
const NATIVE_MEMORY = /std::bad_alloc|cannot allocate memory|Array buffer allocation failed|OOM when allocating|RESOURCE_EXHAUSTED/i;
const CRASHES: Partial<Record<NodeJS.Signals, string>> = {
  SIGSEGV: 'a native library touched memory that is not its own',
  SIGBUS: 'a mapped file was cut short, or the disk of a mapped file is full',
  SIGILL: 'the processor lacks an instruction that a native library uses: set backend to wasm',
  SIGFPE: 'a division of whole numbers by zero in a native library',
  SIGABRT: 'a native library gave up',
  SIGTRAP: 'the engine of JavaScript gave up',
  SIGSYS: 'a system call is forbidden here',
};

/** Whether an error's text says that memory could not be had. */
export function saysOutOfMemory(text: string): boolean {
  return HEAP.test(text) || NATIVE_MEMORY.test(text);
}

/** The line of standard error that tells most: the fatal one, else an error, else the last. */
export function tellingLine(stderr: string): string {
  const lines = stderr.split('\n').map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('at '));
  return lines.find((line) => /^FATAL ERROR|^terminate called|what\(\)/.test(line)) ?? lines.findLast((line) => /error\b/i.test(line)) ?? lines.at(-1) ?? '';
}

/** What a process died of that went away by itself, or was killed, without an answer. */
export function causeOfDeath({ exitCode, signal, stderr, stopped, kernelKilled }: Death): Cause {
  if (stopped !== null) return { code: 'out-of-memory', text: stopped };
  if (HEAP.test(stderr)) return { code: 'out-of-memory', text: 'ran out of its JavaScript heap' };
  if (NATIVE_MEMORY.test(stderr)) return { code: 'out-of-memory', text: 'could not get the memory that it asked for' };
  if (signal === 'SIGKILL' && kernelKilled) return { code: 'out-of-memory', text: 'was killed by the kernel, which was out of memory' };
  if (signal === 'SIGKILL') return { code: 'killed', text: 'was killed from outside (SIGKILL: by hand, or by a supervisor whose limit it crossed)' };
  if (signal !== null && CRASHES[signal] !== undefined) return { code: 'crashed', text: `crashed (${signal}: ${CRASHES[signal]})` };
  if (signal !== null) return { code: 'killed', text: `was ended from outside (${signal})` };
  return { code: 'exited', text: `ended by itself with exit code ${exitCode}` };
}

/** Processes that the kernel has killed for want of memory since the machine, or this container, started; 0 where it does not say. */
export function kernelKills(): number {
  const count = (path: string): number => {
    try {
      return Number(/^oom_kill (\d+)/m.exec(readFileSync(path, 'utf8'))?.[1] ?? 0);
    } catch {
      return 0;
    }
  };
  return count('/proc/vmstat') + count('/sys/fs/cgroup/memory.events');
}
