import type { Column } from '../table.ts';
import { hashText } from './hash-text.ts';

/** [rows] a 53-bit hash of each row's values, by column name, so that the order of the columns does not matter. */
export function rowContent(columns: readonly Column[], rows: number): Float64Array {
  const low = new Uint32Array(rows), high = new Uint32Array(rows);
  const mix = (row: number, hash: number): void => {
    low[row] = Math.imul(low[row]! ^ (hash >>> 0), 2654435761) >>> 0;
    high[row] = Math.imul(high[row]! ^ Math.floor(hash / 2097152), 1597334677) >>> 0;
    low[row] = (low[row]! ^ (high[row]! >>> 15)) >>> 0;
    high[row] = (high[row]! ^ (low[row]! >>> 13)) >>> 0;
  };
  for (const column of [...columns].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (column.kind === 'category') {
      const missing = hashText(`${column.name} missing`), hashes = column.levels.map((level) => hashText(`${column.name}=${level}`));
      column.codes.forEach((code, row) => mix(row, code < 0 ? missing : hashes[code]!));
    } else {
      const salt = hashText(column.name), bytes = new Float64Array(1), words = new Uint32Array(bytes.buffer);
      column.values.forEach((value, row) => {
        bytes[0] = Number.isNaN(value) ? Number.NaN : value + 0;
        mix(row, (salt ^ words[0]!) >>> 0);
        mix(row, words[1]!);
      });
    }
  }
  return Float64Array.from(low, (value, row) => 4294967296 * (high[row]! & 2097151) + value);
}

/** Unique keys from content: equal rows are counted, `…#2` is the second of its kind. */
export function contentKeys(content: Float64Array): string[] {
  const seen = new Map<number, number>();
  return Array.from(content, (value) => {
    const times = (seen.get(value) ?? 0) + 1;
    seen.set(value, times);
    return times === 1 ? String(value) : `${value}#${times}`;
  });
}
