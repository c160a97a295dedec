import type { PackedColumn } from '../infra/readers/packed-column.ts';
import type { Profile } from '../models/encode/profile-types.ts';
import type { Column } from '../models/table.ts';
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

/**
 * Sets aside the rows that are empty, or lack an id, weight, cluster, sequence or time that the configuration names. Columns are unpacked
 * one at a time.
 */
export function findUsableRows(columns: readonly PackedColumn[], total: number, data: DataConfig): UsableRows {
  // A column without a missing value leaves no row empty.
  const someFull = columns.some((column) => column.missing === 0);
  const present = new Uint8Array(total).fill(Number(someFull)), lacks = new Uint8Array(total);
  const needed = NEEDED.flatMap((key) => columns.filter((column) => column.name === data[key]).map((column) => ({ key, name: column.name })));
  for (const packed of columns) {
    // A row that lacks several is set aside for the first of NEEDED.
    const marks = needed.flatMap(({ name }, i) => (name === packed.name ? [i + 1] : []));
    if (someFull && (marks.length === 0 || packed.missing === 0)) continue;
    const column = packed.read();
    for (let row = 0; row < total; row++) {
      if (!isMissing(column, row)) present[row] = 1;
      else for (const mark of marks) if (lacks[row] === 0 || mark < lacks[row]!) lacks[row] = mark;
    }
  }
  const found = ['every cell is missing', ...needed.map(({ key, name }) => `${key} (column ${name}) is missing`)].map((reason) => ({ reason, count: 0, rows: [] as number[] }));
  const rows = new Uint32Array(total);
  let usable = 0;
  for (let row = 0; row < total; row++) {
    const failed = present[row] === 0 ? found[0] : lacks[row] === 0 ? undefined : found[lacks[row]!];
    if (failed === undefined) rows[usable++] = row;
    else if (failed.count++ < MAXIMUM_LISTED) failed.rows.push(row);
  }
  return { rows: usable === total ? rows : rows.slice(0, usable), unusable: found.filter((each) => each.count > 0) };
}

function isMissing(column: Column, row: number): boolean {
  return column.kind === 'number' ? Number.isNaN(column.values[row]!) : column.codes[row]! < 0;
}
