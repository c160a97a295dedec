import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { TrainAnswer, TrainReady, TrainRequest } from './train-messages.ts';

export interface ContenderOptions {
  readonly name: string;
  readonly command: string;
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** Lines of standard error that are kept for an error. */
const KEPT_LINES = 40;

const GRACE_MS = 5000;

/** Of a dying program's last lines the one that names the error. */
function lastWords(lines: readonly string[]): string {
  const spoken = lines.map((line) => line.trim()).filter((line) => line !== '');
  return spoken.findLast((line) => /\b\w*(?:Error|Exception)\b.*:/.test(line)) ?? spoken.at(-1) ?? 'without a word';
}

/** A process that trains one case when it is told to, and otherwise waits. */
export class Contender {
  readonly name: string;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  #errors: string[] = [];

  constructor({ name, command, arguments: args, environment }: ContenderOptions) {
    this.name = name;
    this.#child = spawn(command, [...args], { env: { ...process.env, ...environment }, stdio: ['pipe', 'pipe', 'pipe'] });
    this.#child.on('error', (error) => { this.#errors.push(error.message); });
    this.#child.stdin.on('error', () => {});
    createInterface({ input: this.#child.stderr }).on('line', (line) => { this.#errors = [...this.#errors, line].slice(-KEPT_LINES); });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** @throws Error when the process ends instead, with its last words. */
  async #answer<Answer>(): Promise<Answer> {
    const { value, done } = await this.#lines.next();
    if (done !== true) return JSON.parse(value) as Answer;
    throw new Error(`${this.name} ended before it answered: ${lastWords(this.#errors)}`);
  }

  /** To be awaited once, first. */
  ready(): Promise<TrainReady> {
    return this.#answer<TrainReady>();
  }

  train(request: TrainRequest): Promise<TrainAnswer> {
    this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    return this.#answer<TrainAnswer>();
  }

  /** The process ends with its input and clears up behind it; one that does not is killed. */
  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null || this.#child.pid === undefined) return;
    const late = setTimeout(() => { this.#child.kill('SIGKILL'); }, GRACE_MS);
    this.#child.stdin.end();
    await once(this.#child, 'exit');
    clearTimeout(late);
  }
}
