import { columnRemarks } from '../models/encode/column-remarks.ts';
import { countDuplicateRows } from '../models/encode/duplicate-rows.ts';
import { identifierReason } from '../models/encode/identifier.ts';
import { markPositive, MISSING_MARK } from '../models/encode/mark-positive.ts';
import { profileColumn } from '../models/encode/profile-column.ts';
import type { ColumnProfile, Profile } from '../models/encode/profile-types.ts';
import { understandLabel } from '../models/encode/understand-label.ts';
import { TEST, TRAIN, VALIDATION } from '../models/table.ts';
import type { Column, Table } from '../models/table.ts';
import type { DataConfig } from './audit-config.ts';
import { ingestErrors } from './ingest-errors.ts';
import { rolesOf } from './ingest-roles.ts';
import { columnOf } from './load-dataset.ts';

const DECIMAL_COMMA = /^[+-]?\d+,\d+$/;

export interface ProfileInput {
  readonly file: string;
  /** The usable rows. */
  readonly table: Table;
  /** Data rows in the file. */
  readonly rows: number;
  readonly unusable: Profile['unusable'];
  readonly split: Uint8Array;
  readonly data: DataConfig;
  readonly columnNotes: ReadonlyMap<string, string>;
  readonly emptyLines: number;
  /** What the reader has to say. */
  readonly readerNotes: readonly string[];
}

/** The profile document of a data set. @throws DataError when the label cannot be understood. */
export function makeProfile(input: ProfileInput): Profile {
  const { file, table, rows, unusable, split, data, columnNotes } = input;
  const label = data.label === null ? null : readLabel(file, columnOf(table, data.label), data.positive);
  const columns = table.columns.map((column) => describe(column, data, columnNotes.get(column.name) ?? null));
  const count = (part: number): number => split.reduce((sum, each) => sum + Number(each === part), 0);
  const notes = [...notesOf(input)];
  if (data.label !== null && label === null) {
    notes.push(`the label ${data.label} has many distinct numbers and data.positive is not set: it is taken as a quantity, and metrics of a yes-or-no label are left out`);
  }
  return { rows, usable: table.rows, unusable, split: { train: count(TRAIN), validation: count(VALIDATION), test: count(TEST) }, columns, label, notes };
}

function readLabel(file: string, column: Column, positive: string | null): Profile['label'] {
  const reading = understandLabel(column, positive);
  if (reading.kind === 'regression') return null;
  if (reading.kind === 'label') {
    const missing = markPositive(column, reading.positive).reduce((sum, mark) => sum + Number(mark === MISSING_MARK), 0);
    return { column: column.name, positive: reading.positive, how: reading.how, missing };
  }
  switch (reading.problem) {
    case 'few': throw ingestErrors.fewValues(file, column.name, reading.values);
    case 'absent': throw ingestErrors.absentPositive(file, column.name, positive ?? '', reading.values);
    case 'choose': throw ingestErrors.choosePositive(file, column.name, reading.values);
  }
}

function describe(column: Column, data: DataConfig, decided: string | null): ColumnProfile {
  const roles = rolesOf(column.name, data);
  const plain = profileColumn(column, roles, null);
  const notes = decided === null ? [] : [decided];
  if (plain.distinct === 0) notes.push('every value is missing');
  else if (plain.distinct === 1 && plain.missing === 0) notes.push('constant');
  if (column.kind === 'category' && column.levels.some((level) => DECIMAL_COMMA.test(level))) {
    notes.push('some values look like numbers with a decimal comma; they are read as text: write them with a point');
  }
  if (roles.includes('feature')) {
    const identifier = identifierReason(column);
    if (identifier !== null) notes.push(identifier);
    notes.push(...columnRemarks(column).filter(() => identifier === null || column.kind === 'category'));
    if (identifier !== null || plain.distinct < 2 - Number(plain.missing > 0)) notes.push('left out of the features');
  }
  return notes.length === 0 ? plain : { ...plain, note: notes.join('; ') };
}

function* notesOf({ unusable, emptyLines, readerNotes, data, table }: ProfileInput): Iterable<string> {
  yield* readerNotes;
  const copies = countDuplicateRows(table, new Set(data.id === null ? [] : [data.id]));
  if (copies > 0) yield `${copies} of ${table.rows} rows ${copies === 1 ? 'is' : 'are'} equal to an earlier row in every column${data.id === null ? '' : ' but the id'}: copies, if that is what they are, count more than once here`;
  if (emptyLines > 0) yield `${emptyLines} empty ${emptyLines === 1 ? 'line was' : 'lines were'} passed over`;
  for (const { reason, count } of unusable) yield `${count} ${count === 1 ? 'row' : 'rows'} set aside: ${reason}`;
  if (data.id === null) yield 'no id column: the row number stands for it, so only appended rows keep the split of the others';
  if (data.columns === null && table.columns.some((column) => Number.isFinite(Number(column.name)))) {
    yield 'a column has a number for its name: if the file has no header line, name its columns in data.columns';
  }
}
