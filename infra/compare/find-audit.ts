import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AuditRecord } from '../../activities/activities.ts';
import { DataError } from '../../activities/data-error.ts';
import { readRecord } from '../results/records.ts';
import type { Store } from '../store/store.ts';

/** The audit that a folder of results came from, or that has the id. @throws DataError when there is none of either. */
export async function findAudit(store: Store, target: string, folder: string | null): Promise<AuditRecord> {
  const id = folder === null ? target : await idOfFolder(folder);
  const record = await readRecord(store, id);
  if (record === null) {
    throw new DataError('no-result', folder === null ? `the store knows no audit ${id}; list them with: penumbra status` : `${folder} holds audit ${id}, which this store does not know; name the store it was made in, with --config audit.yaml or --set store.path=DIR`);
  }
  return record;
}

async function idOfFolder(folder: string): Promise<string> {
  const path = join(folder, 'provenance.json');
  if (!existsSync(path)) throw new DataError('no-result', `${folder} is no result of an audit: it has no provenance.json`);
  return (JSON.parse(await readFile(path, 'utf8')) as { id: string }).id;
}
