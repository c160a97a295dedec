import { hashUnit } from '../encode/split.ts';

/** A result repeats a group's name hundreds of times: a cell of a megabyte would make gigabytes of it. */
const LONGEST = 200;
const KEPT = 160;

/** A value as the name of a group: itself, or its beginning with its length and a hash, so that different values keep different names. */
export function shortName(value: string): string {
  if (value.length <= LONGEST) return value;
  const hash = Math.floor(hashUnit(value, 0) * 2 ** 32).toString(16).padStart(8, '0');
  return `${value.slice(0, KEPT).toWellFormed()}… (${value.length} characters, ${hash})`;
}
