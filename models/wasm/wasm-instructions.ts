import { access, type Code, get, int, op, set, simd, type ValueType, vectorAccess } from './wasm-module.ts';

/** Integers of 32 bits, which addresses are; singles are read as doubles; lanes are two doubles. */
export const add = (...terms: readonly Code[]): Code => terms.reduce((sum, term) => op(0x6a, sum, term));
export const times = (a: Code, b: Code): Code => op(0x6c, a, b);
export const shiftLeft = (a: Code, bits: number): Code => op(0x74, a, int(bits));
export const less = (a: Code, b: Code): Code => op(0x49, a, b);
export const increase = (local: number, by: number): Code => set(local, add(get(local), int(by)));
export const loadInt = (at: Code, offset = 0): Code => access(0x28, 2, offset, at);
export const storeInt = (at: Code, value: Code): Code => access(0x36, 2, 0, at, value);
export const loadLong = (at: Code): Code => access(0x29, 3, 0, at);
export const loadSingle = (at: Code): Code => op(0xbb, access(0x2a, 2, 0, at));
export const loadDouble = (at: Code, offset = 0): Code => access(0x2b, 3, offset, at);
export const storeDouble = (at: Code, value: Code): Code => access(0x39, 3, 0, at, value);
export const plus = (a: Code, b: Code): Code => op(0xa0, a, b);
export const addLanes = (a: Code, b: Code): Code => simd(0xf0, a, b);
export const smallerLanes = (a: Code, b: Code): Code => simd(0xf6, a, b);
export const loadLanes = (offset: number, at: Code): Code => vectorAccess(0x00, 3, offset, at);
export const storeLanes = (offset: number, at: Code, value: Code): Code => vectorAccess(0x0b, 3, offset, at, value);
export const multiplyLanes = (a: Code, b: Code): Code => simd(0xf2, a, b);
export const subtractLanes = (a: Code, b: Code): Code => simd(0xf1, a, b);
export const divideLanes = (a: Code, b: Code): Code => simd(0xf3, a, b);
export const squareRoots = (a: Code): Code => simd(0xef, a);
/** To the nearest integer, to the even one from the middle. */
export const roundLanes = (a: Code): Code => simd(0x94, a);
/** Two doubles as singles, in the lower half. */
export const narrowLanes = (a: Code): Code => simd(0x5e, a);
/** Bits of vectors; of `choose` those of a where the mask has ones. */
export const and = (a: Code, b: Code): Code => simd(0x4e, a, b);
export const or = (a: Code, b: Code): Code => simd(0x50, a, b);
export const xor = (a: Code, b: Code): Code => simd(0x51, a, b);
export const choose = (a: Code, b: Code, mask: Code): Code => simd(0x52, a, b, mask);
/** Vectors of four integers of 32 bits; products and doubles are made of two of them. */
export const addWords = (a: Code, b: Code): Code => simd(0xae, a, b);
export const lowProducts = (a: Code, b: Code): Code => simd(0xde, a, b);
export const highProducts = (a: Code, b: Code): Code => simd(0xdf, a, b);
export const lowWordsAsDoubles = (a: Code): Code => simd(0xff, a);
export const putWord = (lane: number, vector: Code, word: Code): Code => [...simd(0x1c, vector, word), lane];
/** Words of a (0 … 3) and b (4 … 7). */
export const shuffleWords = (words: readonly number[], a: Code, b: Code): Code => [...simd(0x0d, a, b), ...words.flatMap((word) => [0, 1, 2, 3].map((byte) => 4 * word + byte))];
/** Vectors of two integers of 64 bits. */
export const addLongs = (a: Code, b: Code): Code => simd(0xce, a, b);
export const subtractLongs = (a: Code, b: Code): Code => simd(0xd1, a, b);
export const negateLongs = (a: Code): Code => simd(0xc1, a);
export const shiftLongsLeft = (a: Code, bits: number): Code => simd(0xcb, a, int(bits));
export const shiftLongsRight = (a: Code, bits: number): Code => simd(0xcd, a, int(bits));

/** Locals by name, numbered in order. */
export function numbered<T extends string>(...names: readonly T[]): Readonly<Record<T, number>> {
  return Object.fromEntries(names.map((name, i) => [name, i])) as Record<T, number>;
}

export const types = (type: ValueType, count: number): ValueType[] => Array.from({ length: count }, () => type);
