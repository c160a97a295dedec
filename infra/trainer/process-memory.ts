import { readFileSync } from 'node:fs';
import { totalmem } from 'node:os';

/** Memory of a process that no other shares, in bytes: mapped libraries are no part of it. Null where the system does not say. */
export function privateBytes(pid: number | 'self'): number | null {
  try {
    const kilobytes = /^RssAnon:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? null : Number(kilobytes) * 1024;
  } catch {
    return null;
  }
}

/** What this machine, or the container around us, gives in all. */
export function machineMemory(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
}
