import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UsageError } from './exit-codes.ts';

/** Makes sure, before any work, that files can be written into a folder, there or not yet. @throws UsageError naming what is in the way. */
export async function checkWritable(folder: string, flag: string): Promise<void> {
  for (let path = folder; ; path = dirname(path)) {
    const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw new UsageError(`${flag}: ${path} cannot be used (${error.code}); expected a folder that can be written to: name another`);
    });
    if (found === null && path !== dirname(path)) continue;
    if (found?.isDirectory() !== true) throw new UsageError(`${flag}: ${path} is no folder; expected one, or a name that is free: name another`);
    const allowed = await access(path, constants.W_OK).then(() => true, () => false);
    if (!allowed) throw new UsageError(`${flag}: ${path} may not be written to by this user; name another folder`);
    return;
  }
}
