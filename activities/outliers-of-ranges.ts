import { setImmediate as breathe } from 'node:timers/promises';
import { makeVector, Table, tableFromIPC, tableToIPC } from 'apache-arrow';
import { readMatrixPart, writeMatrixPart } from '../infra/readers/matrix-part.ts';
import type { Store } from '../infra/store/store.ts';
import type { Encoder } from '../models/encode/types.ts';
import type { DetectorScores } from '../models/outliers/combine.ts';
import { FEATURE_DETECTORS } from '../models/outliers/detectors.ts';
import { fitDetector } from '../models/outliers/score-rows.ts';
import type { Matrix } from '../models/outliers/types.ts';
import { artifactOf, artifactsOf, getArtifact, inputOf, putArtifact, readManifest, rowsOf } from './artifacts.ts';
import { rangesForTasks } from './divided-stage.ts';
import { encodedParts, loadEncoder } from './encoded-parts.ts';
import { sampleEncoded } from './encoded-sample.ts';
import { fillColumns } from './fill-columns.ts';
import type { StageContext } from './stage.ts';
import type { ArtifactRef, Json, StageInput, StageOutput } from './types.ts';

/** Scoring so many rows takes a detector seconds, beside which fitting it once more is little; and no more ranges than `rangesForTasks` gives. */
export const ROWS_PER_TASK = 1_000_000;
/** Scores of a stored object: 2 MiB, of which the join holds one a detector. */
export const SCORES_PER_OBJECT = 1 << 18;
const SAMPLE_BYTES = 32 * 1024 * 1024 - 64 * 1024;
/** Begun last, one of them would keep everybody waiting. */
const LONGEST = ['knn_wide', 'knn', 'gmm'];

/** What detectors are fitted to, stored once for all tasks. */
interface StoredSample {
  /** The sampled rows with their features. */
  readonly sample: readonly ArtifactRef[];
  /** Which of them are known to be normal, where these alone are fitted to; else empty. */
  readonly normal: readonly ArtifactRef[];
}

/** Encoded parts [first, last) to score by one detector, and the sample too where the first part is among them. */
interface ScoreTask extends StoredSample {
  readonly detector: string;
  readonly first: number;
  readonly last: number;
}

export interface TasksOfRanges {
  /** Detectors that are asked for. */
  readonly detectors: readonly string[];
  /** Positions of the rows that detectors are fitted to; null: any. */
  readonly normal: Uint32Array | null;
  /** Rows that a detector is fitted to at most. */
  readonly mostFitted: number;
  readonly rowsPerTask: number;
}

/** Stores the sample and names a task for each detector and range of parts. None without detectors. */
export async function tasksOfRanges({ inputs, seed }: StageInput, { detectors, normal, mostFitted, rowsPerTask }: TasksOfRanges, { store }: StageContext): Promise<readonly Json[]> {
  if (detectors.length === 0) return [];
  const encode = inputOf(inputs, 'encode'), manifest = await readManifest(store, encode), parts = artifactsOf(manifest, 'x');
  const { encoded, rows } = await sampleEncoded(store, encode, mostFitted, seed), isNormal = normal === null ? null : new Set(normal);
  const stored: StoredSample = {
    sample: await putSample(store, encoded, artifactOf(manifest, 'summary').sha256),
    normal: isNormal === null ? [] : [await putArtifact(store, tableToIPC(new Table({ place: makeVector(placesOf(rows!, isNormal)) }), 'file'))],
  };
  const ordered = [...LONGEST.filter((name) => detectors.includes(name)), ...detectors.filter((name) => !LONGEST.includes(name))], ranges = rangesForTasks(parts.length, rowsOf(parts), rowsPerTask);
  return ordered.flatMap((detector) => ranges.map(([first, last]) => ({ detector, first, last, ...stored }) satisfies ScoreTask as unknown as Json));
}

/** Places within a sample of those of its rows that are in a set. */
export function placesOf(sampled: Uint32Array, rows: ReadonlySet<number>): Uint32Array {
  return Uint32Array.from(sampled.keys()).filter((place) => rows.has(sampled[place]!));
}

async function putSample(store: Store, { x: { values, rows, columns: width }, rowNumbers, split }: Awaited<ReturnType<typeof sampleEncoded>>['encoded'], encoder: string): Promise<ArtifactRef[]> {
  const size = Math.max(1, Math.floor(SAMPLE_BYTES / (4 * width + 5))), refs: ArtifactRef[] = [];
  for (let start = 0; start < rows; start += size) {
    const end = Math.min(rows, start + size), part = { x: values.slice(start * width, end * width), width, rowNumbers: rowNumbers.slice(start, end), split: split.slice(start, end) };
    refs.push(await putArtifact(store, writeMatrixPart(part, encoder), end - start));
  }
  return refs;
}

async function readSample(store: Store, { sample, normal }: StoredSample, width: number): Promise<{ x: Matrix; fittedRows: Uint32Array | null }> {
  const rows = rowsOf(sample), values = new Float32Array(rows * width);
  let start = 0;
  for (const ref of sample) {
    const { x } = readMatrixPart(await getArtifact(store, ref));
    values.set(x, start);
    start += x.length;
  }
  const places = normal[0] === undefined ? null : tableFromIPC(await getArtifact(store, normal[0])).getChild('place')!.toArray() as Uint32Array;
  return { x: { values, rows, columns: width }, fittedRows: places };
}

export function numbersOf({ columns }: Encoder): number[] {
  return columns.flatMap((code) => (code.kind === 'number' ? [code.offset] : []));
}

/** One detector's scores of the rows of a range, and of the sample in the first range: `score` and `sampleScore`, float64. */
export async function scoreRange({ inputs, seed }: StageInput, json: Json, { store, signal, progress }: StageContext): Promise<StageOutput> {
  const { detector: name, first, last, sample, normal } = json as unknown as ScoreTask, encode = inputOf(inputs, 'encode');
  const encoder = await loadEncoder(store, encode), parts = artifactsOf(await readManifest(store, encode), 'x'), scores = new Float64Array(rowsOf(parts.slice(first, last)));
  const all = scores.length + (first === 0 ? rowsOf(sample) : 0), tell = (done: number): void => {
    signal.throwIfAborted();
    progress({ fraction: done / all, detail: `${name}, ${done.toLocaleString('en-US')} of ${all.toLocaleString('en-US')} rows` });
  };
  tell(0);
  const fit = fitDetector(FEATURE_DETECTORS.find((each) => each.name === name)!, { ...await readSample(store, { sample, normal }, encoder.width), numbers: numbersOf(encoder), seed, scored: rowsOf(parts) });
  const ofSample = first === 0 ? await putScores(store, fit.own((fraction) => tell(Math.floor(fraction * rowsOf(sample))))) : [];
  let start = 0;
  for await (const { x, rowNumbers, width } of encodedParts(store, encode, first, last)) {
    scores.set(fit.others({ values: x, rows: rowNumbers.length, columns: width }), start);
    start += rowNumbers.length;
    tell(all - scores.length + start);
    await breathe();
  }
  return { artifacts: { score: await putScores(store, scores), sampleScore: ofSample, sample, normal }, summary: { detector: name, first } };
}

async function putScores(store: Store, scores: Float64Array): Promise<ArtifactRef[]> {
  const refs: ArtifactRef[] = [];
  for (let start = 0; start < scores.length; start += SCORES_PER_OBJECT) {
    const part = new Table({ score: makeVector(scores.slice(start, start + SCORES_PER_OBJECT)) });
    refs.push(await putArtifact(store, tableToIPC(part, 'file'), part.numRows));
  }
  return refs;
}

/** What one detector's tasks gave, in the order of the data. */
export interface StoredScores {
  readonly name: string;
  readonly sample: readonly ArtifactRef[];
  readonly all: readonly ArtifactRef[];
}

/** The scores of all tasks, by detectors in the order of the table, whatever the order in which they come. */
export function scoresOfRanges(pieces: readonly StageOutput[]): readonly StoredScores[] {
  return FEATURE_DETECTORS.map(({ name }) => ({ name, own: pieces.filter(({ summary }) => summary['detector'] === name) })).filter(({ own }) => own.length > 0).map(({ name, own }) => {
    const ordered = own.toSorted((a, b) => Number(a.summary['first']) - Number(b.summary['first'])), refs = (artifact: string): ArtifactRef[] => ordered.flatMap(({ artifacts }) => artifacts[artifact]!);
    return { name, sample: refs('sampleScore'), all: refs('score') };
  });
}

export async function readScores(store: Store, name: string, refs: readonly ArtifactRef[]): Promise<DetectorScores> {
  const scores = new Float64Array(rowsOf(refs));
  await fillColumns(store, refs, { score: scores });
  return { name, scores };
}
