import type { Ascending } from '../../models/encode/ascending.ts';
import type { Kept, Spill } from './spill.ts';

/** Values that are sorted at once; a run of them is kept when it is full. */
const RUN_VALUES = 65_536;
const FIRST_VALUES = 1024;
/** Values of each run that a merge holds, and that it hands on at once. */
const BUFFER_VALUES = 4096;
/** Numbers of no more than so many distinct values are counted, not sorted. */
const COUNTED_VALUES = 4096;

/**
 * Numbers in ascending order however many there are: few distinct ones are counted; others are sorted in runs, which are kept by a
 * `Spill` and merged when they are read (external merge sort: Knuth, The Art of Computer Programming 3, 5.4). NaN must stay out.
 */
export class SortedNumbers implements Ascending {
  length = 0;
  readonly #spill: Spill;
  #counts: Map<number, number> | null = new Map();
  #open = new Float64Array(0);
  #filled = 0;
  readonly #runs: Kept<Float64Array>[] = [];

  constructor(spill: Spill) {
    this.#spill = spill;
  }

  /** How often each value was added, in order of appearance; null when there are more than 4,096 values. */
  get counts(): ReadonlyMap<number, number> | null {
    return this.#counts;
  }

  add(value: number): void {
    this.length++;
    if (this.#counts === null) return this.#push(value);
    this.#counts.set(value, (this.#counts.get(value) ?? 0) + 1);
    if (this.#counts.size > COUNTED_VALUES) this.#stopCounting(this.#counts);
  }

  /** All values, ascending; a chunk is valid until the next one is asked for. */
  *chunks(): Generator<Float64Array> {
    if (this.#counts !== null) return yield* repeated(this.#counts);
    const last = this.#open.slice(0, this.#filled).sort();
    if (this.#runs.length === 0) yield last;
    else yield* merged([...this.#runs, { length: last.length, read: (from, to) => last.subarray(from, to), drop: () => {} }]);
  }

  #stopCounting(counts: ReadonlyMap<number, number>): void {
    this.#counts = null;
    for (const [value, count] of counts) for (let i = 0; i < count; i++) this.#push(value);
  }

  #push(value: number): void {
    if (this.#filled === this.#open.length) {
      const larger = new Float64Array(Math.min(RUN_VALUES, Math.max(FIRST_VALUES, this.#open.length * 4)));
      larger.set(this.#open);
      this.#open = larger;
    }
    this.#open[this.#filled++] = value;
    if (this.#filled < RUN_VALUES) return;
    this.#runs.push(this.#spill.keep(this.#open.sort()));
    this.#open = new Float64Array(RUN_VALUES);
    this.#filled = 0;
  }
}

function* repeated(counts: ReadonlyMap<number, number>): Generator<Float64Array> {
  const out = new Float64Array(BUFFER_VALUES);
  let filled = 0;
  for (const value of Float64Array.from(counts.keys()).sort()) {
    for (let left = counts.get(value)!; left > 0;) {
      const some = Math.min(left, out.length - filled);
      out.fill(value, filled, filled + some);
      filled += some;
      left -= some;
      if (filled < out.length) continue;
      yield out;
      filled = 0;
    }
  }
  if (filled > 0) yield out.subarray(0, filled);
}

/** One run as a merge reads it. */
class Cursor {
  head = Number.NaN;
  readonly #run: Kept<Float64Array>;
  #buffer = new Float64Array(0);
  #at = 0;
  #next = 0;

  constructor(run: Kept<Float64Array>) {
    this.#run = run;
  }

  /** Moves on to the next value; false at the end. */
  advance(): boolean {
    if (this.#at === this.#buffer.length) {
      if (this.#next >= this.#run.length) return false;
      const end = Math.min(this.#run.length, this.#next + BUFFER_VALUES);
      this.#buffer = this.#run.read(this.#next, end) as Float64Array<ArrayBuffer>;
      this.#next = end;
      this.#at = 0;
    }
    this.head = this.#buffer[this.#at++]!;
    return true;
  }
}

/** A heap of the runs' first values. */
function* merged(runs: readonly Kept<Float64Array>[]): Generator<Float64Array> {
  const heap = runs.map((run) => new Cursor(run)).filter((cursor) => cursor.advance()).sort((a, b) => a.head - b.head);
  const out = new Float64Array(BUFFER_VALUES);
  let filled = 0;
  while (heap.length > 0) {
    const first = heap[0]!;
    out[filled++] = first.head;
    if (filled === out.length) {
      yield out;
      filled = 0;
    }
    if (first.advance()) sink(heap, first);
    else {
      const last = heap.pop()!;
      if (heap.length > 0) sink(heap, last);
    }
  }
  if (filled > 0) yield out.subarray(0, filled);
}

/** Puts the cursor in the first place and lets it sink to where it belongs. */
function sink(heap: Cursor[], cursor: Cursor): void {
  const { length } = heap, { head } = cursor;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= length) break;
    if (child + 1 < length && heap[child + 1]!.head < heap[child]!.head) child++;
    if (heap[child]!.head >= head) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = cursor;
}
