import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Loaded before the programs under test (`--import`): carries out what a test planned for a stage, in the process that computes it.
 * A plan is a file `<stage>.<n>` of the faults' folder, used up by one attempt.
 */
export interface Plan {
  /** `kill`, `stop`: this process. `kill-worker`, `stop-worker`: its worker. `memory`: allocates until its heap is full. `flip`: damages what a stage before it made. */
  readonly action: 'kill' | 'stop' | 'kill-worker' | 'stop-worker' | 'memory' | 'flip';
  /** From the begin of the attempt. */
  readonly afterMs: number;
  /** A stopped process wakes after this long. */
  readonly wakeAfterMs?: number;
  /** The stage whose artifacts are damaged; their manifests with `manifest`. */
  readonly producer?: string;
  readonly manifest?: boolean;
}

export interface FaultEvent {
  readonly action: Plan['action'] | 'begin' | 'memory-worker';
  readonly stage: string;
  readonly pid: number;
}

const folder = process.env['PENUMBRA_FAULTS_FOLDER'], jump = Number(process.env['PENUMBRA_FAULTS_CLOCK'] ?? 0);

function note(event: FaultEvent): void {
  appendFileSync(join(folder!, 'log'), `${JSON.stringify(event)}\n`);
}

/** The first plan for a stage that can be carried out: what is to be damaged has to be there. */
function takePlan(stage: string, store: string | undefined): Plan | null {
  for (const name of readdirSync(folder!).filter((file) => file.startsWith(`${stage}.`)).sort()) {
    const path = join(folder!, name), mine = join(folder!, `taken-${process.pid}-${name}`);
    try {
      const { producer } = JSON.parse(readFileSync(path, 'utf8')) as Plan;
      if (producer !== undefined && !existsSync(join(store!, 'stages', producer))) continue;
      renameSync(path, mine);
      return JSON.parse(readFileSync(mine, 'utf8')) as Plan;
    } catch {
      // Another process was faster.
    }
  }
  return null;
}

/** By a process of its own: this one's event loop stands still while it computes. What is gone by then is not counted. */
function strike({ action, afterMs, wakeAfterMs }: Plan, stage: string): void {
  const pid = action.endsWith('-worker') ? process.ppid : process.pid, signal = action.startsWith('kill') ? 'KILL' : 'STOP';
  const line = JSON.stringify({ action, stage, pid } satisfies FaultEvent);
  const wake = wakeAfterMs === undefined ? '' : `; sleep ${wakeAfterMs / 1000}; kill -CONT ${pid}`;
  const script = `sleep ${afterMs / 1000}; kill -0 ${pid} && echo '${line}' >>"$0" && kill -${signal} ${pid}${wake}`;
  spawn('sh', ['-c', script, join(folder!, 'log')], { detached: true, stdio: 'ignore', env: { PATH: process.env['PATH'] } }).unref();
}

function fillMemory(stage: string): void {
  note({ action: 'memory', stage, pid: process.pid });
  for (const hoard: number[][] = []; ;) hoard.push(Array.from({ length: 1_000_000 }, Math.random));
}

/** Turns one bit in each artifact that a stage of this audit has stored so far, or in its manifests. */
function flip({ producer, manifest = false }: Plan, stage: string, store: string): void {
  const manifests = join(store, 'stages', producer!), damaged = new Set<string>();
  for (const name of readdirSync(manifests)) {
    const path = join(manifests, name), { artifacts } = JSON.parse(readFileSync(path, 'utf8')) as { artifacts: Record<string, { key: string }[]> };
    for (const each of manifest ? [path] : Object.values(artifacts).flat().map(({ key }) => join(store, key))) damaged.add(each);
  }
  for (const path of damaged) {
    const bytes = readFileSync(path), middle = bytes.length >>> 1;
    bytes[middle] = bytes[middle]! ^ 1;
    writeFileSync(path, bytes);
  }
  note({ action: 'flip', stage, pid: process.pid });
}

if (jump !== 0 && folder !== undefined) {
  // Right at first; it jumps for all processes at the moment the test leaves the file there.
  const now = Date.now.bind(Date), sign = join(folder, 'clock');
  let jumped = existsSync(sign);
  setInterval(() => { jumped ||= existsSync(sign); }, 50).unref();
  Date.now = () => now() + (jumped ? jump : 0);
}

if (folder !== undefined && process.argv[1]?.includes('stage-process') === true) {
  process.on('message', (message: { readonly type: string; readonly request?: { readonly stage: string }; readonly store?: { readonly path: string } }) => {
    const stage = message.request?.stage;
    if (message.type !== 'run' || stage === undefined) return;
    note({ action: 'begin', stage, pid: process.pid });
    const plan = takePlan(stage, message.store?.path);
    if (plan === null) return;
    if (plan.action === 'flip') setTimeout(() => flip(plan, stage, message.store!.path), plan.afterMs);
    else if (plan.action === 'memory') setTimeout(() => fillMemory(stage), plan.afterMs);
    else strike(plan, stage);
  });
}
