import { TEST, TRAIN, VALIDATION } from '../table.ts';

/** Final mix of MurmurHash3 (Appleby, public domain): every input bit flips every output bit with probability near one half. */
function mix(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** 53 bits of the text and the seed as a number in [0, 1): two 32-bit FNV-style sums over UTF-16 code units, mixed. */
export function hashUnit(text: string, seed: number): number {
  let a = mix((seed ^ 0x811c9dc5) >>> 0), b = mix(Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.floor(seed / 0x100000000));
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x01000193);
    b = Math.imul(b ^ unit, 0x5bd1e995);
    b ^= b >>> 15;
  }
  const high = mix(a ^ text.length), low = mix(b ^ high);
  return (high * 0x200000 + (low >>> 11)) / 0x20000000000000;
}

/** 53 bits of the text as a whole number. */
export function hashText(text: string): number {
  return hashUnit(text, 0) * 0x20000000000000;
}

/**
 * The part a row belongs to: TRAIN, VALIDATION or TEST. It depends on the key (the row's cluster, sequence or id), the seed and the
 * percentages alone, so rows that are added later leave the others where they are. percent: three shares that sum to 100.
 */
export function splitOf(key: string, percent: readonly [number, number, number], seed: number): number {
  const position = hashUnit(key, seed) * 100;
  if (position < percent[0]) return TRAIN;
  return position < percent[0] + percent[1] ? VALIDATION : TEST;
}
