import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { cacheFolder } from '../setup/cache-folder.ts';

// Compiled code is kept beside the downloads, for this process and those it starts: a command begins in half of the processor time.
if (process.env['NODE_COMPILE_CACHE'] === undefined) {
  const folder = join(cacheFolder(), 'compiled');
  enableCompileCache(folder);
  process.env['NODE_COMPILE_CACHE'] = folder;
}
await import('./program.ts');
