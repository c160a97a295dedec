import type { SchemaElement } from 'hyparquet';
import type { ValueType } from './column-builder.ts';

/** type: what the column's values are; null when they cannot be a column, with what they are instead. */
export type ParquetColumnType = { readonly type: ValueType } | { readonly type: null; readonly found: string };

const NUMBERS = new Set(['INT32', 'INT64', 'FLOAT', 'DOUBLE']);

export function parquetType(element: SchemaElement): ParquetColumnType {
  const { type, converted_type: converted, logical_type: logical, repetition_type: repetition } = element;
  const refuse = (found: string): ParquetColumnType => ({ type: null, found });
  if (repetition === 'REPEATED') return refuse('lists');
  if ((element.num_children ?? 0) > 0) return refuse(converted === 'LIST' || logical?.type === 'LIST' ? 'lists' : converted === 'MAP' || logical?.type === 'MAP' ? 'maps' : 'records of several fields');
  if (logical?.type === 'NULL') return { type: 'none' };
  if (converted === 'DECIMAL' || logical?.type === 'DECIMAL' || logical?.type === 'FLOAT16') return { type: 'number' };
  if (converted === 'DATE' || converted === 'TIMESTAMP_MILLIS' || converted === 'TIMESTAMP_MICROS' || logical?.type === 'TIMESTAMP' || type === 'INT96') return { type: 'text' };
  if (converted === 'INTERVAL' || converted === 'BSON') return refuse(converted.toLowerCase());
  if (logical?.type === 'GEOMETRY' || logical?.type === 'GEOGRAPHY' || logical?.type === 'VARIANT') return refuse(logical.type.toLowerCase());
  if (type === 'BOOLEAN') return { type: 'boolean' };
  if (type !== undefined && NUMBERS.has(type)) return { type: 'number' };
  if (type === 'BYTE_ARRAY' || logical?.type === 'UUID') return { type: 'text' };
  return refuse('bytes');
}
