import { ReaderError } from '../infra/readers/reader-error.ts';
import { findSources } from '../infra/readers/find-sources.ts';
import { readColumns } from '../infra/readers/read-table.ts';
import type { PackedTable } from '../infra/readers/read-table.ts';
import { hashSources } from '../infra/readers/source.ts';
import { TRAIN } from '../models/table.ts';
import { putJson } from './artifacts.ts';
import type { DataConfig } from './audit-config.ts';
import { checkDecisions } from './check-decisions.ts';
import { DataError } from './data-error.ts';
import { prepareColumns } from './ingest-columns.ts';
import { ingestErrors } from './ingest-errors.ts';
import { makeProfile } from './ingest-profile.ts';
import { readingOf, rolesOf } from './ingest-roles.ts';
import { checkLater, type LaterChecks } from './later-checks.ts';
import type { Stage, StageContext } from './stage.ts';
import type { StageInput } from './types.ts';
import { findUsableRows } from './usable-rows.ts';
import { writeColumns } from './write-dataset.ts';

export interface IngestConfig {
  /** `path` is absolute here. */
  readonly data: DataConfig;
  readonly seed: number;
  readonly checks?: LaterChecks;
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
  async check({ config: { data, seed, checks } }, store, manifest) {
    if (checks !== undefined) await checkLater(checks, data, seed, store, manifest);
  },
  async run({ config: { data, seed } }: StageInput<IngestConfig>, context) {
    const file = data.path;
    const read = await asDataError(() => readFile(data, context));
    const { rows: rowNumbers, unusable } = findUsableRows(read.columns, read.rows, data);
    if (rowNumbers.length < 2) throw ingestErrors.noUsableRows(file, rowNumbers.length, unusable.map(({ reason, count }) => `${count} where ${reason}`));
    const prepared = prepareColumns({ file, columns: read.columns, total: read.rows, rowNumbers, data, seed });
    const { columns, decisive, split } = prepared;
    if (!split.includes(TRAIN)) throw ingestErrors.noTrainRows(file, rowNumbers.length);
    const profile = makeProfile({ file, prepared, rows: read.rows, unusable, data, emptyLines: read.emptyLines, readerNotes: read.notes });
    checkDecisions(file, { table: decisive, rowNumbers, split, profile, ids: [] }, data);
    const roles = new Map(columns.map((column) => [column.name, rolesOf(column.name, data)]));
    const parts = await writeColumns({ columns, rowNumbers, split }, roles, context);
    const { train, validation, test } = profile.split;
    return {
      artifacts: { table: parts, summary: [await putJson(context.store, profile)] },
      summary: { rows: profile.rows, usable: profile.usable, columns: columns.length, train, validation, test },
    };
  },
};

function readFile(data: DataConfig, context: StageContext): Promise<PackedTable> {
  let taken = 0;
  const onBytes = (bytes: number, total: number): void => {
    taken += bytes;
    // A file is rarely read twice; the fraction then stays at its end.
    context.progress({ fraction: Math.min(0.8, (0.8 * taken) / Math.max(1, total)), detail: `${Math.round(taken / 1e6)} MB read` });
  };
  return readColumns(data.path, { ...readingOf(data), signal: context.signal, onBytes });
}

async function asDataError<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw error instanceof ReaderError ? new DataError(error.code, error.message, { cause: error }) : error;
  }
}
