/** Numbers in ascending order, NaN left out, that need not all be in memory. */
export interface Ascending {
  readonly length: number;
  /** All of them, a piece at a time; a piece is valid until the next one is asked for. May be gone through again. */
  chunks(): Iterable<Float64Array>;
}

/** Sorts numbers that are added one at a time. */
export interface NumberSorter extends Ascending {
  /** How often each value was added, in order of appearance; null when they are many. */
  readonly counts: ReadonlyMap<number, number> | null;
  add(value: number): void;
}

/** An ascending array as it is. */
export function ascending(sorted: Float64Array): Ascending {
  return { length: sorted.length, chunks: () => [sorted] };
}

/** Different values among ascending ones. */
export function countDistinct(sorted: Ascending): number {
  let distinct = 0, before = Number.NaN;
  for (const chunk of sorted.chunks()) {
    for (const value of chunk) {
      if (value !== before) distinct++;
      before = value;
    }
  }
  return distinct;
}

const FIRST_VALUES = 1024;

/** A sorter that holds all numbers in memory. */
export class MemorySorter implements NumberSorter {
  readonly counts = null;
  length = 0;
  #values = new Float64Array(FIRST_VALUES);

  add(value: number): void {
    if (this.length === this.#values.length) {
      const larger = new Float64Array(2 * this.length);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.length++] = value;
  }

  chunks(): Iterable<Float64Array> {
    return [this.#values.slice(0, this.length).sort()];
  }
}
