/** Where a value came from: a place in a file, a variable, a flag, the command's own argument. */
export type Origin =
  | { readonly kind: 'file'; readonly file: string; readonly line: number; readonly column: number }
  | { readonly kind: 'environment'; readonly variable: string }
  | { readonly kind: 'flag'; readonly flag: string }
  /** The data file named in place of a configuration. */
  | { readonly kind: 'argument' };

export interface ConfigProblem {
  readonly code: 'unknown-key' | 'invalid' | 'not-built' | 'unreadable' | 'syntax' | 'conflict';
  readonly path: string;
  readonly origin: Origin | null;
  readonly message: string;
}

export function placeOf(origin: Origin | null): string {
  if (origin === null || origin.kind === 'argument') return '';
  if (origin.kind === 'file') return `${origin.file}:${origin.line}:${origin.column}: `;
  return origin.kind === 'environment' ? `environment variable ${origin.variable}: ` : `flag ${origin.flag}: `;
}

/** The configuration cannot be used. One line a problem: where, what was found, what was expected, what to do. Exit code 2. */
export class ConfigError extends Error {
  readonly problems: readonly ConfigProblem[];
  constructor(problems: readonly ConfigProblem[]) {
    super(problems.map((problem) => `${placeOf(problem.origin)}${problem.message}`).join('\n'));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}
