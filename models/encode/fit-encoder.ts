import type { CategoryColumn, Column, NumberColumn, Table } from '../table.ts';
import { TRAIN } from '../table.ts';
import { asCategory } from './as-category.ts';
import { fitNumber } from './fit-number.ts';
import { identifierReason } from './identifier.ts';
import type { ColumnRole } from './profile-types.ts';
import type { CategoryCode, ColumnCode, Encoder, NumberCode } from './types.ts';

/** The bucket of levels that are too rare to learn, and of those that the train part never saw. */
export const RARE = '(rare)';
export const MISSING = '(missing)';

/** A level needs this many rows of the train part, and this share of them, to get a feature of its own. */
const RARE_ROWS = 10;
const RARE_SHARE = 0.001;

/** Two numbers are a yes and a no, not a quantity. */
const BINARY = 2;

export interface EncoderOptions {
  readonly numbers: 'standard' | 'quantile';
  readonly rolesOf: (name: string) => readonly ColumnRole[];
}

/**
 * Fits the features of a table on its train rows. Numbers become one standardised (or quantile-normal) feature and a missing indicator
 * where values are missing; categories become one feature a level. What is no feature is named with its reason.
 * split: [table.rows].
 */
export function fitEncoder(table: Table, split: Uint8Array, options: EncoderOptions): Encoder {
  const columns: ColumnCode[] = [], omitted: { name: string; reason: string }[] = [];
  let offset = 0;
  for (const column of table.columns) {
    const reason = reasonAgainst(column, options.rolesOf(column.name));
    const code = reason === null ? fitColumn(column, split, offset, options) : reason;
    if (typeof code === 'string') {
      omitted.push({ name: column.name, reason: code });
    } else {
      columns.push(code);
      offset += code.width;
    }
  }
  return { width: offset, columns, omitted };
}

function reasonAgainst(column: Column, roles: readonly ColumnRole[]): string | null {
  const other = roles.filter((role) => role !== 'feature' && role !== 'protected');
  if (other.length > 0) return other.join(', ');
  return identifierReason(column);
}

/** The column's code, or the reason why it has none. */
function fitColumn(column: Column, split: Uint8Array, offset: number, options: EncoderOptions): ColumnCode | string {
  if (column.kind === 'category') return fitCategory(column, split, offset);
  const category = asCategory(column, BINARY);
  return category === null ? fitNumberColumn(column, split, offset, options) : fitCategory(category, split, offset);
}

function fitNumberColumn(column: NumberColumn, split: Uint8Array, offset: number, options: EncoderOptions): NumberCode | string {
  const { values, name } = column;
  const sorted = values.filter((value, i) => split[i] === TRAIN && !Number.isNaN(value)).sort();
  if (sorted.length === 0) return 'no value in the train part';
  if (sorted[0] === sorted[sorted.length - 1]) return `constant: ${sorted[0]} wherever the train part has a value`;
  const missingIndicator = values.some(Number.isNaN);
  return { kind: 'number', name, offset, width: missingIndicator ? 2 : 1, missingIndicator, ...fitNumber(sorted, options.numbers) };
}

function fitCategory(column: CategoryColumn, split: Uint8Array, offset: number): CategoryCode | string {
  const counts = new Float64Array(column.levels.length);
  let missing = 0, rows = 0;
  for (const [i, code] of column.codes.entries()) {
    if (code < 0) missing++;
    if (split[i] !== TRAIN) continue;
    rows++;
    if (code >= 0) counts[code]!++;
  }
  if (missing === column.codes.length) return 'every value is missing';
  if (column.levels.length === 1 && missing === 0) return `constant: ${JSON.stringify(column.levels[0])}`;
  const floor = Math.max(RARE_ROWS, RARE_SHARE * rows);
  const levels = column.levels.filter((level, code) => counts[code]! >= floor && level !== RARE && level !== MISSING);
  if (levels.length < column.levels.length) levels.push(RARE);
  if (missing > 0) levels.push(MISSING);
  if (levels.length < 2) return `no value is found in ${Math.ceil(floor)} rows of the train part`;
  return { kind: 'category', name: column.name, offset, width: levels.length, levels };
}
