import type { TablePart } from '../infra/readers/table-part.ts';
import { concatColumns } from '../models/encode/concat-columns.ts';
import type { Column } from '../models/table.ts';

/** The same rows in parts of `size`, the last one smaller. */
export async function* partsOfSize(parts: AsyncIterable<TablePart>, size: number): AsyncGenerator<TablePart> {
  let kept: TablePart | null = null;
  for await (const part of parts) {
    const whole: TablePart = kept === null ? part : joined(kept, part);
    let start = 0;
    for (; whole.table.rows - start >= size; start += size) yield sliced(whole, start, start + size);
    kept = start < whole.table.rows ? sliced(whole, start, whole.table.rows) : null;
  }
  if (kept !== null) yield kept;
}

/** Rows [from, to) of parts whose sizes are known; parts beside them are not read. */
export async function* rowsBetween(sizes: readonly number[], read: (part: number) => Promise<TablePart>, from: number, to: number): AsyncGenerator<TablePart> {
  let start = 0;
  for (const [i, rows] of sizes.entries()) {
    const end = start + rows;
    if (end > from && start < to) yield sliced(await read(i), Math.max(0, from - start), Math.min(rows, to - start));
    start = end;
  }
}

/** The same parts with one of their columns alone, or none. */
export async function* onlyColumns(parts: AsyncIterable<TablePart>, name: string | null): AsyncGenerator<TablePart> {
  for await (const part of parts) yield { ...part, table: { rows: part.table.rows, columns: part.table.columns.filter((column) => column.name === name) } };
}

function joined(a: TablePart, b: TablePart): TablePart {
  const rows = a.table.rows + b.table.rows, rowNumbers = new Uint32Array(rows), split = new Uint8Array(rows);
  for (const [part, start] of [[a, 0], [b, a.table.rows]] as const) {
    rowNumbers.set(part.rowNumbers, start);
    split.set(part.split, start);
  }
  return { table: { rows, columns: a.table.columns.map((column, i) => concatColumns([column, b.table.columns[i]!])) }, rowNumbers, split };
}

function sliced({ table, rowNumbers, split }: TablePart, start: number, end: number): TablePart {
  if (start === 0 && end === table.rows) return { table, rowNumbers, split };
  const slice = (column: Column): Column => (column.kind === 'number' ? { ...column, values: column.values.subarray(start, end) } : { ...column, codes: column.codes.subarray(start, end) });
  return { table: { rows: end - start, columns: table.columns.map(slice) }, rowNumbers: rowNumbers.subarray(start, end), split: split.subarray(start, end) };
}
