import type { AuditRecord } from '../../activities/activities.ts';
import type { Store } from '../store/store.ts';

const keyOf = (id: string): string => `audits/${id}.json`;

/** What is known of an audit from the store alone: all of one that has ended, that it was begun of one under way. */
export async function writeRecord(store: Store, record: AuditRecord): Promise<void> {
  await store.put(keyOf(record.id), new TextEncoder().encode(JSON.stringify(record)));
}

export async function readRecord(store: Store, id: string): Promise<AuditRecord | null> {
  const key = keyOf(id);
  if (!/^[A-Za-z0-9._-]+$/.test(id) || await store.stat(key) === null) return null;
  return JSON.parse(new TextDecoder().decode(await store.get(key))) as AuditRecord;
}

/** All records of a store, newest first: ids begin with the time an audit was begun. */
export async function listRecords(store: Store): Promise<readonly AuditRecord[]> {
  const records: AuditRecord[] = [];
  for await (const object of store.list('audits/')) {
    const record = await readRecord(store, object.key.slice('audits/'.length, -'.json'.length));
    if (record !== null) records.push(record);
  }
  return records.reverse();
}
