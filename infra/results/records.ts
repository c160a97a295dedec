import type { AuditRecord } from '../../activities/activities.ts';
import type { Store } from '../store/store.ts';

const keyOf = (id: string): string => `audits/${id}.json`;

/** What is known of an audit from the store alone: all of one that has ended, that it was begun of one under way. */
export async function writeRecord(store: Store, record: AuditRecord): Promise<void> {
  await store.put(keyOf(record.id), new TextEncoder().encode(JSON.stringify(record)));
}

/** @throws Error naming the record when its text is damaged. */
export async function readRecord(store: Store, id: string): Promise<AuditRecord | null> {
  const key = keyOf(id);
  if (!/^[A-Za-z0-9._-]+$/.test(id) || await store.stat(key) === null) return null;
  const record = recordOf(await store.get(key), id);
  if (record === null) throw new Error(`the record ${key} of the store is damaged; the audit's stages are untouched: run it again`);
  return record;
}

export async function removeRecord(store: Store, id: string): Promise<void> {
  await store.remove(keyOf(id));
}

/** Null when the bytes are not those of this audit's record. */
function recordOf(bytes: Uint8Array, id: string): AuditRecord | null {
  try {
    const record = JSON.parse(new TextDecoder().decode(bytes)) as AuditRecord | null;
    return record?.id === id && Array.isArray(record.stages) ? record : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** All records of a store that can be read, newest first: ids begin with the time an audit was begun. */
export async function listRecords(store: Store): Promise<readonly AuditRecord[]> {
  const records: AuditRecord[] = [];
  for await (const object of store.list('audits/')) {
    const record = recordOf(await store.get(object.key), object.key.slice('audits/'.length, -'.json'.length));
    if (record !== null) records.push(record);
  }
  return records.reverse();
}
