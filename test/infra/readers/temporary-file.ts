import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A file that is gone when the test is over; returns its path. */
export async function temporaryFile(content: string | Uint8Array, name = 'data.csv'): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'penumbra-file-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}
