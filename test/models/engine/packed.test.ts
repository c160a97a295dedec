import { describe, expect, it } from 'vitest';
import { pack, unpack } from '../../../models/engine/packed.ts';

const CONTENT = { header: { name: 'Größe 📏', value: 0.1 + 0.2 }, arrays: { a: Float32Array.of(1.5, -0, Number.NaN), empty: new Float32Array(0), b: Float32Array.of(3e38) } };

describe('pack and unpack', () => {
  it('give back header and arrays to the bit, from any position in memory', () => {
    const bytes = pack(CONTENT), moved = new Uint8Array(bytes.length + 3);
    moved.set(bytes, 3);
    const { header, arrays } = unpack<typeof CONTENT.header>(moved.subarray(3));
    expect(header).toEqual(CONTENT.header);
    expect(arrays['a']).toEqual(CONTENT.arrays.a);
    expect(Object.is(arrays['a']![1], -0)).toBe(true);
    expect(arrays['b']![0]).toBe(CONTENT.arrays.b[0]);
    expect(arrays['empty']).toHaveLength(0);
  });

  it('give equal bytes for equal content', () => expect(pack(CONTENT)).toEqual(pack(structuredClone(CONTENT))));

  it('refuse what is not whole, not theirs, or of another version', () => {
    const bytes = pack(CONTENT), other = bytes.slice();
    other[4] = 9;
    const badBytes = (message: string): object => expect.objectContaining({ code: 'bad-bytes', message: expect.stringContaining(message) });
    expect(() => unpack(bytes.subarray(0, -4))).toThrow(badBytes('its header promises'));
    expect(() => unpack(new TextEncoder().encode('{"parameters":[]}'))).toThrow(badBytes('no stored model or checkpoint'));
    expect(() => unpack(new Uint8Array(3))).toThrow(badBytes('3 bytes'));
    expect(() => unpack(other)).toThrow(badBytes('format version 9'));
  });
});
