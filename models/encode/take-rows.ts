import type { CategoryColumn, Column, Table } from '../table.ts';

/** The given rows of a table, in that order. Levels that none of them has are left out. rows: indices into the table. */
export function takeRows(table: Table, rows: Uint32Array): Table {
  return { rows: rows.length, columns: table.columns.map((column) => takeColumn(column, rows)) };
}

function takeColumn(column: Column, rows: Uint32Array): Column {
  if (column.kind === 'number') return { ...column, values: Float64Array.from(rows, (row) => column.values[row]!) };
  return withoutUnusedLevels({ ...column, codes: Int32Array.from(rows, (row) => column.codes[row]!) });
}

function withoutUnusedLevels(column: CategoryColumn): CategoryColumn {
  const used = new Uint8Array(column.levels.length);
  for (const code of column.codes) if (code >= 0) used[code] = 1;
  if (used.every((mark) => mark === 1)) return column;
  const renamed = new Int32Array(used.length), levels: string[] = [];
  for (const [code, level] of column.levels.entries()) if (used[code] === 1) renamed[code] = levels.push(level) - 1;
  return { ...column, codes: column.codes.map((code) => (code < 0 ? -1 : renamed[code]!)), levels };
}
