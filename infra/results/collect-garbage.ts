import { unseal } from '../../activities/sealed-manifest.ts';
import type { StageManifest } from '../../activities/types.ts';
import type { Store, StoredObject } from '../store/store.ts';
import { StoreError } from '../store/store-error.ts';
import { listRecords, removeRecord } from './records.ts';

export interface OpenAudit {
  readonly id: string;
  /** In ms since 1970. */
  readonly begun: number;
}

export interface GarbageOptions {
  /** What was written within this time stays, whatever it is. */
  readonly olderThanMs: number;
  /** Audits under way: what was written since the first of them began stays, and so do all manifests. */
  readonly open: readonly OpenAudit[];
  /** Ended audits whose results stay, newest first; null: all. */
  readonly keepAudits: number | null;
  readonly dryRun: boolean;
}

const KINDS = ['objects', 'checkpoints', 'pieces', 'stages', 'audits', 'leftovers'] as const;
export type GarbageKind = (typeof KINDS)[number];

export interface Collected {
  readonly dryRun: boolean;
  readonly removed: Readonly<Record<GarbageKind, { readonly count: number; readonly bytes: number }>>;
  /** Objects that stay. */
  readonly kept: { readonly count: number; readonly bytes: number };
  /** Nothing written since was looked at; in ms since 1970. */
  readonly before: number;
}

/** Between the clocks of the machines that write, of the store and of Temporal. */
const CLOCKS_APART_MS = 60_000;

type Named = Pick<StageManifest, 'artifacts' | 'inputs'>;

/** What time it is where the objects get theirs. */
async function clockOf(store: Store): Promise<number> {
  const key = `gc/clock-${process.pid}`;
  await store.put(key, new Uint8Array([0]));
  const now = (await store.stat(key))?.modified ?? Date.now();
  await store.remove(key);
  return now;
}

async function manifestsOf(store: Store, prefix: string): Promise<ReadonlyMap<string, Named>> {
  const found = new Map<string, Named>();
  for await (const { key } of store.list(prefix)) {
    const bytes = await store.get(key).catch((error: unknown) => { if (error instanceof StoreError && error.code === 'missing') return null; throw error; });
    const manifest = bytes === null ? null : unseal<StageManifest>(new TextDecoder().decode(bytes));
    // One without a whole seal is trusted by nobody: what it names is computed again.
    if (manifest !== null) found.set(key, manifest);
  }
  return found;
}

/** The manifests that results rest on: those named, and what they were computed from. */
function reachable(manifests: ReadonlyMap<string, Named>, from: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>(), open = [...from];
  for (let key = open.pop(); key !== undefined; key = open.pop()) {
    if (found.has(key)) continue;
    found.add(key);
    open.push(...Object.values(manifests.get(key)?.inputs ?? {}).flat());
  }
  return found;
}

/** Removes what no committed manifest names. It may run beside audits: what they need is named, young, or written anew when they use it. */
class Collection {
  readonly #store: Store;
  readonly #options: GarbageOptions;
  readonly #before: number;
  readonly #removed = Object.fromEntries(KINDS.map((kind) => [kind, { count: 0, bytes: 0 }])) as Record<GarbageKind, { count: number; bytes: number }>;

  constructor(store: Store, options: GarbageOptions, now: number) {
    this.#store = store;
    this.#options = options;
    this.#before = Math.min(now - options.olderThanMs, ...options.open.map(({ begun }) => begun - CLOCKS_APART_MS));
  }

  async run(): Promise<Collected> {
    const { open, keepAudits, dryRun } = this.#options;
    const dropped = keepAudits === null || open.length > 0 ? new Set<string>() : await this.#dropAudits(keepAudits);
    if (open.length === 0) await this.#removeOld('pieces');
    await this.#removeOld('checkpoints');
    const kept = await this.#removeUnnamed(dropped);
    for (const { bytes } of await this.#store.removeLeftovers({ before: this.#before, dryRun })) this.#count('leftovers', bytes);
    return { dryRun, removed: this.#removed, kept, before: this.#before };
  }

  /** Candidates are listed before the manifests, so that one committed meanwhile counts. */
  async #removeUnnamed(dropped: ReadonlySet<string>): Promise<Collected['kept']> {
    const candidates: StoredObject[] = [], kept = { count: 0, bytes: 0 };
    for await (const object of this.#store.list('objects/')) candidates.push(object);
    const manifests = [...await manifestsOf(this.#store, 'stages/'), ...await manifestsOf(this.#store, 'pieces/')].filter(([key]) => !dropped.has(key));
    const named = new Set(manifests.flatMap(([, { artifacts }]) => Object.values(artifacts).flat().map((ref) => ref.key)));
    for (const object of candidates) {
      if (!named.has(object.key) && await this.#remove('objects', object)) continue;
      kept.count += 1;
      kept.bytes += object.bytes;
    }
    return kept;
  }

  /** Records beyond the newest, and the manifests that no result that stays rests on. */
  async #dropAudits(keep: number): Promise<ReadonlySet<string>> {
    const all = await listRecords(this.#store), dropped = new Set<string>(), watched = await this.#watched();
    const manifests = await manifestsOf(this.#store, 'stages/'), kept = all.filter(({ id }, i) => i < keep || watched.includes(id));
    const needed = reachable(manifests, kept.flatMap(({ report }) => report?.key ?? []));
    for (const { id } of all.filter((record) => !kept.includes(record))) {
      this.#count('audits', 0);
      if (!this.#options.dryRun) await removeRecord(this.#store, id);
    }
    for await (const object of this.#store.list('stages/')) {
      if (!needed.has(object.key) && await this.#remove('stages', object)) dropped.add(object.key);
    }
    return dropped;
  }

  /** What schedules have written, as one text: an audit that they name is a baseline of theirs. */
  async #watched(): Promise<string> {
    const texts: string[] = [];
    for await (const { key } of this.#store.list('schedules/')) if (key.endsWith('.json')) texts.push(new TextDecoder().decode(await this.#store.get(key)));
    return texts.join('\n');
  }

  async #removeOld(kind: 'pieces' | 'checkpoints'): Promise<void> {
    for await (const object of this.#store.list(`${kind}/`)) await this.#remove(kind, object);
  }

  /** Looks once more how old it is: whoever stores the same bytes again makes them young. */
  async #remove(kind: GarbageKind, object: StoredObject): Promise<boolean> {
    if (object.modified >= this.#before) return false;
    const now = await this.#store.stat(object.key);
    if (now !== null && now.modified >= this.#before) return false;
    if (!this.#options.dryRun) await this.#store.remove(object.key);
    this.#count(kind, object.bytes);
    return true;
  }

  #count(kind: GarbageKind, bytes: number): void {
    this.#removed[kind].count += 1;
    this.#removed[kind].bytes += bytes;
  }
}

/** Removes objects that no committed manifest names, stale checkpoints and pieces, and leftovers of writers that died. */
export async function collectGarbage(store: Store, options: GarbageOptions): Promise<Collected> {
  return new Collection(store, options, await clockOf(store)).run();
}
