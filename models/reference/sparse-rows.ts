import type { Matrix } from '../outliers/types.ts';

/** Rows by their non-zero entries (CSR): row i is entries start[i] … start[i + 1] − 1. */
export interface SparseRows {
  readonly rows: number;
  readonly width: number;
  readonly start: Uint32Array;
  readonly columns: Uint32Array;
  readonly values: Float32Array;
}

/** One-hot features are mostly zeros: Adult's 108 columns hold about 14 entries a row. */
export function sparseRows({ values, rows, columns: width }: Matrix): SparseRows {
  let entries = 0;
  for (const value of values) if (value !== 0) entries++;
  const start = new Uint32Array(rows + 1), columns = new Uint32Array(entries), kept = new Float32Array(entries);
  let k = 0;
  for (let row = 0; row < rows; row++) {
    const offset = row * width;
    for (let j = 0; j < width; j++) {
      const value = values[offset + j]!;
      if (value === 0) continue;
      columns[k] = j;
      kept[k++] = value;
    }
    start[row + 1] = k;
  }
  return { rows, width, start, columns, values: kept };
}
