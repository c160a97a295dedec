/* oxlint-disable no-console */
import { stderr, stdout } from 'node:process';

export interface OutputOptions {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly debug: boolean;
}

/** Where a command says things: results on standard output, everything else on standard error. */
export interface Output extends OutputOptions {
  /** Whether a person watches: progress is drawn in place then. */
  readonly interactive: boolean;
  /** One JSON object a line; only with --json. */
  event(value: object): void;
  /** The answer: shown as text, or as JSON with --json. */
  result(value: object, text: string): void;
  /** A message about the work. */
  say(line: string): void;
  /** A line drawn over the one before, on a terminal. */
  draw(line: string): void;
  warn(line: string): void;
}

const CLEAR_LINE = '\r\u001b[2K';

/** Text from data or a server, fit for a terminal: control characters and direction marks are shown, not obeyed. */
export function inert(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, (character) =>
    `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

export function createOutput(options: OutputOptions): Output {
  const interactive = stderr.isTTY && !options.json && !options.quiet;
  let drawn = false;
  const clear = (): void => {
    if (drawn) stderr.write(CLEAR_LINE);
    drawn = false;
  };
  const line = (text: string): void => {
    clear();
    stderr.write(`${inert(text)}\n`);
  };
  return {
    ...options, interactive,
    event: (value) => { if (options.json) stdout.write(`${JSON.stringify(value)}\n`); },
    result: (value, text) => {
      clear();
      if (options.json) stdout.write(`${JSON.stringify(value)}\n`);
      else if (text !== '') stdout.write(`${inert(text)}\n`);
    },
    say: (text) => { if (!options.quiet) line(interactive ? text : `${new Date().toISOString().slice(11, 19)} ${text}`); },
    draw: (text) => {
      if (!interactive) return;
      const width = Math.max(20, stderr.columns ?? 80) - 1, safe = inert(text);
      stderr.write(`${CLEAR_LINE}${safe.length > width ? `${safe.slice(0, width - 1)}…` : safe}`);
      drawn = true;
    },
    warn: line,
  };
}
