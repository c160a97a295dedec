import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { DataError } from '../../activities/data-error.ts';
import { randomStream } from '../../models/engine/random.ts';
import { sampleRows } from '../../models/outliers/sample-rows.ts';
import type { Matrix } from '../../models/outliers/types.ts';
import { readTable } from '../readers/read-table.ts';

/** A table with known outliers. */
export interface OutlierTable {
  readonly name: string;
  /** As they are in the file. */
  readonly x: Matrix;
  /** [rows] 1 for an outlier. */
  readonly labels: Uint8Array;
}

/** `all`: fitted to all rows, outliers among them, and judged on all. `normal`: fitted to half of the usual rows, judged on the others. */
export const PROTOCOLS = ['all', 'normal'] as const;
export type Protocol = (typeof PROTOCOLS)[number];

/** One table as one seed sees it. */
export interface OutlierTask extends OutlierTable {
  readonly protocol: Protocol;
  readonly seed: number;
  /** Null for all. */
  readonly fitted: Uint32Array | null;
  /** Rows by which scores are judged. */
  readonly judged: Uint32Array;
}

export interface DetectorRun {
  readonly detector: string;
  /** [rows] */
  readonly scores: ArrayLike<number>;
  readonly seconds: number;
}

const READING = { delimiter: 'auto', encoding: 'auto', columns: null, missing: [], wanted: [], asText: new Set<string>(), asNumber: new Set<string>(), lenient: new Set<string>(), unique: null };

/** The npz files of a folder, by name. @throws DataError where there is none. */
export async function outlierTables(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    throw new DataError('no-tables', `${folder} cannot be read: ${(error as Error).message}; name a folder of npz files with X and y`);
  });
  const files = names.filter((name) => name.endsWith('.npz')).sort(new Intl.Collator('en', { numeric: true }).compare);
  if (files.length === 0) throw new DataError('no-tables', `${folder} holds no .npz file; tables as ADBench has them are needed: X, [rows, features], and y, 1 for an outlier`);
  return files.map((name) => join(folder, name));
}

/** A seeded sample of a table where it has more rows. @throws DataError, ReaderError for a file that is no such table. */
export async function readOutlierTable(file: string, mostRows: number, seed: number): Promise<OutlierTable> {
  const { table } = await readTable(file, READING), y = table.columns.find(({ name }) => name === 'y'), features = table.columns.filter(({ name }) => name !== 'y');
  if (y?.kind !== 'number' || !y.values.every((value) => value === 0 || value === 1)) throw new DataError('no-labels', `${file}: y must be there, 0 for usual rows and 1 for outliers`);
  const rows = sampleRows(table.rows, mostRows, randomStream(seed, 'bench/rows')), values = new Float32Array(rows.length * features.length);
  for (const [j, column] of features.entries()) {
    if (column.kind !== 'number') throw new DataError('no-numbers', `${file}: the features of X must be numbers, and ${column.name} are not`);
    for (const [i, row] of rows.entries()) values[i * features.length + j] = column.values[row]!;
  }
  const labels = Uint8Array.from(rows, (row) => y.values[row]!);
  if (new Set(labels).size < 2) throw new DataError('no-labels', `${file}: there must be both outliers and usual rows among the ${rows.length} that were read`);
  return { name: basename(file, '.npz'), x: { values, rows: rows.length, columns: features.length }, labels };
}

/** Mean 0 and standard deviation 1 over the fitted rows; a constant column stays at 0. */
export function standardised({ values, rows, columns }: Matrix, fitted: Uint32Array | null): Matrix {
  const among = fitted ?? Uint32Array.from({ length: rows }, (_, row) => row), out = new Float32Array(values.length);
  for (let j = 0; j < columns; j++) {
    let mean = 0, square = 0;
    for (const row of among) mean += values[row * columns + j]! / among.length;
    for (const row of among) square += (values[row * columns + j]! - mean) ** 2 / among.length;
    const scale = Math.sqrt(square) || 1;
    for (let row = 0; row < rows; row++) out[row * columns + j] = (values[row * columns + j]! - mean) / scale;
  }
  return { values: out, rows, columns };
}
