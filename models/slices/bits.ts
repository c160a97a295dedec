/** A set of rows, 32 to a word; bits beyond the number of rows are 0. */
export type Bits = Uint32Array;

export function emptyBits(rows: number): Bits {
  return new Uint32Array((rows + 31) >>> 5);
}

export function setBit(bits: Bits, row: number): void {
  bits[row >>> 5]! |= 1 << (row & 31);
}

/** Number of ones in a word (Warren, Hacker's Delight, §5-1). */
function ones(word: number): number {
  let x = word - ((word >>> 1) & 0x55555555);
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
  return Math.imul((x + (x >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

export function countBits(bits: Bits): number {
  let count = 0;
  for (let i = 0; i < bits.length; i++) count += ones(bits[i]!);
  return count;
}

/** Rows that are in both. */
export function countCommon(a: Bits, b: Bits): number {
  let count = 0;
  for (let i = 0; i < a.length; i++) count += ones(a[i]! & b[i]!);
  return count;
}

export function intersectBits(sets: readonly Bits[]): Bits {
  const common = sets[0]!.slice();
  for (const set of sets.slice(1)) for (let i = 0; i < common.length; i++) common[i]! &= set[i]!;
  return common;
}

/** Calls `visit` with every row of the set, ascending. */
export function eachBit(bits: Bits, visit: (row: number) => void): void {
  for (let i = 0; i < bits.length; i++) {
    for (let word = bits[i]!; word !== 0; word &= word - 1) visit((i << 5) + 31 - Math.clz32(word & -word));
  }
}

/** Rows of `bits` that are not in `others`. */
export function withoutBits(bits: Bits, others: Bits): Bits {
  return bits.map((word, i) => word & ~others[i]!);
}

/** Rows in at least one of both. */
export function uniteBits(a: Bits, b: Bits): Bits {
  return a.map((word, i) => word | b[i]!);
}
