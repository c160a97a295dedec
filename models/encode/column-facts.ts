import type { CategoryColumn, NumberColumn } from '../table.ts';
import type { NumberSorter } from './ascending.ts';
import { SEEN_LEVELS } from './column-remarks.ts';
import { RowCounter } from './identifier.ts';
import { sameValue } from './mark-positive.ts';
import { hashText } from './split.ts';

export interface FactsOptions {
  readonly sorter: () => NumberSorter;
  /** A value that is looked for: as the positive one of a label is. */
  readonly watched: string | null;
  /** Values that numbers must not lie outside of; the first one that does is kept. */
  readonly range: readonly [number, number] | null;
}

interface NumberAt {
  readonly row: number;
  readonly value: number;
}

/** What is found out about a column of numbers from its rows, some at a time. */
export class NumberFacts {
  readonly kind = 'number';
  readonly name: string;
  readonly sorted: NumberSorter;
  rows = 0;
  missing = 0;
  whole = true;
  min = Infinity;
  max = -Infinity;
  firstNegative: NumberAt | null = null;
  firstOutside: NumberAt | null = null;
  /** The value that the watched text names. */
  watched: number | null = null;
  readonly #counter = new RowCounter();
  readonly #options: FactsOptions;
  readonly #target: number;

  constructor(name: string, options: FactsOptions) {
    this.name = name;
    this.#options = options;
    this.sorted = options.sorter();
    this.#target = options.watched === null || options.watched.trim() === '' ? Number.NaN : Number(options.watched);
  }

  /** rowNumbers: of the column's rows, for messages. */
  add({ values }: NumberColumn, rowNumbers: Uint32Array): void {
    const { range } = this.#options;
    this.rows += values.length;
    this.#counter.add(values);
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      if (Number.isNaN(value)) {
        this.missing++;
        continue;
      }
      this.sorted.add(value);
      this.whole &&= Number.isInteger(value);
      if (value < this.min) this.min = value;
      if (value > this.max) this.max = value;
      if (value < 0) this.firstNegative ??= { row: rowNumbers[i]!, value };
      if (range !== null && (value < range[0] || value > range[1])) this.firstOutside ??= { row: rowNumbers[i]!, value };
      if (value === this.#target) this.watched ??= value;
    }
  }

  get counts(): ReadonlyMap<number, number> | null {
    return this.sorted.counts;
  }

  identifier(): string | null {
    return this.#counter.reason();
  }
}

/** What is found out about a column of texts. levels: its dictionary; null when each part has one of its own. */
export class TextFacts {
  readonly kind = 'category';
  readonly name: string;
  readonly levels: readonly string[] | null;
  /** [levels] rows of each level of the dictionary. */
  readonly counts: Float64Array;
  /** Hashes of the texts when there is no dictionary. */
  readonly hashes: NumberSorter | null;
  /** The first texts that occur, in order of appearance. */
  readonly first: string[] = [];
  rows = 0;
  missing = 0;
  /** The text that the watched one names. */
  watched: string | null = null;
  readonly #options: FactsOptions;
  readonly #seen = new Set<string>();

  constructor(name: string, levels: readonly string[] | null, options: FactsOptions) {
    this.name = name;
    this.levels = levels;
    this.counts = new Float64Array(levels?.length ?? 0);
    this.hashes = levels === null ? options.sorter() : null;
    this.#options = options;
  }

  add({ codes, levels }: CategoryColumn): void {
    this.rows += codes.length;
    if (this.hashes === null) this.#count(codes, this.counts);
    else this.#hash(codes, levels, this.hashes);
  }

  #count(codes: Int32Array, counts: Float64Array): void {
    for (const code of codes) {
      if (code < 0) this.missing++;
      else counts[code]!++;
    }
  }

  #hash(codes: Int32Array, levels: readonly string[], hashes: NumberSorter): void {
    const keys = Float64Array.from(levels, hashText), { watched } = this.#options;
    for (const code of codes) {
      if (code < 0) this.missing++;
      else hashes.add(keys[code]!);
    }
    for (const level of levels) {
      if (this.first.length < SEEN_LEVELS && !this.#seen.has(level)) {
        this.#seen.add(level);
        this.first.push(level);
      }
      if (watched !== null && this.watched !== watched && sameValue(level, watched)) this.watched = level === watched || this.watched === null ? level : this.watched;
    }
  }
}

export type ColumnFacts = NumberFacts | TextFacts;
