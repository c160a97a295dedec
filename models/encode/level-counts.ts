import type { CategoryColumn } from '../table.ts';
import { TRAIN } from '../table.ts';
import { type NumberSorter, countDistinct } from './ascending.ts';
import { hashText } from './split.ts';

/** More distinct levels, or characters in them, are not all held. */
const MOST_LEVELS = 65_536;
const MOST_CHARACTERS = 16 * 1024 * 1024;

/**
 * Rows of the train part by level, exact up to 65,536 levels. Beyond them the frequent ones are kept and counted too low by at most one
 * row in 65,536 (J. Misra and D. Gries, "Finding repeated elements", 1982), and their number comes from hashes of 53 bits.
 */
export class LevelCounts {
  /** In order of appearance. */
  readonly #counts = new Map<string, number>();
  readonly #sorter: () => NumberSorter;
  /** Texts of all rows when levels are too many. */
  #hashes: NumberSorter | null = null;
  #characters = 0;
  rows = 0;
  trainRows = 0;
  missing = 0;

  constructor(sorter: () => NumberSorter) {
    this.#sorter = sorter;
  }

  get levels(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  /** Whether `levels` has every level. */
  get isWhole(): boolean {
    return this.#hashes === null;
  }

  get distinct(): number {
    return this.#hashes === null ? this.#counts.size : countDistinct(this.#hashes);
  }

  /** split: [rows of the column] */
  add({ codes, levels }: CategoryColumn, split: Uint8Array): void {
    const counts = new Float64Array(levels.length), trained = new Float64Array(levels.length);
    for (let i = 0; i < codes.length; i++) {
      const code = codes[i]!, isTrain = split[i] === TRAIN;
      if (isTrain) this.trainRows++;
      if (code < 0) {
        this.missing++;
        continue;
      }
      counts[code]!++;
      if (isTrain) trained[code]!++;
    }
    this.rows += codes.length;
    for (const [code, level] of levels.entries()) this.#addLevel(level, counts[code]!, trained[code]!);
  }

  #addLevel(level: string, rows: number, trained: number): void {
    if (this.#hashes !== null && rows > 0) this.#hashes.add(hashText(level));
    const known = this.#counts.get(level);
    this.#counts.set(level, (known ?? 0) + trained);
    if (known !== undefined) return;
    this.#characters += level.length;
    if (this.#counts.size <= MOST_LEVELS && this.#characters <= MOST_CHARACTERS) return;
    this.#hashes ??= this.#startHashing();
    this.#makeRoom();
  }

  #startHashing(): NumberSorter {
    const hashes = this.#sorter();
    for (const level of this.#counts.keys()) hashes.add(hashText(level));
    return hashes;
  }

  /** Takes one row off each level until half of them, or of their characters, are gone. */
  #makeRoom(): void {
    while (this.#counts.size > MOST_LEVELS / 2 || this.#characters > MOST_CHARACTERS / 2) {
      for (const [level, count] of this.#counts) {
        if (count > 1) this.#counts.set(level, count - 1);
        else {
          this.#counts.delete(level);
          this.#characters -= level.length;
        }
      }
    }
  }
}
