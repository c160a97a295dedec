import { matchesGlob } from 'node:path';

/** Whether a path names files by a pattern: `*`, `?`, `[…]`, `{…}`. */
export function isPattern(path: string): boolean {
  return /[*?[{]/.test(path);
}

/** Whether a name (its parts separated by `/`) is one that the pattern names. */
export function matchesPattern(name: string, pattern: string): boolean {
  return matchesGlob(name, pattern);
}
