import type { ByteRange } from './range-source.ts';

const QUOTE = 34, NEWLINE = 10, RETURN = 13;
/** A text that began with the first byte of a byte-order mark could be taken for one that begins with the mark. */
const MARK = 0xef;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

export interface LineCuts {
  /** Where lines begin, ascending: for each place that was asked for the first one from there on, behind the header. */
  readonly cuts: readonly number[];
  /** The first line that is not blank, with its end; null when there is none, or other programs may see several lines in it. */
  readonly header: ByteRange | null;
}

export interface CutOptions {
  /** Ascending. */
  readonly places: readonly number[];
  /** Whether what stands in double quotes may hold line ends, as in CSV. */
  readonly quoted: boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Looks through a text for places to cut it at: behind line feeds outside quotes. An even number of quotes before a place means that it is
 * outside, in any CSV that can be read: a quote opens a cell, closes it, or is doubled; elsewhere it is an error, which whoever reads the
 * piece with the first one finds, since that piece begins where a record does. For encodings that hold the bytes of ASCII for nothing else.
 */
export async function findLineCuts(chunks: AsyncIterable<Uint8Array>, options: CutOptions): Promise<LineCuts> {
  const scanner = new LineScanner(options);
  for await (const chunk of chunks) {
    options.signal?.throwIfAborted();
    scanner.add(chunk);
  }
  return { cuts: scanner.cuts, header: scanner.header };
}

class LineScanner {
  readonly cuts: number[] = [];
  header: ByteRange | null = null;
  readonly #places: readonly number[];
  readonly #quoted: boolean;
  #place = 0;
  #at = 0;
  #inside = false;
  #mayCut = false;
  /** Where the current line begins, while the header is not there; null when it is, or there is none. */
  #lineStart: number | null = 0;
  #isBlank = true;
  #return = false;

  constructor({ places, quoted }: CutOptions) {
    this.#places = places;
    this.#quoted = quoted;
  }

  add(chunk: Uint8Array): void {
    let i = 0;
    if (this.#at === 0 && BYTE_ORDER_MARK.equals(chunk.subarray(0, 3))) this.#lineStart = i = 3;
    while (i < chunk.length) {
      if (this.#lineStart !== null) this.#headerByte(chunk[i]!, this.#at + i++);
      else i = this.#isNear(i) ? this.#cutByte(chunk[i]!, i) : this.#skip(chunk, i);
    }
    this.#at += chunk.length;
  }

  /** Whether the next place that was asked for lies behind byte i of the chunk. */
  #isNear(i: number): boolean {
    return this.#mayCut || this.#at + i + 1 >= (this.#places[this.#place] ?? Infinity);
  }

  /** Counts quotes up to the next place that was asked for. */
  #skip(chunk: Uint8Array, from: number): number {
    const to = Math.min(chunk.length, (this.#places[this.#place] ?? Infinity) - this.#at - 1);
    if (!this.#quoted || this.#place === this.#places.length) return to;
    let quotes = 0;
    for (let i = from; i < to; i++) if (chunk[i] === QUOTE) quotes++;
    if (quotes % 2 === 1) this.#inside = !this.#inside;
    return to;
  }

  #cutByte(byte: number, i: number): number {
    if (this.#mayCut && byte !== MARK) {
      const cut = this.#at + i;
      this.cuts.push(cut);
      while ((this.#places[this.#place] ?? Infinity) <= cut) this.#place++;
    }
    this.#toggle(byte);
    this.#mayCut = byte === NEWLINE && !this.#inside && this.#at + i + 1 >= (this.#places[this.#place] ?? Infinity);
    return i + 1;
  }

  #headerByte(byte: number, at: number): void {
    this.#toggle(byte);
    const endsLine = byte === NEWLINE && !this.#inside, isOdd = this.#return && byte !== NEWLINE;
    this.#return = byte === RETURN && !this.#inside;
    if (isOdd) this.#lineStart = null;
    else if (endsLine && this.#isBlank) this.#lineStart = at + 1;
    else if (endsLine) {
      this.header = [this.#lineStart!, at + 1];
      this.#lineStart = null;
    } else if (byte !== 32 && byte !== 9 && byte !== RETURN) this.#isBlank = false;
  }

  #toggle(byte: number): void {
    if (this.#quoted && byte === QUOTE) this.#inside = !this.#inside;
  }
}
