import { findSources } from '../infra/readers/find-sources.ts';
import type { JoinedTable } from '../infra/readers/join-pieces.ts';
import { planPieces, type SourcePiece } from '../infra/readers/plan-pieces.ts';
import { readColumns } from '../infra/readers/read-table.ts';
import type { Column } from '../models/table.ts';
import { putJson } from './artifacts.ts';
import type { DataConfig } from './audit-config.ts';
import { checkDecisions } from './check-decisions.ts';
import { splitColumn, splitOfPart, studyColumns, type StudiedColumns } from './ingest-columns.ts';
import { ingestErrors } from './ingest-errors.ts';
import { storePiece, tableOfPieces } from './ingest-pieces.ts';
import { makeProfile } from './ingest-profile.ts';
import { readingOf, rolesOf } from './ingest-roles.ts';
import { asDataError, assertUnchanged, hashData, hashedData, letGo } from './ingest-sources.ts';
import { checkLater, type LaterChecks } from './later-checks.ts';
import type { Stage, StageContext } from './stage.ts';
import type { ArtifactRef, Json, StageInput, StageOutput } from './types.ts';
import { findUsableRows, type UsableRows } from './usable-rows.ts';
import { writeRows } from './write-dataset.ts';

export interface IngestConfig {
  /** `path` is absolute here. */
  readonly data: DataConfig;
  readonly seed: number;
  readonly checks?: LaterChecks;
}

/** Reading fewer bytes of a text is over in a few seconds: not worth a task. */
const BYTES_PER_TASK = 32 * 1024 * 1024;

type Input = StageInput<IngestConfig>;

interface IngestTask {
  /** Of all the data, as who cut it found it. */
  readonly fingerprint: string;
  readonly piece: SourcePiece;
}

/** Pieces of large data that can be read each by itself. Places in files alone: tasks are remembered by the server. */
export async function ingestTasks({ config }: Input, context: StageContext, bytesPerTask = BYTES_PER_TASK): Promise<readonly Json[]> {
  const found = hashedData(config) ?? await hashData(config, context.signal), { sources, fingerprint } = found;
  try {
    const pieces = await planPieces(sources, { ...readingOf(config.data), signal: context.signal }, bytesPerTask);
    // What is not divided is read from them at once.
    if (pieces.length === 0) return [];
    await assertUnchanged(found);
    letGo(config);
    return pieces.map((piece) => ({ fingerprint, piece }) as unknown as Json);
  } catch (error) {
    letGo(config);
    throw error;
  }
}

async function task({ config }: Input, given: Json, context: StageContext): Promise<StageOutput> {
  const { piece } = given as unknown as IngestTask, onBytes = progressOf(context, 1);
  return storePiece(() => findSources(config.data.path), piece, { ...readingOf(config.data), signal: context.signal, onBytes }, context);
}

/** Joins what was read in pieces; reads all of it where that gives no table. */
async function join(input: Input, pieces: readonly StageOutput[], context: StageContext): Promise<StageOutput> {
  const { config: { data, seed } } = input, joined = await tableOfPieces(pieces, data, context);
  if (joined === null) return run(input, context);
  letGo(input.config);
  return storeAndClose(joined, data, seed, context);
}

/** All of it by one worker in one pass. */
async function run({ config }: Input, context: StageContext): Promise<StageOutput> {
  return storeAndClose(await readWhole(config, context), config.data, config.seed, context);
}

async function readWhole(config: IngestConfig, context: StageContext): Promise<JoinedTable> {
  const { data } = config, found = hashedData(config), options = { ...readingOf(data), signal: context.signal, onBytes: progressOf(context, 0.8) };
  try {
    const read = await asDataError(() => readColumns(data.path, found === undefined ? options : { ...options, sources: found.sources }));
    if (found !== undefined) await assertUnchanged(found).catch((error: unknown) => { read.spill.close(); throw error; });
    return read;
  } finally {
    letGo(config);
  }
}

/**
 * Reads the data file, finds out what its columns hold, sets aside rows that cannot be used, splits the others and stores them.
 * Large data is read in pieces by any worker: files of a pattern, lines of a text, row groups of Parquet. What kind a column is, which words it
 * has, which rows are duplicates or of the train part depends on all rows and is found out by the one who joins; whatever is odd in
 * a piece (a cell too many, a word among numbers, a file that is another one there) makes that one read the whole in one pass, as small data is.
 * Artifacts: `table` (Arrow parts), `summary` (Profile). @throws DataError for what only the owner of the data can mend.
 */
export const ingest: Stage<IngestConfig> = {
  name: 'ingest',
  version: 4,
  async fingerprint({ config, share }, signal) {
    // A piece is known by the hash of its own bytes.
    if (share?.step === 'task') return (share.task as unknown as IngestTask).fingerprint;
    return (await hashData(config, signal)).fingerprint;
  },
  async check({ config }, store, manifest) {
    const { data, seed, checks } = config;
    letGo(config);
    if (checks !== undefined) await checkLater(checks, data, seed, store, manifest);
  },
  // Undivided, the pieces would be stored and read again for nothing.
  run,
  division: { tasks: ingestTasks, task, join },
};

async function storeAndClose(read: JoinedTable, data: DataConfig, seed: number, context: StageContext): Promise<StageOutput> {
  try {
    return await storeRows(read, data, seed, context);
  } finally {
    read.spill.close();
  }
}

/** Profiles and stores what was read. */
export async function storeRows(read: JoinedTable, data: DataConfig, seed: number, context: StageContext): Promise<StageOutput> {
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

async function storeParts(read: JoinedTable, { studied, usable, data, seed }: Stored, context: StageContext): Promise<readonly ArtifactRef[]> {
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

/** Tells of bytes as they are read. whole: the share of the stage's work that reading is. */
function progressOf({ progress }: StageContext, whole: number): (bytes: number, total: number) => void {
  let taken = 0;
  return (bytes, total) => {
    taken += bytes;
    // A file is rarely read twice; the fraction then stays at its end.
    progress({ fraction: Math.min(whole, (whole * taken) / Math.max(1, total)), detail: `${Math.round(taken / 1e6)} MB read` });
  };
}
