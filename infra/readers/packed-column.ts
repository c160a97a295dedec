import type { Column } from '../../models/table.ts';
import type { Kept, Spill } from './spill.ts';
import type { TextChunks } from './text-chunks.ts';

export const CHUNK_ROWS = 16_384;
const FIRST_ROWS = 1024;

export type Values = Int8Array | Int16Array | Float32Array | Float64Array;
type OpenNumbers = Float64Array<ArrayBuffer>;
type OpenCodes = Int32Array<ArrayBuffer>;
export type Codes = Uint8Array | Uint16Array | Int32Array;

/** A column that is held in less memory than its values take, or partly in a file, and unpacked in part or whole. */
export interface PackedColumn {
  readonly kind: Column['kind'];
  readonly name: string;
  readonly rows: number;
  readonly missing: number;
  /** Of a category, in order of appearance; null for numbers, and for a category with too many for one dictionary. */
  readonly levels: readonly string[] | null;
  /** The rows [start, end) as a column of their own; a category keeps all its levels, or has those of these rows when `levels` is null. */
  read(start?: number, end?: number): Column;
  /** As `read`, the given rows, which ascend. */
  take(rows: Uint32Array): Column;
}

/** Grows by rows; each full chunk is kept by a `Spill` in the narrowest type that holds its values exactly. */
class Chunks<Open extends OpenNumbers | OpenCodes, Packed extends Values | Codes> {
  length = 0;
  #open: Open;
  readonly #spill: Spill;
  readonly #sealed: Kept<Packed>[] = [];
  readonly #make: (rows: number) => Open;
  readonly #pack: (values: Open) => Packed;
  readonly #unpack: (packed: Packed, into: Open, at: number) => void;

  constructor(spill: Spill, make: (rows: number) => Open, pack: (values: Open) => Packed, unpack: (packed: Packed, into: Open, at: number) => void) {
    this.#spill = spill;
    this.#make = make;
    this.#pack = pack;
    this.#unpack = unpack;
    this.#open = make(FIRST_ROWS);
  }

  push(value: number): void {
    const at = this.length % CHUNK_ROWS;
    if (at === this.#open.length) {
      const larger = this.#make(this.#open.length * 4);
      larger.set(this.#open);
      this.#open = larger;
    }
    this.#open[at] = value;
    this.length++;
    if (at === CHUNK_ROWS - 1) this.#sealed.push(this.#spill.keep(this.#pack(this.#open)));
  }

  read(start: number, end: number): Open {
    const values = this.#make(Math.max(0, end - start));
    for (let row = start; row < end;) {
      const index = Math.floor(row / CHUNK_ROWS), from = row - index * CHUNK_ROWS, to = Math.min(CHUNK_ROWS, end - index * CHUNK_ROWS);
      const sealed = this.#sealed[index];
      if (sealed === undefined) values.set(this.#open.subarray(from, to), row - start);
      else this.#unpack(sealed.read(from, to), values, row - start);
      row += to - from;
    }
    return values;
  }

  take(rows: Uint32Array): Open {
    const [first = 0] = rows, last = rows.at(-1) ?? -1;
    if (rows.length === last - first + 1) return this.read(first, last + 1);
    const values = this.#make(rows.length);
    let start = 0, end = 0, chunk = this.#make(0);
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!;
      if (row >= end) {
        start = row - (row % CHUNK_ROWS);
        end = start + CHUNK_ROWS;
        chunk = this.read(start, Math.min(end, this.length));
      }
      values[i] = chunk[row - start]!;
    }
    return values;
  }

  drop(): void {
    for (const sealed of this.#sealed) sealed.drop();
  }
}

export type NumberChunks = Chunks<OpenNumbers, Values>;
export type CodeChunks = Chunks<OpenCodes, Codes>;

export const numberChunks = (spill: Spill): NumberChunks => new Chunks<OpenNumbers, Values>(spill, (rows) => new Float64Array(rows), packNumbers, unpackNumbers);
export const codeChunks = (spill: Spill): CodeChunks => new Chunks<OpenCodes, Codes>(spill, (rows) => new Int32Array(rows), packCodes, unpackCodes);

export function packedNumbers(name: string, chunks: NumberChunks, missing: number): PackedColumn {
  return {
    kind: 'number', name, rows: chunks.length, missing, levels: null,
    read: (start = 0, end = chunks.length) => ({ kind: 'number', name, values: chunks.read(start, end) }),
    take: (rows) => ({ kind: 'number', name, values: chunks.take(rows) }),
  };
}

export function packedCategory(name: string, chunks: CodeChunks, levels: readonly string[], missing: number): PackedColumn {
  return {
    kind: 'category', name, rows: chunks.length, missing, levels,
    read: (start = 0, end = chunks.length) => ({ kind: 'category', name, codes: chunks.read(start, end), levels }),
    take: (rows) => ({ kind: 'category', name, codes: chunks.take(rows), levels }),
  };
}

export function packedTexts(name: string, chunks: TextChunks, missing: number): PackedColumn {
  const range = (start: number, end: number): Column => ({ kind: 'category', name, ...chunks.take(numbersFrom(start, end), Math.max(0, end - start)) });
  return {
    kind: 'category', name, rows: chunks.length, missing, levels: null,
    read: (start = 0, end = chunks.length) => range(start, end),
    take: (rows) => ({ kind: 'category', name, ...chunks.take(rows, rows.length) }),
  };
}

function* numbersFrom(start: number, end: number): Generator<number> {
  for (let i = start; i < end; i++) yield i;
}

/** In integers the lowest value stands for NaN. */
const LOWEST_8 = -128;
const LOWEST_16 = -32_768;

export function packNumbers(values: Float64Array): Values {
  let low = 0, high = 0, whole = true, single = true;
  for (let i = 0; i < values.length && single; i++) {
    const value = values[i]!;
    if (Number.isNaN(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
    // A zero below zero has no integer.
    whole &&= Number.isInteger(value) && (value !== 0 || 1 / value > 0);
    single = Math.fround(value) === value;
  }
  if (!single) return values.slice();
  if (whole && low > LOWEST_8 && high < -LOWEST_8) return copied(values, new Int8Array(values.length), LOWEST_8);
  if (whole && low > LOWEST_16 && high < -LOWEST_16) return copied(values, new Int16Array(values.length), LOWEST_16);
  return new Float32Array(values);
}

/** A loop is several times as fast as `from` with a function. */
function copied<T extends Int8Array | Int16Array>(values: Float64Array, into: T, missing: number): T {
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    into[i] = Number.isNaN(value) ? missing : value;
  }
  return into;
}

export function unpackNumbers(packed: Values, into: Float64Array, at: number): void {
  into.set(packed, at);
  const lowest = packed instanceof Int8Array ? LOWEST_8 : packed instanceof Int16Array ? LOWEST_16 : null;
  if (lowest === null) return;
  for (let i = at; i < at + packed.length; i++) if (into[i] === lowest) into[i] = Number.NaN;
}

export function packCodes(codes: Int32Array): Codes {
  let high = 0;
  for (const code of codes) if (code > high) high = code;
  if (high >= 65_535) return codes.slice();
  const packed = high < 255 ? new Uint8Array(codes.length) : new Uint16Array(codes.length);
  for (let i = 0; i < codes.length; i++) packed[i] = codes[i]! + 1;
  return packed;
}

export function unpackCodes(packed: Codes, into: Int32Array, at: number): void {
  into.set(packed, at);
  if (packed instanceof Int32Array) return;
  for (let i = at; i < at + packed.length; i++) into[i]!--;
}
