import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hostFolder, readHost } from '../temporal/host-folder.ts';
import { isRunning } from '../temporal/is-running.ts';
import type { Place } from '../temporal/session.ts';

const EXPORT = /^export (\w+)='([^']*)'$/gm;

/**
 * The store that a running `serve` of this folder has: the folder itself, or the S3 server that it started beside it, whose keys it left in a file
 * for the user alone. A folder without one stays as it is.
 */
export async function servedPlace(place: Place): Promise<Place> {
  const { store, temporal } = place;
  if (store.kind !== 'dir' || temporal.address !== null || await staysAt(store)) return place;
  const text = await readFile(join(store.path, 'serve', 'environment.sh'), 'utf8').catch(() => '');
  const values = new Map([...text.matchAll(EXPORT)].map(([, name, value]) => [name!, value!])), endpoint = values.get('PENUMBRA_STORE_ENDPOINT'), bucket = values.get('PENUMBRA_STORE_BUCKET');
  if (endpoint === undefined || bucket === undefined) return place;
  const served: Place['store'] = { kind: 's3', endpoint, bucket };
  if (!await staysAt(served)) return place;
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) process.env[name] = values.get(name) ?? '';
  return { ...place, store: served };
}

/** Whether a host serves the store and does not end with its last audit; one that was killed leaves its description behind. */
export async function staysAt(store: Place['store']): Promise<boolean> {
  const host = await readHost(hostFolder(store));
  return host?.stays === true && isRunning(host.pid);
}
