import { ReaderError } from '../infra/readers/reader-error.ts';
import { findSources } from '../infra/readers/find-sources.ts';
import { readColumns } from '../infra/readers/read-table.ts';
import type { PackedTable } from '../infra/readers/read-table.ts';
import { hashSources, type Source } from '../infra/readers/source.ts';
import type { Column } from '../models/table.ts';
import { putJson } from './artifacts.ts';
import type { DataConfig } from './audit-config.ts';
import { checkDecisions } from './check-decisions.ts';
import { DataError } from './data-error.ts';
import { splitColumn, splitOfPart, studyColumns, type StudiedColumns } from './ingest-columns.ts';
import { ingestErrors } from './ingest-errors.ts';
import { makeProfile } from './ingest-profile.ts';
import { readingOf, rolesOf } from './ingest-roles.ts';
import { checkLater, type LaterChecks } from './later-checks.ts';
import type { Stage, StageContext } from './stage.ts';
import type { ArtifactRef, StageInput, StageOutput } from './types.ts';
import { findUsableRows, type UsableRows } from './usable-rows.ts';
import { writeRows } from './write-dataset.ts';

export interface IngestConfig {
  /** `path` is absolute here. */
  readonly data: DataConfig;
  readonly seed: number;
  readonly checks?: LaterChecks;
}

/**
 * Reads the data file, finds out what its columns hold, sets aside rows that cannot be used, splits the others and stores them.
 * By one worker, in one pass: where a record of a CSV file begins depends on all quotes before it, what kind a column is on all its values,
 * and which rows are duplicates, or of the train part, on all rows; what is read lies packed in a file of this machine, from which parts are
 * then written. Sharing that out would read, or send, the whole table once more for each worker.
 * Artifacts: `table` (Arrow parts), `summary` (Profile). @throws DataError for what only the owner of the data can mend.
 */
export const ingest: Stage<IngestConfig> = {
  name: 'ingest',
  version: 3,
  async fingerprint({ config }, signal) {
    return asDataError(async () => {
      const sources = await findSources(config.data.path);
      // What is far away is fetched once: it is read from the copy that this leaves.
      hashed.set(config, sources);
      return hashSources(sources, signal);
    });
  },
  async check({ config }, store, manifest) {
    const { data, seed, checks } = config;
    letGo(config);
    if (checks !== undefined) await checkLater(checks, data, seed, store, manifest);
  },
  async run({ config }: StageInput<IngestConfig>, context) {
    const { data, seed } = config, read = await asDataError(() => readFile(data, context, hashed.get(config))).finally(() => letGo(config));
    try {
      return await storeRows(read, data, seed, context);
    } finally {
      read.spill.close();
    }
  },
};

/** Profiles and stores what was read. */
export async function storeRows(read: PackedTable, data: DataConfig, seed: number, context: StageContext): Promise<StageOutput> {
  const file = data.path, usable = findUsableRows(read.columns, read.rows, data);
  if (usable.count < 2) throw ingestErrors.noUsableRows(file, usable.count, usable.unusable.map(({ reason, count }) => `${count} where ${reason}`));
  const studied = await studyColumns({ file, columns: read.columns, usable, data, seed, spill: read.spill, signal: context.signal });
  if (studied.split[0] === 0) throw ingestErrors.noTrainRows(file, usable.count);
  const profile = makeProfile({ file, studied, usable, rows: read.rows, data, emptyLines: read.emptyLines, readerNotes: read.notes });
  checkDecisions(file, studied.columns, profile, data);
  const parts = await storeParts(read, { studied, usable, data, seed }, context);
  const { train, validation, test } = profile.split;
  return {
    artifacts: { table: parts, summary: [await putJson(context.store, profile)] },
    summary: { rows: profile.rows, usable: profile.usable, columns: read.columns.length, train, validation, test },
  };
}

interface Stored {
  readonly studied: StudiedColumns;
  readonly usable: UsableRows;
  readonly data: DataConfig;
  readonly seed: number;
}

async function storeParts(read: PackedTable, { studied, usable, data, seed }: Stored, context: StageContext): Promise<readonly ArtifactRef[]> {
  const { columns } = studied, roles = new Map(columns.map(({ facts: { name } }) => [name, rolesOf(name, data)])), refs: ArtifactRef[] = [];
  const splitBy = read.columns.findIndex(({ name }) => name === splitColumn(data)), kinds = columns.map(({ kind }) => kind);
  const shaped = (i: number, rows: Uint32Array): Column => columns[i]!.shape(read.columns[i]!.take(rows));
  let done = 0;
  for (const rows of usable.parts()) {
    const key = splitBy < 0 ? null : shaped(splitBy, rows), split = splitOfPart(rows, key, data, seed);
    const columnOf = (i: number, start: number, end: number): Column => (i === splitBy && key !== null && end - start === rows.length ? key : shaped(i, rows.subarray(start, end)));
    refs.push(...(await writeRows({ rowNumbers: rows, split, kinds, read: (start, end) => columns.map((_, i) => columnOf(i, start, end)) }, roles, context)));
    done += rows.length;
    context.progress({ fraction: 0.9 + (0.1 * done) / usable.count, detail: `${done} of ${usable.count} rows stored` });
  }
  return refs;
}

/** The sources that a configuration's data was hashed from, until they have been read. */
const hashed = new WeakMap<IngestConfig, readonly Source[]>();

function letGo(config: IngestConfig): void {
  for (const source of hashed.get(config) ?? []) source.close?.();
  hashed.delete(config);
}

function readFile(data: DataConfig, context: StageContext, sources: readonly Source[] | undefined): Promise<PackedTable> {
  let taken = 0;
  const onBytes = (bytes: number, total: number): void => {
    taken += bytes;
    // A file is rarely read twice; the fraction then stays at its end.
    context.progress({ fraction: Math.min(0.8, (0.8 * taken) / Math.max(1, total)), detail: `${Math.round(taken / 1e6)} MB read` });
  };
  return readColumns(data.path, { ...readingOf(data), signal: context.signal, onBytes, ...(sources === undefined ? {} : { sources }) });
}

async function asDataError<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw error instanceof ReaderError ? new DataError(error.code, error.message, { cause: error }) : error;
  }
}
