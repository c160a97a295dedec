import type { Column } from '../../models/table.ts';

const CHUNK_ROWS = 65_536;

/** A column of numbers with more distinct values than this is kept as numbers alone. */
const DICTIONARY_LIMIT = 4096;

/** Decimal numbers as spreadsheets and programs write them; no hexadecimal, no separators of thousands, no words. */
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const INFINITE = /^[+-]?inf(?:inity)?$/i;

export interface BadCell {
  readonly row: number;
  readonly line: number;
  readonly text: string;
  readonly infinite: boolean;
}

/**
 * Collects the cells of one column in chunks of typed arrays, and finds out on the way whether they are numbers. While that is open it
 * keeps both the numbers and a dictionary of texts; the first text that is no number settles for the dictionary, more than
 * DICTIONARY_LIMIT distinct numbers settle for numbers. A text after that is a `conflict`: the file must be read again with the column
 * forced to text, unless so few cells are no numbers that they are mistakes.
 */
export class ColumnBuilder {
  readonly name: string;
  rows = 0;
  missing = 0;
  numbers = 0;
  conflict = false;
  firstBad: BadCell | null = null;
  readonly #forced: boolean;
  #values: Float64Array[] | null = [];
  #codes: Int32Array[] | null = [];
  #levels = new Map<string, number>();

  /** forceText: every value is a category, whatever it looks like. */
  constructor(name: string, forceText: boolean) {
    this.name = name;
    this.#forced = forceText;
    if (forceText) this.#values = null;
  }

  get distinctTexts(): number {
    return this.#levels.size;
  }

  /** text: the cell, trimmed; null when it is missing. Returns false when the column is a category and had the text before. */
  add(text: string | null, line: number): boolean {
    const at = this.rows % CHUNK_ROWS;
    if (at === 0) this.#grow();
    let fresh = true;
    if (text === null) {
      this.missing++;
      this.#set(at, Number.NaN, -1);
    } else {
      const value = this.#forced ? Number.NaN : this.#judge(text, line);
      let code = -1;
      if (this.#codes !== null) {
        const known = this.#levels.get(text);
        fresh = known === undefined;
        code = known ?? this.#levels.size;
        if (fresh) this.#levels.set(text, code);
      }
      this.#set(at, value, code);
    }
    this.rows++;
    if (this.#values !== null && this.#codes !== null && this.#levels.size > DICTIONARY_LIMIT) {
      this.#codes = null;
      this.#levels = new Map();
    }
    return fresh;
  }

  /** The first row that holds a text of the dictionary; -1 when none does. */
  rowOf(text: string): number {
    const code = this.#levels.get(text);
    const chunks = this.#codes ?? [];
    for (const [i, chunk] of chunks.entries()) {
      const at = code === undefined ? -1 : chunk.indexOf(code);
      if (at >= 0) return i * CHUNK_ROWS + at;
    }
    return -1;
  }

  /** The value of the text, NaN when it is no finite number; settles the column's kind. */
  #judge(text: string, line: number): number {
    const value = NUMBER.test(text) ? Number(text) : Number.NaN;
    if (Number.isFinite(value)) {
      this.numbers++;
      return value;
    }
    this.firstBad ??= { row: this.rows, line, text, infinite: INFINITE.test(text) || NUMBER.test(text) };
    if (this.#codes === null) this.conflict = true;
    else this.#values = null;
    return Number.NaN;
  }

  #grow(): void {
    this.#values?.push(new Float64Array(CHUNK_ROWS));
    this.#codes?.push(new Int32Array(CHUNK_ROWS));
  }

  #set(at: number, value: number, code: number): void {
    const values = this.#values?.[this.#values.length - 1], codes = this.#codes?.[this.#codes.length - 1];
    if (values !== undefined) values[at] = value;
    if (codes !== undefined) codes[at] = code;
  }

  /** Share of the values present that are numbers; 0 for a column forced to text. */
  get numberShare(): number {
    return this.rows === this.missing ? 0 : this.numbers / (this.rows - this.missing);
  }

  /** The whole column; the builder is empty after it. A column without any value is a category without levels. */
  finish(): Column {
    const { name, rows } = this;
    const values = this.#values, codes = this.#codes;
    this.#values = null;
    this.#codes = null;
    if (values !== null && this.numbers > 0) return { kind: 'number', name, values: join(values, new Float64Array(rows)) };
    return { kind: 'category', name, codes: join(codes ?? [], new Int32Array(rows)), levels: [...this.#levels.keys()] };
  }
}

function join<T extends Float64Array | Int32Array>(chunks: readonly T[], whole: T): T {
  for (const [i, chunk] of chunks.entries()) {
    const start = i * CHUNK_ROWS;
    whole.set(chunk.subarray(0, whole.length - start), start);
  }
  return whole;
}
