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

/** Locals by name, numbered in order. */
export function numbered<T extends string>(...names: readonly T[]): Readonly<Record<T, number>> {
  return Object.fromEntries(names.map((name, i) => [name, i])) as Record<T, number>;
}

export const types = (type: ValueType, count: number): ValueType[] => Array.from({ length: count }, () => type);
