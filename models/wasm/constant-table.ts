import { loadLanes } from './wasm-instructions.ts';
import { type Code, int } from './wasm-module.ts';

const VECTOR_BYTES = 16;

/** Constant vectors, read from the beginning of the memory: V8 makes those that stand in the code of two halves, by way of other registers. */
export class ConstantTable {
  readonly #vectors: Uint8Array[] = [];

  get bytes(): number {
    return VECTOR_BYTES * this.#vectors.length;
  }

  /** Two equal doubles. */
  doubles(value: number): Code {
    return this.#constant(Float64Array.of(value, value).buffer);
  }

  /** Two equal integers of 64 bits. */
  longs(value: bigint): Code {
    return this.#constant(BigUint64Array.of(value, value).buffer);
  }

  /** Four integers of 32 bits. */
  words(...values: readonly [number, number, number, number]): Code {
    return this.#constant(Uint32Array.from(values).buffer);
  }

  writeTo(memory: ArrayBuffer): void {
    for (const [i, vector] of this.#vectors.entries()) new Uint8Array(memory).set(vector, VECTOR_BYTES * i);
  }

  #constant(bytes: ArrayBuffer): Code {
    const vector = new Uint8Array(bytes), found = this.#vectors.findIndex((each) => each.every((byte, i) => byte === vector[i]));
    return loadLanes(VECTOR_BYTES * (found < 0 ? this.#vectors.push(vector) - 1 : found), int(0));
  }
}
