import { setImmediate as breathe } from 'node:timers/promises';
import type { PackedColumn } from '../infra/readers/packed-column.ts';
import { SortedNumbers } from '../infra/readers/sorted-numbers.ts';
import type { Spill } from '../infra/readers/spill.ts';
import { type ColumnFacts, NumberFacts, TextFacts } from '../models/encode/column-facts.ts';
import { RowHashes } from '../models/encode/duplicate-rows.ts';
import type { ColumnProfile } from '../models/encode/profile-types.ts';
import { hashText, splitOf } from '../models/encode/split.ts';
import { type Column, TEST } from '../models/table.ts';
import type { DataConfig } from './audit-config.ts';
import { describeFacts } from './describe-facts.ts';
import { checkColumn, checkScore } from './ingest-checks.ts';
import { type ShapedColumn, shapeFacts } from './ingest-shape.ts';
import type { UsableRows } from './usable-rows.ts';

export interface StudiedColumns {
  /** In the order of the file. */
  readonly columns: readonly ShapedColumn[];
  readonly profiles: readonly ColumnProfile[];
  /** Usable rows of each part: TRAIN, VALIDATION, TEST. */
  readonly split: readonly [number, number, number];
  /** Rows that are equal to an earlier one in every column but the id. */
  readonly duplicates: number;
}

export interface RowsRead {
  readonly file: string;
  readonly columns: readonly PackedColumn[];
  readonly usable: UsableRows;
  readonly data: DataConfig;
  readonly seed: number;
  readonly spill: Spill;
  readonly signal: AbortSignal;
}

/**
 * Goes through the usable rows once, a part at a time, and tells what each column holds; then checks, shapes and describes the columns.
 * @throws DataError when a column cannot play the part that the configuration gives it.
 */
export async function studyColumns(read: RowsRead): Promise<StudiedColumns> {
  const { file, data, spill } = read, rowHashes = new SortedNumbers(spill);
  const facts = read.columns.map((column) => factsOf(column, data, spill)), split: [number, number, number] = [0, 0, 0];
  for (const rows of read.usable.parts()) {
    const hashes = new RowHashes(rows.length);
    for (const [i, packed] of read.columns.entries()) {
      const part = packed.take(rows);
      add(facts[i]!, part, rows);
      if (packed.name !== data.id) hashes.add(part, part.kind === 'category' && packed.levels === null ? Float64Array.from(part.levels, hashText) : undefined);
      if (packed.name === splitColumn(data)) for (const each of splitOfPart(rows, part, data, read.seed)) split[each]!++;
    }
    if (splitColumn(data) === null) for (const each of splitOfPart(rows, null, data, read.seed)) split[each]!++;
    for (const key of hashes.keys()) rowHashes.add(key);
    await breathe();
    read.signal.throwIfAborted();
  }
  const columns: ShapedColumn[] = [], profiles: ColumnProfile[] = [];
  for (const [i, each] of facts.entries()) {
    const shaped = shapeFacts(each, data);
    checkColumn(file, shaped, data);
    profiles.push(await describeFacts(shaped, read.columns[i]!, read.usable, data));
    columns.push(shaped);
  }
  checkScore(file, columns, data);
  return { columns, profiles, split, duplicates: repeats(rowHashes) };
}

function factsOf({ kind, name, levels }: PackedColumn, data: DataConfig, spill: Spill): ColumnFacts {
  const watched = name === data.label || name === data.prediction ? data.positive : null;
  const options = { sorter: () => new SortedNumbers(spill), watched, range: name === data.score ? data.scoreRange : null };
  return kind === 'number' ? new NumberFacts(name, options) : new TextFacts(name, levels, options);
}

function add(facts: ColumnFacts, part: Column, rows: Uint32Array): void {
  if (facts.kind === 'number' && part.kind === 'number') facts.add(part, rows);
  else if (facts.kind === 'category' && part.kind === 'category') facts.add(part);
}

/** The column whose value decides which part of the data a row belongs to; null for its number. */
export function splitColumn(data: DataConfig): string | null {
  return data.cluster ?? data.sequence ?? data.id;
}

/** TRAIN, VALIDATION or TEST of each row, by the hash of its value in the split's column, else of its number. */
export function splitOfPart(rows: Uint32Array, column: Column | null, { split }: DataConfig, seed: number): Uint8Array {
  if (column === null) return Uint8Array.from(rows, (row) => splitOf(String(row), split, seed));
  if (column.kind === 'number') return Uint8Array.from(column.values, (value) => splitOf(String(value), split, seed));
  const parts = column.levels.map((level) => splitOf(level, split, seed));
  return Uint8Array.from(column.codes, (code) => parts[code] ?? TEST);
}

function repeats(sorted: SortedNumbers): number {
  let found = 0, before = Number.NaN;
  for (const chunk of sorted.chunks()) {
    for (const value of chunk) {
      if (value === before) found++;
      before = value;
    }
  }
  return found;
}
