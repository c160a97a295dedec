import type { Profile } from '../models/encode/profile-types.ts';
import type { Column } from '../models/table.ts';
import type { DataConfig } from './audit-config.ts';
import { auditedDecisions } from './audited-decisions.ts';
import { DataError } from './data-error.ts';
import { columnOf } from './ingest-checks.ts';
import type { ShapedColumn } from './ingest-shape.ts';

/** More distinct values than the messages tell of. */
const MOST_VALUES = 1001;

/**
 * Makes sure, before anything is trained, that the audited decisions can be read: on the values that occur, each in one row.
 * file: for the message. @throws DataError
 */
export function checkDecisions(file: string, columns: readonly ShapedColumn[], profile: Profile, data: DataConfig): void {
  // A quantity is predicted, not decided, unless a threshold makes decisions of it.
  if (data.label !== null && profile.label === null && data.threshold === null) return;
  const score = data.score === null ? null : columnOf(columns, data.score), outside = score?.facts.kind === 'number' ? score.facts.firstOutside : null;
  const named = [...new Set([data.score, data.prediction])].filter((name) => name !== null).map((name) => valuesOf(columnOf(columns, name)));
  try {
    auditedDecisions({ table: { rows: 0, columns: named }, rowNumbers: Uint32Array.of(outside?.row ?? 0), split: new Uint8Array(0), ids: [], profile }, data);
  } catch (error) {
    throw error instanceof DataError ? new DataError(error.code, `${file}, ${error.message}`, { cause: error }) : error;
  }
}

/** The values that occur in a column, one in a row; of numbers the ends and the first outside of the range, which stands first. */
function valuesOf({ facts, kind, levels }: ShapedColumn): Column {
  const { name, missing } = facts, gap = missing > 0 || facts.rows === missing ? [Number.NaN] : [];
  if (kind === 'number' && facts.kind === 'number') {
    const { firstOutside, min, max, watched, counts } = facts, ends = min <= max ? [min, max] : [];
    const values = [...(firstOutside === null ? [] : [firstOutside.value]), ...[...counts?.keys() ?? []].slice(0, MOST_VALUES), ...(watched === null ? [] : [watched]), ...ends, ...gap];
    return { kind, name, values: Float64Array.from(values) };
  }
  const known = levels?.map(({ text }) => text) ?? (facts.kind === 'category' ? [...facts.first, ...(facts.watched === null ? [] : [facts.watched])] : []);
  return { kind: 'category', name, levels: known, codes: Int32Array.from([...known.keys(), ...gap.map(() => -1)]) };
}
