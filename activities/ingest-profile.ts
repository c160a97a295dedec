import { columnRemarks } from '../models/encode/column-remarks.ts';
import { identifierReason } from '../models/encode/identifier.ts';
import { markPositive, MISSING_MARK } from '../models/encode/mark-positive.ts';
import { profileColumn } from '../models/encode/profile-column.ts';
import type { ColumnProfile, Profile } from '../models/encode/profile-types.ts';
import { understandLabel } from '../models/encode/understand-label.ts';
import { TEST, TRAIN, VALIDATION } from '../models/table.ts';
import type { Column } from '../models/table.ts';
import type { DataConfig } from './audit-config.ts';
import type { PreparedColumns } from './ingest-columns.ts';
import { ingestErrors } from './ingest-errors.ts';
import { rolesOf } from './ingest-roles.ts';
import { columnOf } from './load-dataset.ts';

const DECIMAL_COMMA = /^[+-]?\d+,\d+$/;

export interface ProfileInput {
  readonly file: string;
  readonly prepared: PreparedColumns;
  /** Data rows in the file. */
  readonly rows: number;
  readonly unusable: Profile['unusable'];
  readonly data: DataConfig;
  readonly emptyLines: number;
  /** What the reader has to say. */
  readonly readerNotes: readonly string[];
}

/** The profile document of a data set. @throws DataError when the label cannot be understood. */
export function makeProfile(input: ProfileInput): Profile {
  const { file, prepared: { decisive, split, profiles: columns }, rows, unusable, data } = input;
  const label = data.label === null ? null : readLabel(file, columnOf(decisive, data.label), data.positive);
  const count = (part: number): number => split.reduce((sum, each) => sum + Number(each === part), 0);
  const notes = [...notesOf(input)];
  if (data.label !== null && label === null) {
    notes.push(`the label ${data.label} has many distinct numbers and data.positive is not set: it is taken as a quantity, and metrics of a yes-or-no label are left out`);
  }
  return { rows, usable: decisive.rows, unusable, split: { train: count(TRAIN), validation: count(VALIDATION), test: count(TEST) }, columns, label, notes };
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

/** What is in a column of the usable rows, with what its owner should know. decided: what was decided about it. */
export function describeColumn(column: Column, data: DataConfig, decided: string | null): ColumnProfile {
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

function* notesOf({ unusable, emptyLines, readerNotes, data, prepared: { profiles, decisive: { rows }, duplicates: copies } }: ProfileInput): Iterable<string> {
  yield* readerNotes;
  if (copies > 0) yield `${copies} of ${rows} rows ${copies === 1 ? 'is' : 'are'} equal to an earlier row in every column${data.id === null ? '' : ' but the id'}: copies, if that is what they are, count more than once here`;
  if (emptyLines > 0) yield `${emptyLines} empty ${emptyLines === 1 ? 'line was' : 'lines were'} passed over`;
  for (const { reason, count } of unusable) yield `${count} ${count === 1 ? 'row' : 'rows'} set aside: ${reason}`;
  if (data.id === null) yield 'no id column: the row number stands for it, so only appended rows keep the split of the others';
  if (data.columns === null && profiles.some((column) => Number.isFinite(Number(column.name)))) {
    yield 'a column has a number for its name: if the file has no header line, name its columns in data.columns';
  }
}
