import { beforeAll, describe, expect, it } from 'vitest';
import type { NightEnd } from '../../../activities/nightly-types.ts';
import { judgeNight } from '../../../infra/schedule/judge-night.ts';
import { brokenLinks, newestEntries } from '../../../infra/schedule/ledger.ts';
import { MemoryStore } from '../../activities/memory-store.ts';
import { applicants, Nights, table } from './night-fixture.ts';

/** A store whose user dies at one of its writes: just before it, or just after; from then on nothing is answered. */
class LastWrite extends MemoryStore {
  #left: number;
  readonly #written: boolean;

  constructor(objects: ReadonlyMap<string, Uint8Array>, writes: number, written: boolean) {
    super();
    for (const [key, bytes] of objects) this.objects.set(key, bytes);
    this.#left = writes;
    this.#written = written;
  }

  async #dying<T>(write: () => Promise<T>): Promise<T> {
    if (this.#left-- > 0) return write();
    if (this.#written && this.#left === -1) await write();
    throw new Error('killed');
  }

  override put(key: string, bytes: Uint8Array): Promise<void> { return this.#dying(() => super.put(key, bytes)); }
  override putIfAbsent(key: string, bytes: Uint8Array): Promise<'created' | 'exists'> { return this.#dying(() => super.putIfAbsent(key, bytes)); }
  override get(key: string): Promise<Uint8Array> { return this.#left < 0 ? Promise.reject(new Error('killed')) : super.get(key); }
}

const store = new MemoryStore(), FIRST = applicants({ seed: 1, rows: 700 });
const ledgerOf = ({ objects }: MemoryStore): ReadonlyMap<string, string> => new Map([...objects].filter(([key]) => /^schedules\/nightly\/(?:ledger|nights|seen)\//.test(key)).sort().map(([key, bytes]) => [key, Buffer.from(bytes).toString('base64')]));
let end: NightEnd, before: ReadonlyMap<string, Uint8Array>, whole: ReadonlyMap<string, string>;

beforeAll(async () => {
  const nights = await Nights.create(store, { watch: { alpha: 0.05, rule: 'bonferroni', tolerance: 0, baselineNights: 1 } });
  await nights.audit('first', table(FIRST));
  await nights.audit('unfair', table([...FIRST, ...applicants({ seed: 2, rows: 1200, first: 700, gap: 0.5 })]));
  await nights.judge('first');
  end = nights.end({ plan: { auditId: 'unfair', outcome: null, sentence: null } });
  before = new Map(store.objects);
  await judgeNight(store, end);
  whole = ledgerOf(store);
}, 120_000);

describe('a process that dies while it judges a night', () => {
  for (const [writes, what] of ['the new rows', 'the entry', 'the mark of the night'].entries()) {
    for (const written of [false, true]) {
      it(`${written ? 'after' : 'before'} it has written ${what}: the next try leaves the same bytes, and each alarm once`, async () => {
        const dying = new LastWrite(before, writes, written);
        await expect(judgeNight(dying, end)).rejects.toThrow('killed');
        const again = new LastWrite(dying.objects, Infinity, false), entry = await judgeNight(again, end);
        expect(entry.alarms.some(({ cause }) => cause.startsWith('gap:'))).toBe(true);
        expect(await judgeNight(again, end)).toEqual(entry);
        expect(await newestEntries(again, 'nightly', 9)).toHaveLength(2);
        expect(await brokenLinks(again, 'nightly')).toEqual([]);
        expect([...ledgerOf(again)]).toEqual([...whole]);
      });
    }
  }
});
