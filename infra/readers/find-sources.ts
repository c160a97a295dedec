import { glob, stat } from 'node:fs/promises';
import { damagedErrors } from './damaged-error.ts';
import { fileSource } from './file-source.ts';
import { isPattern } from './pattern.ts';
import { readS3Address } from './s3-address.ts';
import type { Source } from './source.ts';

/**
 * What a location names: one file, the files of a pattern in order of their paths (by code unit, whatever the machine's language), or
 * objects by an address that `writeS3Address` wrote. A file whose own name looks like a pattern is that file.
 * @throws ReaderError `no-file`, `not-built` for a folder, `unreadable`; StoreError when an object store does not answer.
 */
export async function findSources(location: string, environment: NodeJS.ProcessEnv = process.env): Promise<readonly Source[]> {
  const address = readS3Address(location);
  if (address !== null) {
    // The S3 client takes 150 ms to load and is rarely needed.
    const { s3Sources } = await import('./s3-source.ts');
    const objects = await s3Sources(address, environment);
    if (objects.length === 0) throw damagedErrors.noMatch(`s3://${address.bucket}/${address.key}`);
    return objects;
  }
  const paths = await pathsOf(location);
  if (paths.length === 0) throw damagedErrors.noMatch(location);
  return Promise.all(paths.map((path) => fileSource(path)));
}

/** The files that a path or pattern names, sorted; a path that is no pattern names itself. */
export async function pathsOf(location: string): Promise<readonly string[]> {
  if (!isPattern(location) || await stat(location).catch(() => null) !== null) return [location];
  const found: string[] = [];
  for await (const path of glob(location)) if ((await stat(path).catch(() => null))?.isFile() === true) found.push(path);
  return found.sort((a, b) => (a < b ? -1 : 1));
}
