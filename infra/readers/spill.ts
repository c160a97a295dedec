import { closeSync, readSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { openNameless } from './nameless-file.ts';

export type SpilledValues = Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Float32Array | Float64Array;

/** Bytes of rows that are held in memory before the rest goes to a file. */
const HELD_BYTES = 64 * 1024 * 1024;

/** Values that were handed over; the positions [from, to) of them, in memory of their own or shared: not to be changed. */
export interface Kept<T extends SpilledValues> {
  readonly length: number;
  read(from?: number, to?: number): T;
  /** They are needed no more. */
  drop(): void;
}

/**
 * Keeps values in memory up to a budget, and what is beyond it in a file of the temporary folder (TMPDIR) that has no name any more, so
 * that it goes with the process, however that ends. Whoever made it closes it.
 */
export class Spill {
  readonly #budget: number;
  #held = 0;
  #file: number | null = null;
  #written = 0;

  constructor(heldBytes = HELD_BYTES) {
    this.#budget = heldBytes;
  }

  /** Bytes in memory, and in the file. */
  get bytes(): { readonly held: number; readonly spilled: number } {
    return { held: this.#held, spilled: this.#written };
  }

  /** Takes the values over: the caller leaves them as they are. */
  keep<T extends SpilledValues>(values: T): Kept<T> {
    return this.#held + values.byteLength <= this.#budget ? this.#hold(values) : this.#spill(values);
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file);
    this.#file = null;
  }

  #hold<T extends SpilledValues>(values: T): Kept<T> {
    const { byteLength, length } = values;
    this.#held += byteLength;
    return { length, read: (from = 0, to = length) => values.subarray(from, to) as T, drop: () => { this.#held -= byteLength; } };
  }

  #spill<T extends SpilledValues>(values: T): Kept<T> {
    const start = this.#written, { length, BYTES_PER_ELEMENT: size } = values, Type = values.constructor as new (buffer: ArrayBuffer) => T;
    this.#write(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    const read = (from = 0, to = length): T => {
      const bytes = new Uint8Array(Math.max(0, to - from) * size);
      this.#read(bytes, start + from * size);
      return new Type(bytes.buffer);
    };
    return { length, read, drop: () => {} };
  }

  #write(bytes: Uint8Array): void {
    this.#file ??= openNameless();
    for (let done = 0; done < bytes.length;) {
      const count = writeSync(this.#file, bytes, done, bytes.length - done, this.#written);
      done += count;
      this.#written += count;
    }
  }

  #read(bytes: Uint8Array, position: number): void {
    if (this.#file === null) throw new Error('the rows beyond the memory were read after their file was closed');
    for (let done = 0; done < bytes.length;) {
      const count = readSync(this.#file, bytes, done, bytes.length - done, position + done);
      if (count === 0) throw new Error(`the temporary file of rows in ${tmpdir()} ends ${bytes.length - done} bytes early`);
      done += count;
    }
  }
}
