import { sha256 } from '../../activities/artifacts.ts';
import type { LedgerEntry } from '../../activities/nightly-types.ts';
import type { Store } from '../store/store.ts';
import { scheduleFolder } from './stored-schedule.ts';

/** Somebody has looked at a cause that was told on the night `since`. */
export interface Acknowledgement {
  readonly cause: string;
  readonly since: string;
  /** Whether how things are now is how they shall be. */
  readonly accept: boolean;
}

const folderOf = (schedule: string): string => `${scheduleFolder(schedule)}acknowledged/`;

export async function acknowledge(store: Store, schedule: string, made: Acknowledgement): Promise<void> {
  await store.put(`${folderOf(schedule)}${sha256(`${made.cause}\n${made.since}`)}.json`, new TextEncoder().encode(JSON.stringify(made)));
}

/** Of the causes that lasted after an entry those acknowledged since. */
export async function acknowledgementsOf(store: Store, schedule: string, { open }: Pick<LedgerEntry, 'open'>): Promise<ReadonlyMap<string, Acknowledgement>> {
  const found = new Map<string, Acknowledgement>();
  for await (const { key } of store.list(folderOf(schedule))) {
    const made = JSON.parse(new TextDecoder().decode(await store.get(key))) as Acknowledgement;
    if (Object.hasOwn(open, made.cause) && open[made.cause] === made.since) found.set(made.cause, made);
  }
  return found;
}
