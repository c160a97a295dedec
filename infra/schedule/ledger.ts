import { sha256 } from '../../activities/artifacts.ts';
import type { LedgerEntry } from '../../activities/nightly-types.ts';
import type { Store } from '../store/store.ts';
import { scheduleFolder } from './stored-schedule.ts';

const folderOf = (schedule: string): string => `${scheduleFolder(schedule)}ledger/`;
const keyOf = (schedule: string, index: number): string => `${folderOf(schedule)}${String(index).padStart(8, '0')}.json`;
/** `2026-11-22T02:30:00.000Z` as part of a key. */
export const nightStamp = (night: string): string => night.replaceAll(/[-:]/g, '').replace(/\.\d+Z$/, 'Z');
const markKey = (schedule: string, night: string): string => `${scheduleFolder(schedule)}nights/${nightStamp(night)}`;

interface Kept { readonly entry: LedgerEntry; readonly hash: string }

async function readKey(store: Store, key: string): Promise<Kept> {
  const bytes = await store.get(key);
  return { entry: JSON.parse(new TextDecoder().decode(bytes)) as LedgerEntry, hash: sha256(bytes) };
}

async function lastKey(store: Store, schedule: string): Promise<string | null> {
  let last: string | null = null;
  for await (const { key } of store.list(folderOf(schedule))) last = key;
  return last;
}

export async function lastEntry(store: Store, schedule: string): Promise<LedgerEntry | null> {
  const key = await lastKey(store, schedule);
  return key === null ? null : (await readKey(store, key)).entry;
}

/** The newest entries, oldest first. */
export async function newestEntries(store: Store, schedule: string, most: number): Promise<readonly LedgerEntry[]> {
  const keys: string[] = [];
  for await (const { key } of store.list(folderOf(schedule))) keys.push(key);
  return Promise.all(keys.slice(-most).map(async (key) => (await readKey(store, key)).entry));
}

/** The entry of a night; null when it has none yet. */
export async function entryOfNight(store: Store, schedule: string, night: string): Promise<LedgerEntry | null> {
  const mark = markKey(schedule, night);
  if (await store.stat(mark) !== null) return (await readKey(store, new TextDecoder().decode(await store.get(mark)))).entry;
  // A writer may have gone between the entry and its mark.
  return (await newestEntries(store, schedule, 3)).find((entry) => entry.night === night) ?? null;
}

/** By its mark a night is found among any number of others; who died before writing it is made up for by the next try. */
async function mark(store: Store, schedule: string, { night, index }: LedgerEntry): Promise<void> {
  await store.putIfAbsent(markKey(schedule, night), new TextEncoder().encode(keyOf(schedule, index)));
}

/**
 * Adds one night to the chain, once: entry n + 1 is made from entry n and written with put-if-absent. Who loses the race makes its entry again
 * from the winner's, unless that is the same night. A night that never came has no entry and leaves no gap in the chain.
 */
export async function appendNight(store: Store, schedule: string, night: string, make: (last: LedgerEntry | null) => Promise<LedgerEntry>): Promise<LedgerEntry> {
  for (;;) {
    const there = await entryOfNight(store, schedule, night);
    if (there !== null) {
      await mark(store, schedule, there);
      return there;
    }
    const key = await lastKey(store, schedule), last = key === null ? null : await readKey(store, key);
    const index = (last?.entry.index ?? 0) + 1;
    const entry: LedgerEntry = { ...await make(last?.entry ?? null), index, night, previous: last?.hash ?? null };
    const own = keyOf(schedule, index);
    if (await store.putIfAbsent(own, new TextEncoder().encode(JSON.stringify(entry))) === 'exists') continue;
    await mark(store, schedule, entry);
    return entry;
  }
}

/** Audits that the next night of any schedule compares with: what is kept of a store has to hold them. */
export async function ledgerAudits(store: Store): Promise<ReadonlySet<string>> {
  const heads = new Map<string, string>(), audits = new Set<string>();
  for await (const { key } of store.list('schedules/')) {
    const [, schedule] = /^schedules\/([^/]+)\/ledger\//.exec(key) ?? [];
    if (schedule !== undefined) heads.set(schedule, key);
  }
  for (const key of heads.values()) {
    const { lastGood, baselineAudits, audit } = (await readKey(store, key)).entry;
    for (const id of [lastGood, ...baselineAudits, audit]) if (id !== null) audits.add(id);
  }
  return audits;
}

/** Indices whose link to the entry before is broken: an entry was changed or taken out. */
export async function brokenLinks(store: Store, schedule: string): Promise<readonly number[]> {
  const broken: number[] = [];
  let before: Kept | null = null;
  for await (const { key } of store.list(folderOf(schedule))) {
    const kept = await readKey(store, key);
    if (kept.entry.previous !== (before?.hash ?? null) || kept.entry.index !== (before?.entry.index ?? 0) + 1) broken.push(kept.entry.index);
    before = kept;
  }
  return broken;
}
