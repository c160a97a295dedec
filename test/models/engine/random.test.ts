import { describe, expect, it } from 'vitest';
import { philox4x32, randomStream } from '../../../models/engine/random.ts';

describe('philox4x32', () => {
  // Known answers of the Random123 distribution (kat_vectors, philox4x32 10).
  it.each([
    [[0, 0, 0, 0], [0, 0], [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]],
    [[0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff], [0xffffffff, 0xffffffff], [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd]],
    [[0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0], [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1]],
  ])('counter %j, key %j', (counter, key, expected) => {
    const out = new Uint32Array(4);
    philox4x32(counter, key, out);
    expect([...out]).toEqual(expected);
  });
});

describe('randomStream', () => {
  const draw = (seed: number, purpose: string, ...counters: number[]) => {
    const stream = randomStream(seed, purpose, ...counters);
    return Array.from({ length: 5 }, () => stream.uint32());
  };

  it('is a function of seed, purpose and counters', () => {
    expect(draw(1, 'noise', 2, 3)).toEqual(draw(1, 'noise', 2, 3));
    for (const other of [draw(2, 'noise', 2, 3), draw(1, 'shuffle', 2, 3), draw(1, 'noise', 3, 2), draw(2 ** 32 + 1, 'noise', 2, 3)]) {
      expect(other).not.toEqual(draw(1, 'noise', 2, 3));
    }
  });

  it('draws normals with the moments of N(0, 1)', () => {
    const stream = randomStream(7, 'moments');
    const n = 200_000;
    let sum = 0, squares = 0, fourth = 0;
    for (let i = 0; i < n; i++) { const z = stream.normal(); sum += z; squares += z * z; fourth += z ** 4; }
    expect(Math.abs(sum / n)).toBeLessThan(0.01);
    expect(squares / n).toBeCloseTo(1, 1);
    expect(fourth / n).toBeCloseTo(3, 0);
  });

  it('draws integers evenly and within range', () => {
    const stream = randomStream(3, 'integers');
    const counts = new Array<number>(7).fill(0);
    for (let i = 0; i < 70_000; i++) counts[stream.integer(7)]!++;
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500);
  });

  it('refuses a seed that is no safe integer and too many counters', () => {
    expect(() => randomStream(0.5, 'x')).toThrow(RangeError);
    expect(() => randomStream(0, 'x', 1, 2, 3, 4)).toThrow(RangeError);
  });
});
