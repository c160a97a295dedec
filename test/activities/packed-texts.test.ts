import { describe, expect, it } from 'vitest';
import { PackedTexts } from '../../activities/packed-texts.ts';

describe('packed texts', () => {
  it('gives back every text by its position, over blocks', () => {
    const packed = new PackedTexts(), blocks = [['a', '', 'é\u0000"', '𝒳'], [], ['last of three']];
    for (const block of blocks) packed.add(block);
    expect(Array.from({ length: 7 }, (_, i) => packed.at(i - 1))).toEqual([undefined, ...blocks.flat(), undefined]);
  });
});
