import { describe, expect, it } from 'vitest';
import { NormalKernel } from '../../../models/engine/normal-kernel.ts';
import { philox4x32, randomStream, streamPlace } from '../../../models/engine/random.ts';
import { normalPair, standardNormals } from '../../../models/engine/standard-normal.ts';

/** By the engine's own functions: in doubles, with an angle that is rounded. */
function pairByMath(first: number, second: number): [number, number] {
  const radius = Math.sqrt(-2 * Math.log((first + 0.5) / 2 ** 32)), angle = 2 * Math.PI * ((second + 0.5) / 2 ** 32);
  return [radius * Math.cos(angle), radius * Math.sin(angle)];
}

const EDGES = [0, 1, 2 ** 29, 2 ** 29 - 1, 2 ** 30, 2 ** 30 - 1, 2 ** 31, 2 ** 31 - 1, 3 * 2 ** 29, 3 * 2 ** 30, 2 ** 32 - 2, 2 ** 32 - 1, 0xb504f333, 0x5a827999];

describe('standard normal numbers', () => {
  it('are Box and Muller’s of two words, at the edges of quarters and octants and in the far tail', () => {
    const pair = new Float32Array(2);
    for (const first of EDGES) {
      for (const second of EDGES) {
        normalPair(first, second, pair, 0);
        const expected = pairByMath(first, second);
        for (const i of [0, 1] as const) expect(Math.abs(pair[i]! - expected[i]), `${first}, ${second}`).toBeLessThanOrEqual(2 ** -24 * Math.abs(expected[i]) + 1e-14);
      }
    }
  });

  it('are, rounded to singles, those of the stream’s own normal numbers', () => {
    const numbers = new Float32Array(40_000), stream = randomStream(-7, 'noise', 3, 5);
    standardNormals(numbers, streamPlace(-7, 'noise', 3, 5));
    expect(numbers).toEqual(Float32Array.from(numbers, () => stream.normal()));
  });

  it('have moments and tails of the normal distribution', () => {
    const n = 400_000, numbers = new Float32Array(n);
    standardNormals(numbers, streamPlace(1, 'moments'));
    const moment = (power: number): number => numbers.reduce((sum, value) => sum + value ** power, 0) / n;
    // Within four standard errors.
    for (const [power, expected, variance] of [[1, 0, 1], [2, 1, 2], [3, 0, 15], [4, 3, 96]] as const) expect(Math.abs(moment(power) - expected)).toBeLessThan(4 * Math.sqrt(variance / n));
    const beyond = numbers.filter((value) => Math.abs(value) > 3).length / n;
    expect(Math.abs(beyond - 0.0026998)).toBeLessThan(4 * Math.sqrt(0.0027 / n));
  });

  it('come the same to the bit from WebAssembly, for every seed, counter and length, over calls', () => {
    const kernel = NormalKernel.make()!;
    expect(kernel).not.toBeNull();
    for (const [length, place] of [
      [1, streamPlace(0, '')], [7, streamPlace(3, 'noise', 1, 2)], [8, streamPlace(-1, 'noise', 2 ** 32 - 1, 0, 9)], [4096, streamPlace(2 ** 40 + 5, 'a', 7)],
      [100_003, streamPlace(Number.MAX_SAFE_INTEGER, 'b', 1, 2, 3)],
    ] as const) {
      const plain = new Float32Array(length), own = new Float32Array(length);
      standardNormals(plain, place);
      kernel.write(own, place);
      expect(Buffer.from(own.buffer).equals(Buffer.from(plain.buffer)), `${length}`).toBe(true);
    }
  });

  it('take four numbers of a block, in the order of its words', () => {
    const { key, counters } = streamPlace(9, 'order', 4), block = new Uint32Array(4), numbers = new Float32Array(8), expected = new Float32Array(4);
    standardNormals(numbers, { key, counters });
    philox4x32([1, ...counters], key, block);
    normalPair(block[0]!, block[1]!, expected, 0);
    normalPair(block[2]!, block[3]!, expected, 2);
    expect(numbers.slice(4)).toEqual(expected);
  });
});
