import type { PackedColumn } from '../infra/readers/packed-column.ts';
import type { Profile } from '../models/encode/profile-types.ts';
import type { Column } from '../models/table.ts';
import type { DataConfig } from './audit-config.ts';

/** Row numbers listed for each reason; the count tells of all. */
const MAXIMUM_LISTED = 1000;

/** Rows that are judged at once, and of a part that is handed on. */
export const PART_ROWS = 65_536;

/** Values without which a row has no place in the audit. */
const NEEDED = ['id', 'weight', 'cluster', 'sequence', 'time'] as const;

const USABLE = -1;

export interface UsableRows {
  readonly count: number;
  readonly unusable: Profile['unusable'];
  /** 0-based rows of the table, 65,536 at a time. */
  parts(): Generator<Uint32Array>;
}

/**
 * Sets aside the rows that are empty, or lack an id, weight, cluster, sequence or time that the configuration names. Nothing is
 * remembered of a row: `parts` judges them again.
 */
export function findUsableRows(columns: readonly PackedColumn[], total: number, data: DataConfig): UsableRows {
  const judge = new RowJudge(columns, data), found = judge.reasons.map((reason) => ({ reason, count: 0, rows: [] as number[] }));
  let count = 0;
  for (const { start, verdicts, size } of judge.ranges(total)) {
    count += size;
    if (verdicts === null) continue;
    for (const [i, verdict] of verdicts.entries()) {
      if (verdict === USABLE) continue;
      count--;
      if (found[verdict]!.count++ < MAXIMUM_LISTED) found[verdict]!.rows.push(start + i);
    }
  }
  return { count, unusable: found.filter((each) => each.count > 0), parts: () => partsOf(judge.ranges(total)) };
}

interface Range {
  readonly start: number;
  readonly size: number;
  /** [size] USABLE, or the position of the reason against it; null when all rows are usable. */
  readonly verdicts: Int8Array | null;
}

class RowJudge {
  readonly reasons: readonly string[];
  readonly #columns: readonly PackedColumn[];
  readonly #needed: readonly PackedColumn[];
  /** A column without a missing value leaves no row empty. */
  readonly #someFull: boolean;

  constructor(columns: readonly PackedColumn[], data: DataConfig) {
    const needed = NEEDED.flatMap((key) => columns.filter((column) => column.name === data[key]).map((column) => ({ key, column })));
    this.#columns = columns;
    this.#needed = needed.map(({ column }) => column);
    this.#someFull = columns.some((column) => column.missing === 0);
    this.reasons = ['every cell is missing', ...needed.map(({ key, column }) => `${key} (column ${column.name}) is missing`)];
  }

  *ranges(total: number): Generator<Range> {
    const isEasy = this.#someFull && this.#needed.every((column) => column.missing === 0);
    for (let start = 0; start < total; start += PART_ROWS) {
      const size = Math.min(PART_ROWS, total - start);
      yield { start, size, verdicts: isEasy ? null : this.#judge(start, start + size) };
    }
  }

  #judge(start: number, end: number): Int8Array {
    const verdicts = new Int8Array(end - start).fill(this.#someFull ? USABLE : 0);
    if (!this.#someFull) for (const column of this.#columns) mark(verdicts, column.read(start, end), (isMissing) => (isMissing ? null : USABLE));
    // A row that lacks several is set aside for the first of them, and an empty one for being empty.
    for (const [i, column] of [...this.#needed.entries()].reverse()) {
      if (column.missing > 0) mark(verdicts, column.read(start, end), (isMissing, before) => (isMissing && before !== 0 ? i + 1 : null));
    }
    return verdicts;
  }
}

function mark(verdicts: Int8Array, column: Column, verdictOf: (isMissing: boolean, before: number) => number | null): void {
  for (let i = 0; i < verdicts.length; i++) {
    const isMissing = column.kind === 'number' ? Number.isNaN(column.values[i]!) : column.codes[i]! < 0;
    verdicts[i] = verdictOf(isMissing, verdicts[i]!) ?? verdicts[i]!;
  }
}

function* partsOf(ranges: Iterable<Range>): Generator<Uint32Array> {
  let part = new Uint32Array(PART_ROWS), filled = 0;
  for (const { start, size, verdicts } of ranges) {
    for (let i = 0; i < size; i++) {
      if (verdicts !== null && verdicts[i] !== USABLE) continue;
      part[filled++] = start + i;
      if (filled < PART_ROWS) continue;
      yield part;
      part = new Uint32Array(PART_ROWS);
      filled = 0;
    }
  }
  if (filled > 0) yield part.slice(0, filled);
}
