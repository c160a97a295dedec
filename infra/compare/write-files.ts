import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Writes files to a folder, each whole or not at all. */
export async function writeFiles(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
  for (const [name, text] of files) {
    const path = join(folder, name), staging = `${path}.${process.pid}.part`;
    await mkdir(dirname(path), { recursive: true });
    await writeFile(staging, text);
    await rename(staging, path);
  }
}
