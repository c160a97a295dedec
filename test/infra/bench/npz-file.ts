import { crc32 } from 'node:zlib';

export interface Doubles {
  readonly shape: readonly number[];
  readonly values: Float64Array;
}

const MEMBER = 0x04034b50, DIRECTORY_ENTRY = 0x02014b50, DIRECTORY_END = 0x06054b50;

function npy({ shape, values }: Doubles): Buffer {
  const text = `{'descr': '<f8', 'fortran_order': False, 'shape': (${shape.join(', ')}${shape.length === 1 ? ',' : ''}), }`, length = Math.ceil((10 + text.length + 1) / 64) * 64 - 10;
  const head = Buffer.from(`\u0093NUMPY\u0001\u0000\0\0${text.padEnd(length - 1)}\n`, 'latin1');
  head.writeUInt16LE(length, 8);
  return Buffer.concat([head, Buffer.from(values.buffer, values.byteOffset, values.byteLength)]);
}

/** What both the member and its entry in the directory say. */
function facts(name: string, bytes: Buffer): Buffer {
  const out = Buffer.alloc(26);
  out.writeUInt16LE(20, 0);
  out.writeUInt32LE(crc32(bytes), 10);
  for (const at of [14, 18]) out.writeUInt32LE(bytes.length, at);
  out.writeUInt16LE(name.length, 22);
  return out;
}

function signature(value: number, ...parts: readonly Buffer[]): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt32LE(value);
  return Buffer.concat([head, ...parts]);
}

/** A numpy archive of doubles, not compressed. */
export function npzFile(arrays: Readonly<Record<string, Doubles>>): Buffer {
  const members: Buffer[] = [], entries: Buffer[] = [];
  let at = 0;
  for (const [array, doubles] of Object.entries(arrays)) {
    const name = `${array}.npy`, bytes = npy(doubles), place = Buffer.alloc(14), version = Buffer.from([20, 0]);
    place.writeUInt32LE(at, 10);
    members.push(signature(MEMBER, facts(name, bytes), Buffer.from(name), bytes));
    entries.push(signature(DIRECTORY_ENTRY, version, facts(name, bytes), place, Buffer.from(name)));
    at += members.at(-1)!.length;
  }
  const directory = Buffer.concat(entries), end = Buffer.alloc(18);
  for (const place of [4, 6]) end.writeUInt16LE(entries.length, place);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(at, 12);
  return Buffer.concat([...members, directory, signature(DIRECTORY_END, end)]);
}
