import { hashText } from '../../models/encode/split.ts';
import type { PackedColumn } from './packed-column.ts';
import { SortedNumbers } from './sorted-numbers.ts';
import type { Spill } from './spill.ts';

const PART_ROWS = 65_536;
/** Texts with a hash that another has too are compared letter by letter; so many hashes at once. */
const MOST_SUSPECTED = 65_536;

export interface Repeat {
  readonly text: string;
  readonly first: number;
  readonly second: number;
}

/** Finds out whether a text stands twice in a column that has too many to remember: by 53 bits of a hash, and then by the texts themselves. */
export class FirstRepeat {
  readonly #hashes: SortedNumbers;

  constructor(spill: Spill) {
    this.#hashes = new SortedNumbers(spill);
  }

  add(text: string): void {
    this.#hashes.add(hashText(text));
  }

  /** Two rows with one text, the second as early as can be among the hashes that were looked at; null when all differ. */
  find(column: PackedColumn): Repeat | null {
    const suspected = this.#suspected(), rows = new Map<string, number>();
    if (suspected.size === 0) return null;
    for (let start = 0; start < column.rows; start += PART_ROWS) {
      const part = column.read(start, Math.min(column.rows, start + PART_ROWS));
      if (part.kind !== 'category') return null;
      const isSuspected = part.levels.map((level) => suspected.has(hashText(level)));
      for (const [i, code] of part.codes.entries()) {
        if (code < 0 || !isSuspected[code]!) continue;
        const text = part.levels[code]!, first = rows.get(text);
        if (first !== undefined) return { text, first, second: start + i };
        rows.set(text, start + i);
      }
    }
    return null;
  }

  #suspected(): ReadonlySet<number> {
    const suspected = new Set<number>();
    let before = Number.NaN;
    for (const chunk of this.#hashes.chunks()) {
      for (const hash of chunk) {
        if (hash === before) suspected.add(hash);
        before = hash;
      }
      if (suspected.size > MOST_SUSPECTED) break;
    }
    return suspected;
  }
}
