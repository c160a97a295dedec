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

/** Controls but tab and line feed, marks of direction, line separators, and letters that do not show. */
// oxlint-disable-next-line no-control-regex
const OBEYED = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\ufffb]|[\u{e0000}-\u{e0fff}]/gu;

/** Text from data or a server, fit for a terminal: what would be obeyed is shown by its code. In JSON the same codes stand for the same text. */
export function inert(text: string): string {
  return text.replaceAll(OBEYED, (character) => character.split('').map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''));
}

/** Inert text on one line, so that data cannot write lines of its own among the program's. */
export function oneLine(text: string): string {
  return inert(text).replaceAll(/\s*[\r\n]+\s*/g, ' ');
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
    event: (value) => { if (options.json) stdout.write(`${inert(JSON.stringify(value))}\n`); },
    result: (value, text) => {
      clear();
      if (options.json) stdout.write(`${inert(JSON.stringify(value))}\n`);
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
