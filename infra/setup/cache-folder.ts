import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where downloads live: outside every checkout, shared by all of them. `$XDG_CACHE_HOME/penumbra`, or `~/.cache/penumbra`. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const base = environment['XDG_CACHE_HOME'];
  return join(base !== undefined && base !== '' ? base : join(homedir(), '.cache'), 'penumbra');
}
