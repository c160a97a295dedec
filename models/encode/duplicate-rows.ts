import type { Column, Table } from '../table.ts';

/**
 * Finds rows that are equal to an earlier one, column by column; missing equals missing. Rows are compared by 53 bits of a hash, so
 * among n rows a false match is expected n²/2⁵⁴ times: 2·10⁻⁴ for two million.
 */
export class RowHashes {
  readonly #high: Uint32Array;
  readonly #low: Uint32Array;
  constructor(rows: number) {
    this.#high = new Uint32Array(rows).fill(0x811c9dc5);
    this.#low = new Uint32Array(rows).fill(0x9e3779b9);
  }

  /** keys: a number for each level, where equal levels have other codes in other columns that rows are compared with. */
  add(column: Column, keys?: Float64Array): void {
    addColumn(column, this.#high, this.#low, keys);
  }

  /** [rows] 53 bits as a whole number. */
  keys(): Float64Array {
    return Float64Array.from(this.#high, (value, row) => value * 0x200000 + (this.#low[row]! >>> 11));
  }

  /** How many rows are equal to an earlier row in every column that was added. */
  duplicates(): number {
    const keys = this.keys().sort();
    let duplicates = 0;
    for (let i = 1; i < keys.length; i++) if (keys[i] === keys[i - 1]) duplicates++;
    return duplicates;
  }
}

/** How many rows are equal to an earlier row in every column but the ignored ones. */
export function countDuplicateRows(table: Table, ignored: ReadonlySet<string> = new Set()): number {
  const hashes = new RowHashes(table.rows);
  for (const column of table.columns) if (!ignored.has(column.name)) hashes.add(column);
  return hashes.duplicates();
}

function addColumn(column: Column, high: Uint32Array, low: Uint32Array, keys?: Float64Array): void {
  const value = new Float64Array(1), bits = new Uint32Array(value.buffer);
  for (let row = 0; row < high.length; row++) {
    // -0 and 0 are one value, and so are all NaN, which stand for missing.
    value[0] = column.kind === 'number' ? column.values[row]! + 0 : keys?.[column.codes[row]!] ?? column.codes[row]!;
    if (Number.isNaN(value[0])) value[0] = Number.NaN;
    high[row] = mix(high[row]!, bits[0]!, bits[1]!);
    low[row] = mix(low[row]! ^ 0x5bd1e995, bits[1]!, bits[0]!);
  }
}

/** Two words into a hash, with the final mix of MurmurHash3 (Appleby, public domain). */
function mix(hash: number, a: number, b: number): number {
  let h = Math.imul(hash ^ a, 0x85ebca6b);
  h = Math.imul((h << 13 | h >>> 19) ^ b, 0xc2b2ae35);
  h ^= h >>> 16;
  return Math.imul(h ^ (h >>> 13), 0x85ebca6b) ^ (h >>> 15);
}
