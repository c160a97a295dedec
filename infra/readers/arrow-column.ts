import { DataType, DateUnit } from 'apache-arrow';
import type { Date_, Decimal, Dictionary, Int, Timestamp } from 'apache-arrow';
import type { ValueType } from './column-builder.ts';
import { isoDate, isoTime } from './iso-time.ts';

type Plain = number | bigint | string | boolean | null;

/** How a column of an Arrow type is read; `type` is null when it cannot be a column, and `found` says what it is. */
export interface ArrowColumn {
  readonly type: ValueType | null;
  readonly found: string;
  readonly read: (value: unknown) => Plain;
  /** Whether `read` takes the value as it is stored, where the library would round it. */
  readonly raw?: boolean;
}

/** Digits of the second by the library's TimeUnit: seconds, milliseconds, microseconds, nanoseconds. */
const UNIT_DIGITS = [0, 3, 6, 9] as const;

const asIs = (value: unknown): Plain => value as Plain;

export function arrowColumn(type: DataType): ArrowColumn {
  const found = String(type);
  if (DataType.isDictionary(type)) return arrowColumn((type as Dictionary).dictionary);
  if (DataType.isNull(type)) return { type: 'none', found, read: () => null };
  if (DataType.isInt(type) && (type as Int).bitWidth <= 64) return { type: 'number', found, read: asIs };
  if (DataType.isFloat(type)) return { type: 'number', found, read: asIs };
  if (DataType.isDecimal(type)) return { type: 'number', found, read: (value) => decimal(value as Uint32Array, (type as Decimal).scale) };
  if (DataType.isBool(type)) return { type: 'boolean', found, read: asIs };
  if (DataType.isUtf8(type) || DataType.isLargeUtf8(type)) return { type: 'text', found, read: asIs };
  if (DataType.isDate(type)) return { type: 'text', found, read: (value) => isoDay(Number(value), (type as Date_).unit) };
  if (DataType.isTimestamp(type)) {
    const digits = UNIT_DIGITS[(type as Timestamp).unit];
    return { type: 'text', found, raw: true, read: (value) => isoTime(value as bigint, digits) };
  }
  if (DataType.isTime(type)) return { type: 'number', found, read: asIs };
  return { type: null, found, read: () => null };
}


/** The library gives dates of either unit in milliseconds. */
function isoDay(milliseconds: number, unit: DateUnit): string | null {
  return unit === DateUnit.DAY ? isoDate(milliseconds / 86_400_000) : isoTime(Math.trunc(milliseconds), 3);
}

/** words: a little-endian two's complement integer of 32-bit words. */
function decimal(words: Uint32Array, scale: number): number {
  let value = 0n;
  for (let i = words.length - 1; i >= 0; i--) value = (value << 32n) | BigInt(words[i]!);
  return Number(BigInt.asIntN(words.length * 32, value)) / 10 ** scale;
}
