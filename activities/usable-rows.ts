import type { Profile } from '../models/encode/profile-types.ts';
import type { Column, Table } from '../models/table.ts';
import type { DataConfig } from './audit-config.ts';

/** Row numbers listed for each reason; the count tells of all. */
const MAXIMUM_LISTED = 1000;

/** Values without which a row has no place in the audit. */
const NEEDED = ['id', 'weight', 'cluster', 'sequence', 'time'] as const;

export interface UsableRows {
  /** 0-based rows of the table. */
  readonly rows: Uint32Array;
  readonly unusable: Profile['unusable'];
}

/** Sets aside the rows that are empty, or lack an id, weight, cluster, sequence or time that the configuration names. */
export function findUsableRows(table: Table, data: DataConfig): UsableRows {
  const checks = [{ reason: 'every cell is missing', fails: (row: number) => table.columns.every((column) => isMissing(column, row)) }];
  for (const key of NEEDED) {
    const column = table.columns.find((candidate) => candidate.name === data[key]);
    if (column !== undefined) checks.push({ reason: `${key} (column ${column.name}) is missing`, fails: (row) => isMissing(column, row) });
  }
  const found = checks.map(({ reason }) => ({ reason, count: 0, rows: [] as number[] }));
  const usable: number[] = [];
  for (let row = 0; row < table.rows; row++) {
    const failed = found[checks.findIndex((check) => check.fails(row))];
    if (failed === undefined) usable.push(row);
    else if (failed.count++ < MAXIMUM_LISTED) failed.rows.push(row);
  }
  return { rows: Uint32Array.from(usable), unusable: found.filter((each) => each.count > 0) };
}

function isMissing(column: Column, row: number): boolean {
  return column.kind === 'number' ? Number.isNaN(column.values[row]!) : column.codes[row]! < 0;
}
