import { readFileSync } from 'node:fs';

/** Whether a process stands still because somebody stopped it (SIGSTOP, a debugger). False where the kernel does not tell. */
export function isStopped(pid: number): boolean {
  try {
    return /^\d+ \(.*\) [Tt]/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
