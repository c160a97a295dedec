import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { readTable } from '../../../infra/readers/read-table.ts';
import type { TableFacts, TableOptions } from '../../../infra/readers/read-table.ts';
import type { Column, Table } from '../../../models/table.ts';

export const OPTIONS: TableOptions = {
  columns: null, delimiter: 'auto', encoding: 'utf-8', missing: ['', '?', 'NA'], wanted: [], asText: new Set(), asNumber: new Set(), lenient: new Set(), unique: null,
};

export type ReadTable = TableFacts & { readonly table: Table };
type Cell = string | number | null;

/** The path of a file that fixtures/make.py wrote. */
export function fixture(name: string): string {
  return fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));
}

/** The cells as a reader of the table would name them. */
export function cells(column: Column | undefined): readonly Cell[] {
  if (column === undefined) return [];
  if (column.kind === 'number') return Array.from(column.values, (value) => (Number.isNaN(value) ? null : value));
  return Array.from(column.codes, (code) => (code < 0 ? null : column.levels[code]!));
}

export function asObject({ table }: { readonly table: Table }): Record<string, readonly Cell[]> {
  return Object.fromEntries(table.columns.map((column) => [column.name, cells(column)]));
}

/** What reading the location fails with; it must be a ReaderError. */
export async function failureOf(location: string, options: Partial<TableOptions> = {}): Promise<{ readonly code: string; readonly message: string }> {
  const error = await readTable(location, { ...OPTIONS, ...options }).then(() => null, (reason: unknown) => reason);
  expect(error).toMatchObject({ name: 'ReaderError' });
  return error as { code: string; message: string };
}
