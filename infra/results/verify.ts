import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { sha256OfFile } from '../setup/fetch-wheel.ts';

export interface VerifyProblem {
  readonly file: string;
  readonly problem: 'missing' | 'differs' | 'not listed';
  readonly expected: string | null;
  readonly found: string | null;
}

export interface Verification {
  readonly folder: string;
  readonly files: number;
  readonly problems: readonly VerifyProblem[];
}

/** Files that a result folder holds beside what its manifest lists. */
const OUTSIDE = new Set(['manifest.json', 'provenance.json']);

/**
 * Checks every file of a result folder against its manifest.
 * @throws Error when there is no manifest, or none that can be read.
 */
export async function verifyFolder(folder: string): Promise<Verification> {
  const { files } = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as { files: Record<string, string> };
  const problems: VerifyProblem[] = [];
  for (const [file, expected] of Object.entries(files)) {
    const found = await sha256OfFile(join(folder, file)).catch((error: NodeJS.ErrnoException) => { if (error.code === 'ENOENT') return null; throw error; });
    if (found !== expected) problems.push({ file, problem: found === null ? 'missing' : 'differs', expected, found });
  }
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((item) => item.isFile())) {
    const file = relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/');
    if (!Object.hasOwn(files, file) && !OUTSIDE.has(file)) problems.push({ file, problem: 'not listed', expected: null, found: null });
  }
  return { folder, files: Object.keys(files).length, problems };
}
