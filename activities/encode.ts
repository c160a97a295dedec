import { writeMatrixPart } from '../infra/readers/matrix-part.ts';
import { SortedNumbers } from '../infra/readers/sorted-numbers.ts';
import { Spill } from '../infra/readers/spill.ts';
import { readTablePart, type TablePart } from '../infra/readers/table-part.ts';
import { encodeRows } from '../models/encode/encode-rows.ts';
import { EncoderFit } from '../models/encode/fit-encoder.ts';
import type { Encoder } from '../models/encode/types.ts';
import { MAXIMUM_OBJECT_BYTES, artifactsOf, getArtifact, getJson, inputOf, putArtifact, readManifest, rowsOf } from './artifacts.ts';
import { DataError } from './data-error.ts';
import { datasetParts, loadProfile } from './dataset-parts.ts';
import { dividedStage, rangesForTasks } from './divided-stage.ts';
import { partsOfSize, rowsBetween } from './parts-of-size.ts';
import type { StageContext } from './stage.ts';
import type { ArtifactRef, Json, StageInput, StageOutput } from './types.ts';

export interface EncodeConfig {
  readonly numbers: 'standard' | 'quantile';
}

const ROWS_PER_PART = 65_536;

/** Beside the features a row takes 5 bytes, and the file's frame some kilobytes. */
const FRAME_BYTES = 64 * 1024;

/** Encoding fewer rows is over before another worker has begun; and no more tasks than this. */
const ROWS_PER_TASK = 1_000_000;

type Input = StageInput<EncodeConfig>;

/** Parts [first, last) to write. */
interface EncodeTask {
  readonly first: number;
  readonly last: number;
  readonly encoder: ArtifactRef;
}

function rowsPerPart({ width }: Encoder): number {
  return Math.max(1, Math.min(ROWS_PER_PART, Math.floor((MAXIMUM_OBJECT_BYTES - FRAME_BYTES) / (4 * width + 5))));
}

/** Fits the encoder, in one pass over the train part's rows, and names ranges of parts to encode. */
export async function encodeTasks({ config, inputs }: Input, context: StageContext, rowsPerTask = ROWS_PER_TASK): Promise<readonly Json[]> {
  const ingest = inputOf(inputs, 'ingest'), spill = new Spill();
  try {
    const encoder = await fit(ingest, config, spill, context);
    if (encoder.width === 0) throw noFeatures(encoder);
    // Written with all digits, unlike documents for people, so that the stored encoder is the one that encoded.
    const stored = await putArtifact(context.store, new TextEncoder().encode(JSON.stringify(encoder))), { usable } = await loadProfile(context.store, ingest);
    return rangesForTasks(Math.ceil(usable / rowsPerPart(encoder)), usable, rowsPerTask).map(([first, last]) => ({ first, last, encoder: stored }) satisfies EncodeTask as unknown as Json);
  } finally {
    spill.close();
  }
}

async function task({ inputs }: Input, json: Json, context: StageContext): Promise<StageOutput> {
  const { first, last, encoder } = json as unknown as EncodeTask, x = await writeParts({ first, last, encoder }, inputOf(inputs, 'ingest'), context);
  return { artifacts: { x, summary: [encoder] }, summary: { rows: rowsOf(x) } };
}

async function join(_: Input, pieces: readonly StageOutput[], { store }: StageContext): Promise<StageOutput> {
  const summary = pieces[0]!.artifacts['summary']!, encoder = await getJson<Encoder>(store, summary[0]!);
  return {
    artifacts: { x: pieces.flatMap(({ artifacts }) => artifacts['x']!), summary },
    summary: { features: encoder.width, columns: encoder.columns.length, omitted: encoder.omitted.length },
  };
}

/**
 * Fits the encoder on the train part and encodes every usable row; ranges of parts are encoded by any worker.
 * Artifacts: `x` (Arrow parts), `summary` (Encoder). @throws DataError `no-features` when no column is left to learn from.
 */
export const encode = dividedStage<EncodeConfig>({ name: 'encode', version: 2 }, { tasks: encodeTasks, task, join });

async function fit(ingest: ArtifactRef, { numbers }: EncodeConfig, spill: Spill, { store, signal }: StageContext): Promise<Encoder> {
  const { columns } = await loadProfile(store, ingest), roles = new Map(columns.map((column) => [column.name, column.roles]));
  const encoderFit = new EncoderFit({ numbers, rolesOf: (name) => roles.get(name) ?? [], sorter: () => new SortedNumbers(spill) });
  for await (const { table, split } of datasetParts(store, ingest)) {
    signal.throwIfAborted();
    encoderFit.add(table, split);
  }
  return encoderFit.finish();
}

async function writeParts({ first, last, encoder: ref }: EncodeTask, ingest: ArtifactRef, { store, signal, progress }: StageContext): Promise<readonly ArtifactRef[]> {
  const encoder = await getJson<Encoder>(store, ref), table = artifactsOf(await readManifest(store, ingest), 'table'), size = rowsPerPart(encoder);
  const refs: ArtifactRef[] = [], from = first * size, to = Math.min(last * size, rowsOf(table)), read = async (i: number): Promise<TablePart> => readTablePart(await getArtifact(store, table[i]!));
  let done = 0;
  for await (const { table: { rows, columns }, rowNumbers, split } of partsOfSize(rowsBetween(table.map(({ rows: own = 0 }) => own), read, from, to), size)) {
    signal.throwIfAborted();
    const part = { x: encodeRows(encoder, { rows, columns }, 0, rows), width: encoder.width, rowNumbers: rowNumbers.slice(), split: split.slice() };
    refs.push(await putArtifact(store, writeMatrixPart(part, ref.sha256), rows));
    done += rows;
    progress({ fraction: done / (to - from), detail: `${from + done} of ${to} rows` });
  }
  return refs;
}

function noFeatures(encoder: Encoder): DataError {
  const reasons = encoder.omitted.map(({ name, reason }) => `${JSON.stringify(name)} (${reason})`).join(', ');
  return new DataError('no-features', `no column is left to learn from: ${reasons}; expected at least one that varies from row to row. Give more rows or columns, or take columns out of data.exclude`);
}
