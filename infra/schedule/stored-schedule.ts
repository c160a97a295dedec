import { sha256 } from '../../activities/artifacts.ts';
import { canonicalJson } from '../../activities/canonical-json.ts';
import { DataError } from '../../activities/data-error.ts';
import type { StoredSchedule } from '../../activities/nightly-types.ts';
import type { Store } from '../store/store.ts';

export const scheduleFolder = (name: string): string => `schedules/${name}/`;
const versionKey = (name: string, version: string): string => `${scheduleFolder(name)}versions/${version}.json`;

/** Keeps what a schedule runs under its hash. @returns the hash, which every night names */
export async function storeSchedule(store: Store, schedule: StoredSchedule): Promise<string> {
  const text = canonicalJson(schedule), version = sha256(text);
  await store.putIfAbsent(versionKey(schedule.name, version), new TextEncoder().encode(text));
  return version;
}

/** @throws DataError `no-schedule` when what the schedule runs is no longer there, or is not what its hash names. */
export async function readSchedule(store: Store, name: string, version: string): Promise<StoredSchedule> {
  const key = versionKey(name, version);
  const text = await store.stat(key) === null ? null : new TextDecoder().decode(await store.get(key));
  if (text === null || sha256(text) !== version) throw new DataError('no-schedule', `the store holds no configuration ${version.slice(0, 12)} of schedule ${name}${text === null ? '' : ' as it was written'}: delete the schedule and create it again`);
  return JSON.parse(text) as StoredSchedule;
}
