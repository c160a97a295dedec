import { CommanderError } from 'commander';
import { DataError } from '../../activities/data-error.ts';
import { ConfigError } from '../config/config-error.ts';

export const EXIT = { done: 0, findings: 1, usage: 2, infrastructure: 3 } as const;

/** Wrong use of a command: an audit that does not exist, flags that exclude each other. Exit code 2. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

/** 2 for what the user can mend (use, configuration, data), 3 for all else. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  if (error instanceof UsageError || error instanceof ConfigError || error instanceof DataError) return EXIT.usage;
  return EXIT.infrastructure;
}
