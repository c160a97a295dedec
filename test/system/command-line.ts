import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { isRunning } from '../../infra/temporal/is-running.ts';
import { randomStream } from '../../models/engine/random.ts';

const MAIN = fileURLToPath(new URL('../../infra/cli/main.ts', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The last line of standard output, as JSON. */
  readonly json: Record<string, unknown>;
}

/** A folder of its own with a store, a host and results: what a user's current folder is. */
export class CommandLine {
  readonly folder: string;
  /** Where the background host of its store says where it is. */
  hostFolder: string;
  readonly #environment: NodeJS.ProcessEnv;

  private constructor(folder: string, environment: NodeJS.ProcessEnv) {
    this.folder = folder;
    this.hostFolder = join(folder, '.penumbra/host');
    this.#environment = { ...process.env, PENUMBRA_HOST_IDLE: '2', ...environment };
  }

  static async create(environment: NodeJS.ProcessEnv = {}): Promise<CommandLine> {
    return new CommandLine(await mkdtemp(join(tmpdir(), 'penumbra-cli-')), environment);
  }

  set(name: string, value: string): void {
    this.#environment[name] = value;
  }

  start(...args: string[]): { child: ChildProcess; ended: Promise<Ended>; output: () => string } {
    const child = spawn(process.execPath, [MAIN, ...args], { cwd: this.folder, env: this.#environment, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '', stderr = '';
    child.stdout.on('data', (chunk: Buffer) => { stdout += chunk.toString(); });
    child.stderr.on('data', (chunk: Buffer) => { stderr += chunk.toString(); });
    const ended = once(child, 'close').then(([code]): Ended => ({
      code: code as number | null, stdout, stderr,
      get json() { return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Record<string, unknown>; },
    }));
    return { child, ended, output: () => stdout };
  }

  run(...args: string[]): Promise<Ended> {
    return this.start(...args).ended;
  }

  host(): { readonly pid: number } | null {
    const path = join(this.hostFolder, 'host.json');
    return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) as { pid: number } : null;
  }

  manifest(out: string): { readonly files: Readonly<Record<string, string>> } {
    return JSON.parse(readFileSync(join(this.folder, out, 'manifest.json'), 'utf8')) as { files: Record<string, string> };
  }

  /** Ends the host and removes everything. */
  async remove(): Promise<void> {
    const host = this.host();
    if (host !== null) {
      process.kill(host.pid, 'SIGTERM');
      for (let waited = 0; waited < 20_000 && isRunning(host.pid); waited += 50) await sleep(50);
    }
    for (const folder of [this.folder, this.hostFolder]) await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

/** Waits until a condition holds. @throws Error after two minutes. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  for (let waited = 0; waited < 120_000; waited += 50) {
    if (condition()) return;
    await sleep(50);
  }
  throw new Error(`waited two minutes for ${what}`);
}

/** A small made-up table of applicants: numbers, categories, missing values, a label that favours one group. */
export async function writePeople(folder: string, rows = 600): Promise<string> {
  const random = randomStream(1, 'people');
  const lines = ['age,hours,work,sex,region,hired'];
  for (let i = 0; i < rows; i++) {
    const sex = random.uniform() < 0.4 ? 'Female' : 'Male', age = 20 + random.integer(45), hours = Math.round(38 + 6 * random.normal());
    const work = ['office', 'field', 'home'][random.integer(3)]!, region = ['north', 'south', 'east, <b>far</b>'][random.integer(3)]!;
    const hired = random.uniform() < (sex === 'Male' ? 0.6 : 0.25) + (age > 40 ? 0.1 : 0) ? 'yes' : 'no';
    lines.push([age, random.uniform() < 0.03 ? '' : hours, work, sex, `"${region}"`, hired].join(','));
  }
  const path = join(folder, 'people.csv');
  await writeFile(path, `${lines.join('\n')}\n`);
  return path;
}

export const PEOPLE_CONFIG = `name: people
data: { path: people.csv, label: hired, positive: "yes", protected: [sex] }
model: { epochs: 4, seeds: 2, latent: 4, batch: 64 }
`;
