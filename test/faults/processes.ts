import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessInfo {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
  /** One letter of ps: R, S, T, Z … */
  readonly state: string;
}

/** Every process of this machine that could be read. */
export function allProcesses(): readonly ProcessInfo[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((name) => {
    try {
      const [, pid, command, state, parent] = /^(\d+) \((.*)\) (\S) (\d+)/s.exec(readFileSync(`/proc/${name}/stat`, 'utf8'))!;
      return [{ pid: Number(pid), parent: Number(parent), name: command!, state: state! }];
    } catch {
      return [];
    }
  });
}

/** What a process started, and what that started. */
export function descendants(pid: number, all = allProcesses()): readonly ProcessInfo[] {
  const children = all.filter(({ parent }) => parent === pid);
  return [...children, ...children.flatMap((child) => descendants(child.pid, all))];
}
