const MAGIC = 0x184d2204;
const FIRST_BYTES = 64 * 1024;

/** Flags of the frame's descriptor. */
const BLOCK_CHECKSUM = 0x10, CONTENT_SIZE = 0x08, DICTIONARY = 0x01;
const STORED = 0x8000_0000;

/**
 * What one LZ4 frame holds (lz4_Frame_format 1.6); blocks may refer to earlier ones, checksums are passed over.
 * @throws RangeError when the bytes are no frame, stop early, refer before their start, or hold more than `maximum` bytes.
 */
export function lz4Frame(bytes: Uint8Array, maximum: number): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== MAGIC) throw new RangeError('no LZ4 frame');
  const flags = view.getUint8(4);
  if (flags >> 6 !== 1) throw new RangeError(`LZ4 frame of version ${flags >> 6}`);
  let at = 7 + ((flags & CONTENT_SIZE) === 0 ? 0 : 8) + ((flags & DICTIONARY) === 0 ? 0 : 4);
  const output = new Output(maximum);
  for (;;) {
    const head = view.getUint32(at, true), length = head & ~STORED;
    at += 4;
    if (head === 0) return output.whole();
    if (at + length > bytes.length) throw new RangeError('LZ4 block beyond the end');
    const block = bytes.subarray(at, at + length);
    if ((head & STORED) === 0) decodeBlock(block, output);
    else output.append(block);
    at += length + ((flags & BLOCK_CHECKSUM) === 0 ? 0 : 4);
  }
}

/** What one LZ4 block holds, `length` bytes; an empty one too. @throws RangeError when the bytes are no such block. */
export function lz4Block(bytes: Uint8Array, length: number): Uint8Array {
  const output = new Output(length);
  decodeBlock(bytes, output);
  return output.whole();
}

class Output {
  length = 0;
  #bytes = new Uint8Array(FIRST_BYTES);
  readonly #maximum: number;
  constructor(maximum: number) {
    this.#maximum = maximum;
  }

  append(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** Repeats what was written `distance` bytes ago; the copy may overlap itself. */
  repeat(distance: number, count: number): void {
    if (distance === 0 || distance > this.length) throw new RangeError('LZ4 match before the start');
    this.#reserve(count);
    for (let i = 0; i < count; i++) this.#bytes[this.length + i] = this.#bytes[this.length + i - distance]!;
    this.length += count;
  }

  whole(): Uint8Array {
    return this.#bytes.slice(0, this.length);
  }

  #reserve(count: number): void {
    const needed = this.length + count;
    if (needed > this.#maximum) throw new RangeError(`LZ4 data of more than ${this.#maximum} bytes`);
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, 2 * this.#bytes.length));
    larger.set(this.#bytes.subarray(0, this.length));
    this.#bytes = larger;
  }
}

function decodeBlock(block: Uint8Array, output: Output): void {
  let at = 0;
  const next = (): number => {
    if (at >= block.length) throw new RangeError('LZ4 block stops early');
    return block[at++]!;
  };
  const extended = (start: number): number => {
    let count = start;
    if (start !== 15) return count;
    for (let more = 255; more === 255;) count += more = next();
    return count;
  };
  while (at < block.length) {
    const token = next(), literals = extended(token >> 4);
    if (at + literals > block.length) throw new RangeError('LZ4 block stops early');
    output.append(block.subarray(at, at + literals));
    at += literals;
    if (at === block.length) return;
    const distance = next() | (next() << 8);
    output.repeat(distance, extended(token & 15) + 4);
  }
}
