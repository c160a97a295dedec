import { ReaderError } from '../infra/readers/reader-error.ts';
import { findSources } from '../infra/readers/find-sources.ts';
import { readTable } from '../infra/readers/read-table.ts';
import type { TableFacts } from '../infra/readers/read-table.ts';
import { hashSources } from '../infra/readers/source.ts';
import { splitOf } from '../models/encode/split.ts';
import { takeRows } from '../models/encode/take-rows.ts';
import { TRAIN } from '../models/table.ts';
import type { Table } from '../models/table.ts';
import { putJson } from './artifacts.ts';
import type { DataConfig } from './audit-config.ts';
import { checkDecisions } from './check-decisions.ts';
import { DataError } from './data-error.ts';
import { checkTable } from './ingest-checks.ts';
import { ingestErrors } from './ingest-errors.ts';
import { makeProfile } from './ingest-profile.ts';
import { readingOf, rolesOf } from './ingest-roles.ts';
import { shapeColumns } from './ingest-shape.ts';
import { columnOf } from './load-dataset.ts';
import type { Stage, StageContext } from './stage.ts';
import type { StageInput } from './types.ts';
import { findUsableRows } from './usable-rows.ts';
import { writeDataset } from './write-dataset.ts';

export interface IngestConfig {
  /** `path` is absolute here. */
  readonly data: DataConfig;
  readonly seed: number;
}

/**
 * Reads the data file, finds out what its columns hold, sets aside rows that cannot be used, splits the others and stores them.
 * Artifacts: `table` (Arrow parts), `summary` (Profile). @throws DataError for what only the owner of the data can mend.
 */
export const ingest: Stage<IngestConfig> = {
  name: 'ingest',
  version: 2,
  async fingerprint({ config }, signal) {
    return asDataError(async () => hashSources(await findSources(config.data.path), signal));
  },
  async run({ config: { data, seed } }: StageInput<IngestConfig>, context) {
    const file = data.path;
    const read = await asDataError(() => readFile(data, context));
    const { rows: rowNumbers, unusable } = findUsableRows(read.table, data);
    if (rowNumbers.length < 2) throw ingestErrors.noUsableRows(file, rowNumbers.length, unusable.map(({ reason, count }) => `${count} where ${reason}`));
    const usable = rowNumbers.length === read.table.rows ? read.table : takeRows(read.table, rowNumbers);
    const { table, notes } = shapeColumns(usable, data);
    checkTable(file, table, rowNumbers, data);
    const split = splitRows(table, rowNumbers, data, seed);
    if (!split.includes(TRAIN)) throw ingestErrors.noTrainRows(file, table.rows);
    const profile = makeProfile({ file, table, rows: read.table.rows, unusable, split, data, columnNotes: notes, emptyLines: read.emptyLines, readerNotes: read.notes });
    checkDecisions(file, { table, rowNumbers, split, profile, ids: [] }, data);
    const roles = new Map(table.columns.map((column) => [column.name, rolesOf(column.name, data)]));
    const parts = await writeDataset({ table, rowNumbers, split }, roles, context);
    const { train, validation, test } = profile.split;
    return {
      artifacts: { table: parts, summary: [await putJson(context.store, profile)] },
      summary: { rows: profile.rows, usable: profile.usable, columns: table.columns.length, train, validation, test },
    };
  },
};

function readFile(data: DataConfig, context: StageContext): Promise<TableFacts & { readonly table: Table }> {
  let taken = 0;
  const onBytes = (bytes: number, total: number): void => {
    taken += bytes;
    // A file is rarely read twice; the fraction then stays at its end.
    context.progress({ fraction: Math.min(0.8, (0.8 * taken) / Math.max(1, total)), detail: `${Math.round(taken / 1e6)} MB read` });
  };
  return readTable(data.path, { ...readingOf(data), signal: context.signal, onBytes });
}

/** [n] the part of each row, by the hash of its cluster, else its sequence, else its id, else its number. */
function splitRows(table: Table, rowNumbers: Uint32Array, data: DataConfig, seed: number): Uint8Array {
  const name = data.cluster ?? data.sequence ?? data.id;
  if (name === null) return Uint8Array.from(rowNumbers, (row) => splitOf(String(row), data.split, seed));
  const column = columnOf(table, name);
  if (column.kind === 'number') return Uint8Array.from(column.values, (value) => splitOf(String(value), data.split, seed));
  const parts = column.levels.map((level) => splitOf(level, data.split, seed));
  return Uint8Array.from(column.codes, (code) => parts[code]!);
}

async function asDataError<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw error instanceof ReaderError ? new DataError(error.code, error.message, { cause: error }) : error;
  }
}
