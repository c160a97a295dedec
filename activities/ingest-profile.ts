import type { Profile } from '../models/encode/profile-types.ts';
import { understandValues } from '../models/encode/understand-label.ts';
import type { DataConfig } from './audit-config.ts';
import { columnOf, labelValues } from './ingest-checks.ts';
import type { StudiedColumns } from './ingest-columns.ts';
import { ingestErrors } from './ingest-errors.ts';
import type { ShapedColumn } from './ingest-shape.ts';
import type { UsableRows } from './usable-rows.ts';

export interface ProfileInput {
  readonly file: string;
  readonly studied: StudiedColumns;
  readonly usable: UsableRows;
  /** Data rows in the file. */
  readonly rows: number;
  readonly data: DataConfig;
  readonly emptyLines: number;
  /** What the reader has to say. */
  readonly readerNotes: readonly string[];
}

/** The profile document of a data set. @throws DataError when the label cannot be understood. */
export function makeProfile(input: ProfileInput): Profile {
  const { file, studied: { columns, profiles, split: [train, validation, test] }, rows, usable: { count, unusable }, data } = input;
  const label = data.label === null ? null : readLabel(file, columnOf(columns, data.label), data.positive);
  const notes = [...notesOf(input)];
  if (data.label !== null && label === null) {
    notes.push(`the label ${data.label} has many distinct numbers and data.positive is not set: it is taken as a quantity, and metrics of a yes-or-no label are left out`);
  }
  return { rows, usable: count, unusable, split: { train, validation, test }, columns: profiles, label, notes };
}

function readLabel(file: string, column: ShapedColumn, positive: string | null): Profile['label'] {
  const reading = understandValues(labelValues(column), positive), { name, missing } = column.facts;
  if (reading.kind === 'regression') return null;
  if (reading.kind === 'label') return { column: name, positive: reading.positive, how: reading.how, missing };
  switch (reading.problem) {
    case 'few': throw ingestErrors.fewValues(file, name, reading.values);
    case 'absent': throw ingestErrors.absentPositive(file, name, positive ?? '', reading.values);
    case 'choose': throw ingestErrors.choosePositive(file, name, reading.values);
  }
}

function* notesOf({ usable: { count: rows, unusable }, emptyLines, readerNotes, data, studied: { profiles, duplicates: copies } }: ProfileInput): Iterable<string> {
  yield* readerNotes;
  if (copies > 0) yield `${copies} of ${rows} rows ${copies === 1 ? 'is' : 'are'} equal to an earlier row in every column${data.id === null ? '' : ' but the id'}: copies, if that is what they are, count more than once here`;
  if (emptyLines > 0) yield `${emptyLines} empty ${emptyLines === 1 ? 'line was' : 'lines were'} passed over`;
  for (const { reason, count } of unusable) yield `${count} ${count === 1 ? 'row' : 'rows'} set aside: ${reason}`;
  if (data.id === null) yield 'no id column: the row number stands for it, so only appended rows keep the split of the others';
  if (data.columns === null && profiles.some((column) => Number.isFinite(Number(column.name)))) {
    yield 'a column has a number for its name: if the file has no header line, name its columns in data.columns';
  }
}
