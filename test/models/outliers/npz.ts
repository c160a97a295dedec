import { readFileSync } from 'node:fs';
import { inflateRawSync } from 'node:zlib';

export interface NpyArray {
  readonly shape: readonly number[];
  readonly values: Float64Array;
}

const READERS: Readonly<Record<string, readonly [number, (view: DataView, at: number) => number]>> = {
  '<f8': [8, (view, at) => view.getFloat64(at, true)], '<f4': [4, (view, at) => view.getFloat32(at, true)],
  '<i8': [8, (view, at) => Number(view.getBigInt64(at, true))], '<i4': [4, (view, at) => view.getInt32(at, true)],
  '<i2': [2, (view, at) => view.getInt16(at, true)], '|u1': [1, (view, at) => view.getUint8(at)], '|i1': [1, (view, at) => view.getInt8(at)],
};

function parseNpy(bytes: Buffer): NpyArray {
  const long = bytes[6]! > 1;
  const start = long ? 12 + bytes.readUInt32LE(8) : 10 + bytes.readUInt16LE(8);
  const header = bytes.subarray(long ? 12 : 10, start).toString('latin1');
  const type = /'descr': '([^']+)'/.exec(header)![1]!, fortran = header.includes("'fortran_order': True");
  const shape = /'shape': \(([^)]*)\)/.exec(header)![1]!.split(',').filter((part) => part.trim() !== '').map(Number);
  const [size, read] = READERS[type]!;
  const view = new DataView(bytes.buffer, bytes.byteOffset + start);
  const [rows = 1, columns = 1] = shape, values = new Float64Array(rows * columns);
  for (let i = 0; i < values.length; i++) {
    const at = fortran ? (i % columns) * rows + Math.floor(i / columns) : i;
    values[i] = read(view, at * size);
  }
  return { shape, values };
}

/** The arrays of a NumPy archive, for tests: reads the central directory, so that sizes are known. */
export function readNpz(path: string): Map<string, NpyArray> {
  const bytes = readFileSync(path), end = bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  const arrays = new Map<string, NpyArray>();
  let at = bytes.readUInt32LE(end + 16);
  for (let entry = 0; entry < bytes.readUInt16LE(end + 10); entry++) {
    const method = bytes.readUInt16LE(at + 10), packed = bytes.readUInt32LE(at + 20), nameLength = bytes.readUInt16LE(at + 28);
    const name = bytes.subarray(at + 46, at + 46 + nameLength).toString();
    const local = bytes.readUInt32LE(at + 42), start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    const data = bytes.subarray(start, start + packed);
    arrays.set(name.replace(/\.npy$/, ''), parseNpy(method === 0 ? Buffer.from(data) : inflateRawSync(data)));
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return arrays;
}
