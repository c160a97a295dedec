import { EngineError } from './engine-error.ts';

/** `PNMB`, little endian, then the format's version. */
const MAGIC = 0x424d4e50;
const VERSION = 1;
const PREFIX_BYTES = 12;

export interface Packed<Header> {
  readonly header: Header;
  readonly arrays: Readonly<Record<string, Float32Array>>;
}

interface Envelope<Header> {
  readonly header: Header;
  readonly arrays: readonly (readonly [name: string, length: number])[];
}

/**
 * A header and named float32 arrays as one run of bytes: magic, version, header length (three uint32), header in JSON padded with
 * spaces to a multiple of four bytes, arrays in order; little endian throughout. Equal content gives equal bytes.
 */
export function pack<Header>({ header, arrays }: Packed<Header>): Uint8Array {
  const entries = Object.entries(arrays);
  const envelope: Envelope<Header> = { header, arrays: entries.map(([name, values]) => [name, values.length]) };
  const json = new TextEncoder().encode(JSON.stringify(envelope)), headerBytes = Math.ceil(json.length / 4) * 4;
  const total = entries.reduce((sum, [, values]) => sum + values.byteLength, PREFIX_BYTES + headerBytes);
  const bytes = new Uint8Array(total), view = new DataView(bytes.buffer);
  [MAGIC, VERSION, headerBytes].forEach((word, i) => view.setUint32(4 * i, word, true));
  bytes.fill(0x20, PREFIX_BYTES, PREFIX_BYTES + headerBytes);
  bytes.set(json, PREFIX_BYTES);
  let offset = PREFIX_BYTES + headerBytes;
  for (const [, values] of entries) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), offset);
    offset += values.byteLength;
  }
  return bytes;
}

function readEnvelope<Header>(bytes: Uint8Array): { envelope: Envelope<Header>; offset: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < PREFIX_BYTES || view.getUint32(0, true) !== MAGIC) {
    throw new EngineError('bad-bytes', `these ${bytes.length} bytes are no stored model or checkpoint`);
  }
  if (view.getUint32(4, true) !== VERSION) {
    throw new EngineError('bad-bytes', `the model or checkpoint has format version ${view.getUint32(4, true)}; this program reads ${VERSION}`);
  }
  const offset = PREFIX_BYTES + view.getUint32(8, true);
  const json = new TextDecoder().decode(bytes.subarray(PREFIX_BYTES, offset));
  return { envelope: JSON.parse(json) as Envelope<Header>, offset };
}

/** The inverse of `pack`; arrays are copies. @throws EngineError `bad-bytes`. */
export function unpack<Header>(bytes: Uint8Array): Packed<Header> {
  const { envelope, offset: start } = readEnvelope<Header>(bytes);
  const expected = envelope.arrays.reduce((sum, [, length]) => sum + 4 * length, start);
  if (bytes.length !== expected) {
    throw new EngineError('bad-bytes', `the model or checkpoint has ${bytes.length} bytes, its header promises ${expected}`);
  }
  let offset = start;
  const arrays = envelope.arrays.map(([name, length]): [string, Float32Array] => {
    // `slice` of a Node buffer would be a view of a larger one.
    const copy = new Uint8Array(4 * length);
    copy.set(bytes.subarray(offset, offset += 4 * length));
    return [name, new Float32Array(copy.buffer)];
  });
  return { header: envelope.header, arrays: Object.fromEntries(arrays) };
}
