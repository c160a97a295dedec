import { damagedErrors } from './damaged-error.ts';

export type NpyValue = number | bigint | boolean | string;

export interface NpyType {
  readonly bytes: number;
  readonly type: 'number' | 'boolean' | 'text';
  readonly read: (view: DataView, offset: number) => NpyValue;
}

const DESCR = /^([<>|=])([fiubUS])(\d+)$/;

/** Texts of more characters than this are no labels. */
const MAXIMUM_TEXT = 16_384;

/**
 * How the values of a numpy dtype are read: floats of 16 to 64 bits, integers with and without sign of 8 to 64, booleans, and texts of
 * fixed width, in either byte order.
 * @throws ReaderError `npz` for any other.
 */
export function npyType(file: string, array: string, descr: string): NpyType {
  const [, order, kind, size] = DESCR.exec(descr) ?? [];
  const bytes = Number(size), little = order !== '>';
  const number = kind === undefined ? undefined : numberReader(`${kind}${size}`, little);
  if (number !== undefined) return { bytes, type: 'number', read: number };
  if (kind === 'b' && bytes === 1) return { bytes, type: 'boolean', read: (view, at) => view.getUint8(at) !== 0 };
  if (kind === 'S' && bytes <= MAXIMUM_TEXT) return { bytes, type: 'text', read: (view, at) => textOf(bytes, (i) => view.getUint8(at + i)) };
  if (kind === 'U' && bytes <= MAXIMUM_TEXT) return { bytes: 4 * bytes, type: 'text', read: (view, at) => textOf(bytes, (i) => view.getUint32(at + 4 * i, little)) };
  const isObject = descr.endsWith('O');
  throw damagedErrors.dtype(file, array, descr, isObject ? 'Python objects would run code when read: save numbers, numpy.savez(FILE, X=features.astype(float), y=labels)' : 'Convert it first: X.astype(float)');
}

function numberReader(name: string, little: boolean): ((view: DataView, offset: number) => number | bigint) | undefined {
  switch (name) {
    case 'f8': return (view, at) => view.getFloat64(at, little);
    case 'f4': return (view, at) => view.getFloat32(at, little);
    case 'f2': return (view, at) => half(view.getUint16(at, little));
    case 'i8': return (view, at) => view.getBigInt64(at, little);
    case 'i4': return (view, at) => view.getInt32(at, little);
    case 'i2': return (view, at) => view.getInt16(at, little);
    case 'i1': return (view, at) => view.getInt8(at);
    case 'u8': return (view, at) => view.getBigUint64(at, little);
    case 'u4': return (view, at) => view.getUint32(at, little);
    case 'u2': return (view, at) => view.getUint16(at, little);
    case 'u1': return (view, at) => view.getUint8(at);
    default: return undefined;
  }
}

/** IEEE 754 binary16. */
export function half(bits: number): number {
  const sign = bits >= 0x8000 ? -1 : 1, exponent = (bits >> 10) & 0x1f, fraction = bits & 0x3ff;
  if (exponent === 0) return sign * 2 ** -24 * fraction;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : Number.NaN;
  return sign * 2 ** (exponent - 15) * (1 + fraction / 1024);
}

/** Zeros at the end are padding. What is no character becomes the replacement character. */
function textOf(length: number, codeAt: (i: number) => number): string {
  let text = '', zeros = '';
  for (let i = 0; i < length; i++) {
    const code = codeAt(i);
    if (code === 0) zeros += '\0';
    else {
      text += zeros + (code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd');
      zeros = '';
    }
  }
  return text;
}
