import { ConstantTable } from '../wasm/constant-table.ts';
import {
  addLanes, addLongs, addWords, and, choose, divideLanes, highProducts, increase, less, lowProducts, lowWordsAsDoubles, multiplyLanes, narrowLanes, negateLongs, numbered, or, putWord,
  roundLanes, shiftLongsLeft, shiftLongsRight, shuffleWords, squareRoots, storeLanes, subtractLanes, subtractLongs, types, xor,
} from '../wasm/wasm-instructions.ts';
import { type Code, doLoop, get, instantiate, int, set, type WasmFunction, type WasmInstance, wasmModule } from '../wasm/wasm-module.ts';
import { PHILOX, type StreamPlace } from './random.ts';
import { COSINE, LOG, LOG_2_HIGH, LOG_2_LOW, SINE, SQUARE_ROOT_HALF_BITS } from './standard-normal.ts';

const NUMBERS_PER_BLOCK = 4;
/** Numbers of one round: two blocks, side by side. */
const TOGETHER = 2 * NUMBERS_PER_BLOCK;
/** Numbers of one call: a multiple of those of a round. */
const MOST_NUMBERS = 4096;

const locals = numbered('out', 'end', 'block', 'counter1', 'counter2', 'counter3', 'key0', 'key1',
  'a', 'b', 'key', 'keys', 'counters', 'low', 'high', 'x', 'exponent', 's', 'z', 'w', 'half', 'radius', 'quarter', 'sine', 'cosine', 'odd');
const INTEGERS = 8, VECTORS = Object.keys(locals).length - INTEGERS;

/** Two blocks of Philox: a and b hold words 0 and 2, and 1 and 3, of the one and then of the other. */
function cipher(constants: ConstantTable): Code {
  const { a, b, key, low, high } = locals, [m0, m1] = PHILOX.multipliers, [w0, w1] = PHILOX.weyl;
  return Array.from({ length: PHILOX.rounds }, (): Code => [
    ...set(low, lowProducts(get(a), constants.words(m0, m1, m0, m1))), ...set(high, highProducts(get(a), constants.words(m0, m1, m0, m1))),
    ...set(a, xor(xor(shuffleWords([3, 1, 7, 5], get(low), get(high)), get(b)), get(key))), ...set(b, shuffleWords([2, 0, 6, 4], get(low), get(high))),
    ...set(key, addWords(get(key), constants.words(w0, w1, w0, w1))),
  ]).flat();
}

/** c₀ + z (c₁ + z (c₂ + …)) */
function polynomial(constants: ConstantTable, z: Code, [first, ...others]: readonly number[]): Code {
  return others.length === 0 ? constants.doubles(first!) : addLanes(constants.doubles(first!), multiplyLanes(z, polynomial(constants, z, others)));
}

/** radius = √(−2 log x), as `logarithm` does it; exponents lie 1,024 higher, so that none is negative. */
function findRadius(constants: ConstantTable): Code {
  const { x, exponent, s, z, w, half, radius } = locals, least = constants.longs(BigInt(SQUARE_ROOT_HALF_BITS) << 32n);
  return [
    ...set(exponent, shiftLongsRight(addLongs(subtractLongs(get(x), least), constants.longs(1024n << 52n)), 52)),
    ...set(x, subtractLanes(subtractLongs(get(x), shiftLongsLeft(subtractLongs(get(exponent), constants.longs(1024n)), 52)), constants.doubles(1))),
    // An integer below 2⁵² in the fraction of 2⁵² is that sum.
    ...set(exponent, subtractLanes(or(get(exponent), constants.doubles(2 ** 52)), constants.doubles(2 ** 52 + 1024))),
    ...set(s, divideLanes(get(x), addLanes(constants.doubles(2), get(x)))), ...set(z, multiplyLanes(get(s), get(s))), ...set(half, multiplyLanes(multiplyLanes(constants.doubles(0.5), get(x)), get(x))),
    ...set(w, addLanes(multiplyLanes(get(s), addLanes(get(half), multiplyLanes(get(z), polynomial(constants, get(z), LOG)))), multiplyLanes(get(exponent), constants.doubles(LOG_2_LOW)))),
    ...set(w, subtractLanes(multiplyLanes(get(exponent), constants.doubles(LOG_2_HIGH)), subtractLanes(subtractLanes(get(half), get(w)), get(x)))),
    ...set(radius, squareRoots(multiplyLanes(constants.doubles(-2), get(w)))),
  ];
}

/** x and z become cosine and sine of x quarters of a turn. */
function findTurn(constants: ConstantTable): Code {
  const { x, z, w, half, quarter, sine, cosine, odd } = locals;
  return [
    ...set(quarter, roundLanes(get(x))), ...set(x, multiplyLanes(subtractLanes(get(x), get(quarter)), constants.doubles(Math.PI / 2))), ...set(quarter, addLanes(get(quarter), constants.doubles(2 ** 52))),
    ...set(z, multiplyLanes(get(x), get(x))), ...set(half, multiplyLanes(constants.doubles(0.5), get(z))), ...set(w, subtractLanes(constants.doubles(1), get(half))),
    ...set(sine, addLanes(get(x), multiplyLanes(multiplyLanes(get(x), get(z)), polynomial(constants, get(z), SINE)))),
    ...set(cosine, addLanes(subtractLanes(subtractLanes(constants.doubles(1), get(w)), get(half)), multiplyLanes(multiplyLanes(get(z), get(z)), polynomial(constants, get(z), COSINE)))),
    ...set(cosine, addLanes(get(w), get(cosine))),
    ...set(odd, negateLongs(and(get(quarter), constants.longs(1n)))),
    ...set(x, xor(choose(get(sine), get(cosine), get(odd)), shiftLongsLeft(and(addLongs(get(quarter), constants.longs(1n)), constants.longs(2n)), 62))),
    ...set(z, xor(choose(get(cosine), get(sine), get(odd)), shiftLongsLeft(and(get(quarter), constants.longs(2n)), 62))),
  ];
}

/** normals(out, end, block, counter1, counter2, counter3, key0, key1): eight numbers a round, of `block` and the one after it. */
function normals(constants: ConstantTable): WasmFunction {
  const { out, end, block, counter1, counter2, counter3, key0, key1, a, b, key, keys, counters, x, z, radius } = locals;
  const put = (words: readonly number[], into: number): Code => words.flatMap((word, lane) => set(into, putWord(lane, get(into), get(word))));
  const uniform = (words: Code): Code => multiplyLanes(addLanes(lowWordsAsDoubles(words), constants.doubles(0.5)), constants.doubles(2 ** -32));
  const scaled = (lanes: Code): Code => narrowLanes(multiplyLanes(get(radius), lanes));
  const four = (offset: number, half: (words: Code) => Code): Code => [
    ...set(x, uniform(half(get(a)))), ...findRadius(constants), ...set(x, multiplyLanes(constants.doubles(4), uniform(half(get(b))))), ...findTurn(constants),
    ...storeLanes(offset, get(out), shuffleWords([0, 4, 1, 5], scaled(get(x)), scaled(get(z)))),
  ];
  return {
    name: 'normals', parameters: types('i32', INTEGERS), result: 'i32', locals: types('v128', VECTORS),
    body: [
      ...put([key0, key1, key0, key1], keys), ...put([counter1, counter3, counter1, counter3], counters),
      ...doLoop([
        ...put([block, counter2, block, counter2], a), ...set(a, addWords(get(a), constants.words(0, 0, 1, 0))), ...set(b, get(counters)), ...set(key, get(keys)), ...cipher(constants),
        ...four(0, (words) => words), ...four(16, (words) => shuffleWords([2, 3, 2, 3], words, words)),
        ...increase(block, 2), ...increase(out, 4 * TOGETHER),
      ], less(get(out), get(end))),
      ...int(0),
    ],
  };
}

/** Standard normal numbers in WebAssembly, the same to the bit as `standardNormals`. */
export class NormalKernel {
  readonly #out: Float32Array;
  readonly #call: (count: number, block: number, place: StreamPlace) => void;

  /** Null where there is no WebAssembly. */
  static make(): NormalKernel | null {
    const constants = new ConstantTable(), code = wasmModule([normals(constants)]), wasm = instantiate(code, constants.bytes + 4 * MOST_NUMBERS);
    if (wasm === null) return null;
    constants.writeTo(wasm.buffer);
    return new NormalKernel(wasm, constants.bytes);
  }

  private constructor({ buffer, call }: WasmInstance, out: number) {
    this.#out = new Float32Array(buffer, out, MOST_NUMBERS);
    this.#call = (count, block, { key, counters }) => call['normals']!(out, out + 4 * count, block, ...counters, ...key);
  }

  /** The numbers at a place, from its first block on. */
  write(into: Float32Array, place: StreamPlace): void {
    for (let start = 0; start < into.length; start += MOST_NUMBERS) {
      const count = Math.min(MOST_NUMBERS, into.length - start);
      this.#call(count, start / NUMBERS_PER_BLOCK, place);
      into.set(this.#out.subarray(0, count), start);
    }
  }
}
