import { sha256 } from '../../activities/artifacts.ts';
import { hashText } from '../../models/compare/hash-text.ts';
import type { Store } from '../store/store.ts';
import { scheduleFolder } from './stored-schedule.ts';

/** Segments beyond are merged, so that a night reads few objects. */
const MOST_SEGMENTS = 16;
/** 8 bytes a hash: an object stays below 64 MiB. */
const MOST_HASHES = 8_000_000;

/** Rows that have entered the watch, by a 53-bit hash of their keys: among ten million rows one is taken for seen falsely once in a thousand nights. */
export class SeenRows {
  readonly #store: Store;
  readonly #schedule: string;
  readonly #keys: readonly string[];
  readonly #segments: readonly Float64Array[];

  private constructor(store: Store, schedule: string, keys: readonly string[], segments: readonly Float64Array[]) {
    this.#store = store;
    this.#schedule = schedule;
    this.#keys = keys;
    this.#segments = segments;
  }

  static async open(store: Store, schedule: string, keys: readonly string[]): Promise<SeenRows> {
    const segments = await Promise.all(keys.map(async (key) => {
      const bytes = await store.get(key);
      return new Float64Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 8);
    }));
    return new SeenRows(store, schedule, keys, segments);
  }

  /** Positions of the rows that entered no night before. */
  fresh(rowKeys: readonly string[]): Uint32Array {
    const found: number[] = [];
    rowKeys.forEach((key, row) => { if (!this.#has(hashText(key))) found.push(row); });
    return Uint32Array.from(found);
  }

  /** Keeps rows as seen. @returns the objects that hold all that are seen now */
  async with(rowKeys: readonly string[]): Promise<readonly string[]> {
    if (rowKeys.length === 0) return this.#keys;
    const added = Float64Array.from(rowKeys, hashText).sort();
    if (this.#segments.length < MOST_SEGMENTS) return [...this.#keys, ...await this.#write(added)];
    const all = new Float64Array(this.#segments.reduce((sum, { length }) => sum + length, added.length));
    let offset = 0;
    for (const segment of [...this.#segments, added]) {
      all.set(segment, offset);
      offset += segment.length;
    }
    return this.#write(all.sort());
  }

  async #write(hashes: Float64Array): Promise<string[]> {
    const keys: string[] = [];
    for (let start = 0; start < hashes.length; start += MOST_HASHES) {
      const part = hashes.slice(start, start + MOST_HASHES), bytes = new Uint8Array(part.buffer), key = `${scheduleFolder(this.#schedule)}seen/${sha256(bytes)}`;
      await this.#store.putIfAbsent(key, bytes);
      keys.push(key);
    }
    return keys;
  }

  #has(hash: number): boolean {
    return this.#segments.some((segment) => {
      let low = 0, high = segment.length - 1;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (segment[middle]! < hash) low = middle + 1;
        else high = middle;
      }
      return segment[low] === hash;
    });
  }
}
