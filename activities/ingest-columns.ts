import { packColumn } from '../infra/readers/packed-column.ts';
import type { PackedColumn } from '../infra/readers/packed-column.ts';
import { RowHashes } from '../models/encode/duplicate-rows.ts';
import type { ColumnProfile } from '../models/encode/profile-types.ts';
import { splitOf } from '../models/encode/split.ts';
import { takeRows } from '../models/encode/take-rows.ts';
import type { Column, Table } from '../models/table.ts';
import type { DataConfig } from './audit-config.ts';
import { checkColumn, checkScore } from './ingest-checks.ts';
import { describeColumn } from './ingest-profile.ts';
import { shapeColumn } from './ingest-shape.ts';

export interface PreparedColumns {
  /** Of the usable rows, as they are stored. */
  readonly columns: readonly PackedColumn[];
  readonly profiles: readonly ColumnProfile[];
  /** The columns that labels and decisions are read from. */
  readonly decisive: Table;
  /** [rows] the part of each row, by the hash of its cluster, else its sequence, else its id, else its number. */
  readonly split: Uint8Array;
  /** Rows that are equal to an earlier one in every column but the id. */
  readonly duplicates: number;
}

export interface ReadRows {
  readonly file: string;
  /** All rows of the file. */
  readonly columns: readonly PackedColumn[];
  readonly total: number;
  /** The usable ones. */
  readonly rowNumbers: Uint32Array;
  readonly data: DataConfig;
  readonly seed: number;
}

/**
 * Takes the usable rows of each column, shapes, checks and describes it, and packs it again: one column is unpacked at a time.
 * @throws DataError when a column cannot play the part that the configuration gives it.
 */
export function prepareColumns({ file, columns, total, rowNumbers, data, seed }: ReadRows): PreparedColumns {
  const rows = rowNumbers.length, hashes = new RowHashes(rows), splitBy = data.cluster ?? data.sequence ?? data.id;
  const packed: PackedColumn[] = [], profiles: ColumnProfile[] = [], decisive: Column[] = [];
  let split: Uint8Array | null = null;
  for (const source of columns) {
    const whole = source.read();
    const usable = rows === total ? whole : takeRows({ rows: total, columns: [whole] }, rowNumbers).columns[0]!;
    const { column, note } = shapeColumn(usable, data);
    checkColumn(file, column, rowNumbers, data);
    if (column.name !== data.id) hashes.add(column);
    if (column.name === splitBy) split = splitByColumn(column, data, seed);
    if ([data.label, data.score, data.prediction].includes(column.name)) decisive.push(column);
    profiles.push(describeColumn(column, data, note));
    packed.push(column === whole ? source : packColumn(column));
  }
  const table = { rows, columns: decisive };
  checkScore(file, table, data);
  split ??= Uint8Array.from(rowNumbers, (row) => splitOf(String(row), data.split, seed));
  return { columns: packed, profiles, decisive: table, split, duplicates: hashes.duplicates() };
}

function splitByColumn(column: Column, data: DataConfig, seed: number): Uint8Array {
  if (column.kind === 'number') return Uint8Array.from(column.values, (value) => splitOf(String(value), data.split, seed));
  const parts = column.levels.map((level) => splitOf(level, data.split, seed));
  return Uint8Array.from(column.codes, (code) => parts[code]!);
}
