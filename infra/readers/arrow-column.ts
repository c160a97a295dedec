import { DataType, DateUnit } from 'apache-arrow';
import type { Decimal, Dictionary, Int } from 'apache-arrow';
import type { ValueType } from './column-builder.ts';
import { isoDate } from './iso-time.ts';

type Plain = number | bigint | string | boolean | null;

/** How a column of an Arrow type is read; `type` is null when it cannot be a column, and `found` says what it is. */
export interface ArrowColumn {
  readonly type: ValueType | null;
  readonly found: string;
  readonly read: (value: unknown) => Plain;
}

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
  if (DataType.isDate(type)) return { type: 'text', found, read: (value) => isoMilliseconds(Number(value), (type as { unit: DateUnit }).unit === DateUnit.DAY) };
  if (DataType.isTimestamp(type)) return { type: 'text', found, read: (value) => isoMilliseconds(Number(value), false) };
  if (DataType.isTime(type)) return { type: 'number', found, read: asIs };
  return { type: null, found, read: () => null };
}


/** The library gives dates and times in milliseconds, with what is finer as a fraction. */
function isoMilliseconds(value: number, isDay: boolean): string | null {
  if (isDay) return isoDate(value / 86_400_000);
  const whole = new Date(value);
  return Number.isNaN(whole.getTime()) ? null : whole.toISOString().replace(/\.?0*Z$/, 'Z');
}

/** words: a little-endian two's complement integer of 32-bit words. */
function decimal(words: Uint32Array, scale: number): number {
  let value = 0n;
  for (let i = words.length - 1; i >= 0; i--) value = (value << 32n) | BigInt(words[i]!);
  return Number(BigInt.asIntN(words.length * 32, value)) / 10 ** scale;
}
