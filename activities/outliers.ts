import { Table, makeVector, tableToIPC } from 'apache-arrow';
import type { Store } from '../infra/store/store.ts';
import { protectedGroupings } from '../models/latent/protected-groupings.ts';
import type { CleanRows } from '../models/outliers/clean-rows.ts';
import type { DetectorScores } from '../models/outliers/combine.ts';
import { DETECTOR_NAMES, FEATURE_DETECTORS, LATENT_DETECTORS } from '../models/outliers/detectors.ts';
import { type FoundOutliers, findOutliers } from '../models/outliers/find-outliers.ts';
import { fitDetector } from '../models/outliers/score-rows.ts';
import { inputOf, putArtifact, putJson } from './artifacts.ts';
import type { OutliersConfig, OutliersStageConfig } from './audit-config.ts';
import { DataError } from './data-error.ts';
import { countRows, loadColumns } from './dataset-parts.ts';
import { dividedStage, WORTH_A_TASK } from './divided-stage.ts';
import { knownNormal } from './known-normal.ts';
import { columnOf, type Dataset, loadDataset } from './load-dataset.ts';
import { loadDensity } from './load-density.ts';
import { loadEncoded } from './load-encoded.ts';
import { type Latents, loadLatents } from './load-latents.ts';
import { findOutliersByParts, MOST_FITTED } from './outliers-by-parts.ts';
import { numbersOf, readScores, ROWS_PER_TASK, scoreRange, scoresOfRanges, tasksOfRanges } from './outliers-of-ranges.ts';
import type { Stage, StageContext } from './stage.ts';
import type { ArtifactRef, Json, StageInput, StageOutput } from './types.ts';

const PART_ROWS = 1 << 18;
const WITHOUT_NETWORK = `${LATENT_DETECTORS.join(', ')} are left out: these networks were fitted to rows of every label, the anomalies among them, and only detectors fitted to normal rows alone may take part.`;

/** These take longest: begun last, one of them would keep everybody waiting. */
const LONGEST = ['knn', 'gmm', 'knn_wide'];

type Input = StageInput<OutliersStageConfig>;

/** From how many rows on work is shared out, and how. */
export interface OutliersLimits {
  readonly worthATask: number;
  readonly mostFitted: number;
  readonly rowsPerTask: number;
}

const LIMITS: OutliersLimits = { worthATask: WORTH_A_TASK, mostFitted: MOST_FITTED, rowsPerTask: ROWS_PER_TASK };

/** Detectors, and for more rows than they are fitted to at once, detectors and ranges of parts. */
export async function outliersTasks(input: Input, context: StageContext, { worthATask, mostFitted, rowsPerTask } = LIMITS): Promise<readonly Json[]> {
  const { config: { outliers: { detectors, train } }, inputs } = input, rows = await countRows(context.store, inputOf(inputs, 'ingest'));
  const chosen = chosenDetectors(detectors, train === 'normal'), own = FEATURE_DETECTORS.map(({ name }) => name).filter((name) => chosen.includes(name));
  if (rows < worthATask) return [];
  if (rows <= mostFitted) return [...LONGEST.filter((name) => own.includes(name)), ...own.filter((name) => !LONGEST.includes(name))];
  const normal = train === 'normal' ? (await loadLabelled(input, context.store)).clean!.fitted : null;
  return tasksOfRanges(input, { detectors: own, normal, mostFitted, rowsPerTask }, context);
}

/** A detector's name, or a range of parts for one to score. */
function task(input: Input, json: Json, context: StageContext): Promise<StageOutput> {
  return typeof json === 'string' ? scoreByDetector(input, json, context) : scoreRange(input, json, context);
}

/**
 * Every usable row scored by a portfolio of detectors and ranked, with p-values where they can be had and reasons for the strangest rows.
 * Its tasks are the detectors, each of all rows or of ranges of them.
 */
export const outliers: Stage<OutliersStageConfig> = dividedStage<OutliersStageConfig>({ name: 'outliers', version: 7 }, {
  needs: ['ingest', 'encode'], tasks: outliersTasks, task, join: joinOutliers,
});

/** All rows without their columns, and which are known to be normal where `train: normal` asks for it. */
async function loadLabelled({ config: { data, outliers: { train } }, inputs, seed }: Input, store: Store): Promise<Dataset & { readonly clean: CleanRows | null }> {
  const dataset = await loadColumns(store, inputOf(inputs, 'ingest'), new Set(train === 'normal' && data.label !== null ? [data.label] : []));
  return { ...dataset, clean: train === 'normal' ? knownNormal(dataset, seed) : null };
}

/** One detector's score of every row. */
async function scoreByDetector(input: Input, name: string, { store, signal, progress }: StageContext): Promise<StageOutput> {
  const { encoder, x } = await loadEncoded(store, inputOf(input.inputs, 'encode')), detector = FEATURE_DETECTORS.find((each) => each.name === name)!;
  const fittedRows = input.config.outliers.train === 'normal' ? (await loadLabelled(input, store)).clean!.fitted : null;
  const score = fitDetector(detector, { x, numbers: numbersOf(encoder), fittedRows, seed: input.seed }).own((fraction) => { signal.throwIfAborted(); progress({ fraction, detail: name }); });
  return { artifacts: { score: [await putArtifact(store, tableToIPC(new Table({ score: makeVector(score) }), 'file'), score.length)] }, summary: { detector: name } };
}

/** In the order of the table, in which scores are summed. */
async function readPieces(store: Store, pieces: readonly StageOutput[]): Promise<readonly DetectorScores[]> {
  const scores = await Promise.all(pieces.map(({ summary, artifacts }) => readScores(store, String(summary['detector']), artifacts['score']!)));
  return FEATURE_DETECTORS.flatMap(({ name }) => scores.filter((each) => each.name === name));
}

export async function joinOutliers(input: Input, pieces: readonly StageOutput[], context: StageContext, { mostFitted }: Pick<OutliersLimits, 'mostFitted'> = LIMITS): Promise<StageOutput> {
  const { store } = context, rows = await countRows(store, inputOf(input.inputs, 'ingest'));
  const { rowNumbers, ...found } = rows <= mostFitted ? await findAtOnce(input, await readPieces(store, pieces), context) : await findByParts(input, pieces, mostFitted, context);
  const { method, calibrated, flagged, ranked, smallestDetectable } = found.summary;
  return {
    artifacts: { summary: [await putJson(store, found.summary)], scores: await putScores(store, rowNumbers, found) },
    summary: { method, calibrated, flagged, ranked, smallestDetectable },
  };
}

type Found = FoundOutliers & { readonly rowNumbers: Uint32Array };

/** As `findAtOnce`, from scores of detectors that were fitted to a sample of the rows. */
async function findByParts(input: Input, pieces: readonly StageOutput[], mostFitted: number, context: StageContext): Promise<Found> {
  const { config, inputs, seed } = input, chosen = chosenDetectors(config.outliers.detectors, config.outliers.train === 'normal'), own = scoresOfRanges(pieces), { rowNumbers, split, clean } = await loadLabelled(input, context.store);
  return findOutliersByParts({ inputs, config, chosen, own, rows: { rowNumbers, split }, clean, seed, mostFitted, notes: networkNotes(config, chosen) }, context);
}

/** All rows, with all their features and costs in memory. own: scores that the detectors' tasks gave; none: they are computed here. */
async function findAtOnce({ config, inputs, seed }: Input, own: readonly DetectorScores[], { store, signal, progress }: StageContext): Promise<Found> {
  const normal = config.outliers.train === 'normal', chosen = chosenDetectors(config.outliers.detectors, normal);
  const dataset = await loadDataset(store, inputOf(inputs, 'ingest')), { table, rowNumbers, ids } = dataset;
  const { encoder, x, split } = await loadEncoded(store, inputOf(inputs, 'encode'));
  const latents = await latentScores(store, inputs.latents ?? []);
  const { logDensity } = await loadDensity(store, inputOf(inputs, 'density'));
  const given = [...latents.given, { name: 'latent', scores: logDensity.map((value) => -value) }].map((each) => ({ ...each, parts: split }));
  signal.throwIfAborted();
  const found = findOutliers({
    x, numbers: numbersOf(encoder), rowNumbers, ids, seed, costs: latents.costs, ...config.outliers,
    detectors: own.length > 0 ? [] : FEATURE_DETECTORS.filter(({ name }) => chosen.includes(name)), given: [...own, ...given.filter(({ name }) => chosen.includes(name))],
    columns: encoder.columns.map(({ name }) => columnOf(table, name)), clean: normal ? knownNormal(dataset, seed) : null,
    notes: networkNotes(config, chosen),
    groupings: protectedGroupings(table, config.data.protected, config.data.bins).single,
    report: (fraction, detail) => {
      signal.throwIfAborted();
      progress({ fraction, detail });
    },
  });
  return { ...found, rowNumbers };
}

function networkNotes({ outliers: { train, detectors } }: OutliersStageConfig, chosen: readonly string[]): string[] {
  return train === 'normal' && chosen.length < namedDetectors(detectors).length ? [WITHOUT_NETWORK] : [];
}

/** @throws DataError `unknown-detector`, or `no-detector` when normal rows are asked for and only scores of the network are named. */
function chosenDetectors(named: OutliersConfig['detectors'], normal: boolean): readonly string[] {
  const all = namedDetectors(named), chosen = normal ? all.filter((name) => !isLatent(name)) : all;
  if (chosen.length > 0) return chosen;
  throw new DataError('no-detector', `outliers.detectors names ${all.join(', ')}, and outliers.train: normal leaves these out, because the networks were fitted to all rows; name some of ${DETECTOR_NAMES.filter((name) => !isLatent(name)).join(', ')} or use outliers.train: all`);
}

function isLatent(name: string): boolean {
  return LATENT_DETECTORS.some((latent) => latent === name);
}

/** @throws DataError `unknown-detector` */
function namedDetectors(named: OutliersConfig['detectors']): readonly string[] {
  if (named === 'auto') return DETECTOR_NAMES;
  const unknown = named.find((name) => !DETECTOR_NAMES.includes(name));
  if (unknown === undefined && named.length > 0) return named;
  throw new DataError('unknown-detector', `outliers.detectors ${unknown === undefined ? 'is empty' : `names ${JSON.stringify(unknown)}`}; use auto or some of ${DETECTOR_NAMES.join(', ')}`);
}

/** Reconstruction cost and KL of every row, averaged over training seeds, and the costs by column of each seed. */
async function latentScores(store: Store, refs: readonly ArtifactRef[]): Promise<{ given: DetectorScores[]; costs: Float32Array[] }> {
  const bySeed: Latents[] = [];
  for (const ref of refs) bySeed.push(await loadLatents(store, ref));
  if (bySeed.length === 0) throw new Error('the outliers stage needs the manifests of the latents stage');
  const mean = (of: (latents: Latents) => Float32Array): Float64Array =>
    Float64Array.from(of(bySeed[0]!), (_, row) => bySeed.reduce((sum, latents) => sum + of(latents)[row]! / bySeed.length, 0));
  return {
    given: [{ name: 'reconstruction', scores: mean((latents) => latents.reconstruction) }, { name: 'kl', scores: mean((latents) => latents.kl) }],
    costs: bySeed.map((latents) => latents.columnCost),
  };
}

/** Arrow files of `row`, `score`, `rank`, `p_value`, `q_value` and `flagged`, NaN where there is no value. */
async function putScores(store: Store, rowNumbers: Uint32Array, { score, rank, pValue, qValue, flagged }: FoundOutliers): Promise<ArtifactRef[]> {
  const refs: ArtifactRef[] = [];
  for (let start = 0; start < score.length; start += PART_ROWS) {
    const end = start + PART_ROWS;
    const part = new Table({
      row: makeVector(rowNumbers.slice(start, end)), score: makeVector(score.slice(start, end)), rank: makeVector(rank.slice(start, end)),
      p_value: makeVector(pValue.slice(start, end)), q_value: makeVector(qValue.slice(start, end)), flagged: makeVector(flagged.slice(start, end)),
    });
    refs.push(await putArtifact(store, tableToIPC(part, 'file'), part.numRows));
  }
  return refs;
}
