import { describe, expect, it } from 'vitest';
import { lz4Block, lz4Frame } from '../../../infra/readers/lz4.ts';

/** A frame around blocks: version 1, no checksums; size and stored flag before each block. */
function frame(...blocks: readonly { readonly bytes: readonly number[]; readonly stored?: boolean }[]): Uint8Array {
  const parts = blocks.flatMap(({ bytes, stored = false }) => [bytes.length & 255, bytes.length >> 8, 0, stored ? 0x80 : 0, ...bytes]);
  return Uint8Array.of(0x04, 0x22, 0x4d, 0x18, 0x40, 0x40, 0xc0, ...parts, 0, 0, 0, 0);
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();
const ABC = [0x30, 0x61, 0x62, 0x63];

describe('LZ4', () => {
  it('repeats what was written, also from the block before and over itself', () => {
    // Literals abc, then a match of 4 + 5 at distance 3; then a block that refers back by 12 for 4, and literal z.
    const first = [0x35, 0x61, 0x62, 0x63, 3, 0, 0x10, 0x78], second = [0x00, 13, 0, 0x10, 0x7a];
    expect(text(lz4Frame(frame({ bytes: first }, { bytes: second }, { bytes: [0x21], stored: true }), 100))).toBe('abcabcabcabcxabcaz!');
  });

  it('reads an empty block, which pyarrow writes', () => {
    expect(lz4Block(Uint8Array.of(0), 0)).toHaveLength(0);
    expect(text(lz4Block(Uint8Array.from(ABC), 3))).toBe('abc');
  });

  it.each([
    ['no frame', Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)], ['a frame that stops early', frame({ bytes: ABC }).subarray(0, 12)], ['a block that stops early', frame({ bytes: [0xf0, 255, 255] })],
    ['a match before the start', frame({ bytes: [0x15, 0x61, 9, 0] })], ['a match at distance 0', frame({ bytes: [0x15, 0x61, 0, 0] })], ['more than is allowed', frame({ bytes: [0x1f, 0x61, 1, 0, 255, 255, 255, 255, 0] })],
  ])('refuses %s', (_name, bytes) => {
    expect(() => lz4Frame(bytes, 100)).toThrow(RangeError);
  });
});
