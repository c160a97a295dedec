import { type LevelEncoding, packLevels, unpackLevels } from './packed-levels.ts';
import type { Kept, Spill } from './spill.ts';

const CHUNK_ROWS = 16_384;
const FIRST_ROWS = 1024;
/** A chunk of long texts is closed before it is full. */
const CHUNK_CHARACTERS = 8 * 1024 * 1024;

interface Texts {
  readonly codes: Int32Array;
  /** In order of appearance. */
  readonly levels: readonly string[];
}

interface Sealed {
  readonly start: number;
  readonly codes: Kept<Int32Array>;
  readonly ends: Kept<Int32Array>;
  readonly bytes: Kept<Uint8Array>;
  readonly encoding: LevelEncoding;
}

/** Texts of a column that has too many for one dictionary: each chunk of rows has its own, and is kept by a `Spill`. */
export class TextChunks {
  length = 0;
  readonly #spill: Spill;
  readonly #sealed: Sealed[] = [];
  #start = 0;
  #levels = new Map<string, number>();
  #codes = new Int32Array(FIRST_ROWS);
  #characters = 0;
  /** The chunk that was unpacked last, by its position. */
  #unpacked: { readonly index: number; readonly texts: Texts } | null = null;

  constructor(spill: Spill) {
    this.#spill = spill;
  }

  /** null is a missing value. */
  push(text: string | null): void {
    const at = this.length - this.#start;
    if (at === this.#codes.length) {
      const larger = new Int32Array(Math.min(CHUNK_ROWS, at * 4));
      larger.set(this.#codes);
      this.#codes = larger;
    }
    this.#codes[at] = text === null ? -1 : this.#codeOf(text);
    this.length++;
    if (at === CHUNK_ROWS - 1 || this.#characters > CHUNK_CHARACTERS) this.#seal();
  }

  /** Codes and levels of the rows, which ascend; the levels are those that occur, in order of appearance. */
  take(rows: Iterable<number>, count: number): Texts {
    const codes = new Int32Array(count), levels = new Map<string, number>();
    let i = 0, from = 0, to = -1, texts: Texts = { codes, levels: [] }, renamed = new Int32Array(0);
    for (const row of rows) {
      if (row < from || row >= to) {
        ({ from, to, texts } = this.#chunkOf(row));
        renamed = new Int32Array(texts.levels.length).fill(-1);
      }
      const code = texts.codes[row - from]!;
      if (code >= 0 && renamed[code]! < 0) {
        const text = texts.levels[code]!, known = levels.get(text);
        renamed[code] = known ?? levels.size;
        if (known === undefined) levels.set(text, levels.size);
      }
      codes[i++] = code < 0 ? -1 : renamed[code]!;
    }
    return { codes, levels: [...levels.keys()] };
  }

  #codeOf(text: string): number {
    const known = this.#levels.get(text);
    if (known !== undefined) return known;
    this.#characters += text.length;
    this.#levels.set(text, this.#levels.size);
    return this.#levels.size - 1;
  }

  #seal(): void {
    const { ends, bytes, encoding } = packLevels([...this.#levels.keys()]), codes = this.#spill.keep(this.#codes.slice(0, this.length - this.#start));
    this.#sealed.push({ start: this.#start, codes, ends: this.#spill.keep(ends), bytes: this.#spill.keep(bytes), encoding });
    this.#start = this.length;
    this.#levels = new Map();
    this.#characters = 0;
  }

  #chunkOf(row: number): { readonly from: number; readonly to: number; readonly texts: Texts } {
    if (row >= this.#start) return { from: this.#start, to: this.length, texts: { codes: this.#codes, levels: [...this.#levels.keys()] } };
    let low = 0, high = this.#sealed.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (this.#sealed[middle]!.start <= row) low = middle;
      else high = middle;
    }
    const { start, codes, ends, bytes, encoding } = this.#sealed[low]!;
    if (this.#unpacked?.index !== low) this.#unpacked = { index: low, texts: { codes: codes.read(), levels: unpackLevels({ ends: ends.read(), bytes: bytes.read(), encoding }) } };
    return { from: start, to: start + codes.length, texts: this.#unpacked.texts };
  }
}
