/**
 * Counter-based random streams: Philox4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC'11).
 * A stream is a pure function of (seed, purpose, counters), so every backend draws the same numbers and a resumed run draws what
 * the uninterrupted one would have drawn.
 */
export interface RandomStream {
  /** Uniform on the open interval (0, 1), 32 random bits. */
  uniform(): number;
  /** Standard normal, by Box–Muller on two uniforms. */
  normal(): number;
  /** Uniform integer in [0, n), n ≤ 2^32. */
  integer(n: number): number;
  /** Uniform unsigned 32-bit integer. */
  uint32(): number;
}

/** What makes the cipher: a multiplier for each half of the counter, what is added to each word of the key after a round. */
export const PHILOX = { multipliers: [0xd2511f53, 0xcd9e8d57], weyl: [0x9e3779b9, 0xbb67ae85], rounds: 10 } as const;

const [MULTIPLIER_0, MULTIPLIER_1] = PHILOX.multipliers, [WEYL_0, WEYL_1] = PHILOX.weyl, ROUNDS = PHILOX.rounds;

/** Upper 32 bits of the 64-bit product of two unsigned 32-bit integers. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff, aHigh = a >>> 16, bLow = b & 0xffff, bHigh = b >>> 16;
  // Every sum below is less than 2^32: integer arithmetic throughout.
  const low = Math.imul(aLow, bLow);
  const middle = (Math.imul(aHigh, bLow) + (low >>> 16)) | 0;
  const middleLow = (Math.imul(aLow, bHigh) + (middle & 0xffff)) | 0;
  return (Math.imul(aHigh, bHigh) + (middle >>> 16) + (middleLow >>> 16)) >>> 0;
}

/** One Philox4x32-10 block. counter: 4 words, key: 2 words; writes 4 words into `out`. */
export function philox4x32(counter: ArrayLike<number>, key: ArrayLike<number>, out: Uint32Array): void {
  let c0 = counter[0]! >>> 0, c1 = counter[1]! >>> 0, c2 = counter[2]! >>> 0, c3 = counter[3]! >>> 0;
  let k0 = key[0]! >>> 0, k1 = key[1]! >>> 0;
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = multiplyHigh(MULTIPLIER_0, c0), low0 = Math.imul(MULTIPLIER_0, c0);
    const high1 = multiplyHigh(MULTIPLIER_1, c2), low1 = Math.imul(MULTIPLIER_1, c2);
    c0 = (high1 ^ c1 ^ k0) >>> 0;
    c1 = low1 >>> 0;
    c2 = (high0 ^ c3 ^ k1) >>> 0;
    c3 = low0 >>> 0;
    k0 = (k0 + WEYL_0) >>> 0;
    k1 = (k1 + WEYL_1) >>> 0;
  }
  out[0] = c0; out[1] = c1; out[2] = c2; out[3] = c3;
}

/** FNV-1a over UTF-16 code units, folded into the key so that purposes do not share streams. */
function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

class PhiloxStream implements RandomStream {
  readonly #key: Uint32Array;
  readonly #counter: Uint32Array;
  readonly #block = new Uint32Array(4);
  #position = 4;
  #spare: number | null = null;

  constructor(key: Uint32Array, counter: Uint32Array) {
    this.#key = key;
    this.#counter = counter;
  }

  uint32(): number {
    if (this.#position === 4) {
      philox4x32(this.#counter, this.#key, this.#block);
      this.#counter[0]!++;
      this.#position = 0;
    }
    return this.#block[this.#position++]!;
  }

  uniform(): number {
    return (this.uint32() + 0.5) / 0x100000000;
  }

  integer(n: number): number {
    const limit = 0x100000000 - (0x100000000 % n);
    let draw = this.uint32();
    while (draw >= limit) draw = this.uint32();
    return draw % n;
  }

  normal(): number {
    if (this.#spare !== null) {
      const spare = this.#spare;
      this.#spare = null;
      return spare;
    }
    const radius = Math.sqrt(-2 * Math.log(this.uniform())), angle = 2 * Math.PI * this.uniform();
    this.#spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }
}

/** Which numbers are a stream's: those of the blocks (n, ...counters), n = 0, 1, …, under a key. */
export interface StreamPlace {
  readonly key: readonly [number, number];
  readonly counters: readonly [number, number, number];
}

/**
 * The place of the stream for one purpose. At most three further counters (epoch, step, part …) select disjoint sub-streams of 2^32 blocks.
 * @throws RangeError when seed is no safe integer or there are more than three counters.
 */
export function streamPlace(seed: number, purpose: string, ...counters: readonly number[]): StreamPlace {
  if (!Number.isSafeInteger(seed)) throw new RangeError(`seed must be a safe integer, not ${seed}`);
  if (counters.length > 3) throw new RangeError(`at most three counters, not ${counters.length}`);
  const seedHigh = Math.floor(seed / 0x100000000);
  return { key: [seed >>> 0, (hashText(purpose) ^ Math.imul(seedHigh, WEYL_0)) >>> 0], counters: [counters[0] ?? 0, counters[1] ?? 0, counters[2] ?? 0] };
}

/** The stream at `streamPlace`. @throws RangeError as that does. */
export function randomStream(seed: number, purpose: string, ...counters: readonly number[]): RandomStream {
  const place = streamPlace(seed, purpose, ...counters);
  return new PhiloxStream(Uint32Array.from(place.key), new Uint32Array([0, ...place.counters]));
}
