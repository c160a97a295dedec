import { Table, makeVector, tableToIPC } from 'apache-arrow';
import type { Store } from '../infra/store/store.ts';
import type { Encoder } from '../models/encode/types.ts';
import { protectedGroupings } from '../models/latent/protected-groupings.ts';
import type { DetectorScores } from '../models/outliers/combine.ts';
import { DETECTOR_NAMES, FEATURE_DETECTORS, LATENT_DETECTORS } from '../models/outliers/detectors.ts';
import { type FoundOutliers, findOutliers } from '../models/outliers/find-outliers.ts';
import { detectorScores } from '../models/outliers/score-rows.ts';
import { inputOf, putArtifact, putJson, rowsOf } from './artifacts.ts';
import type { DataConfig, OutliersConfig } from './audit-config.ts';
import { DataError } from './data-error.ts';
import { countRows, loadColumns } from './dataset-parts.ts';
import { dividedStage, WORTH_A_TASK } from './divided-stage.ts';
import { fillColumns } from './fill-columns.ts';
import { knownNormal } from './known-normal.ts';
import { columnOf, loadDataset } from './load-dataset.ts';
import { loadDensity } from './load-density.ts';
import { loadEncoded } from './load-encoded.ts';
import { type Latents, loadLatents } from './load-latents.ts';
import { findOutliersByParts, MOST_FITTED } from './outliers-by-parts.ts';
import type { Stage, StageContext } from './stage.ts';
import type { ArtifactRef, StageInput, StageOutput } from './types.ts';

export interface OutliersStageConfig {
  readonly outliers: OutliersConfig;
  readonly data: DataConfig;
}

const PART_ROWS = 1 << 18;
const WITHOUT_NETWORK = `${LATENT_DETECTORS.join(', ')} are left out: these networks were fitted to rows of every label, the anomalies among them, and only detectors fitted to normal rows alone may take part.`;

/** These take longest: begun last, one of them would keep everybody waiting. */
const LONGEST = ['knn', 'gmm', 'knn_wide'];

/**
 * Every usable row scored by a portfolio of detectors and ranked, with p-values where they can be had and reasons for the strangest rows.
 * Its tasks are the detectors.
 */
export const outliers: Stage<OutliersStageConfig> = dividedStage<OutliersStageConfig>({ name: 'outliers', version: 7 }, {
  needs: ['ingest', 'encode'],
  async tasks({ config: { outliers: { detectors, train } }, inputs }, { store }) {
    const chosen = chosenDetectors(detectors, train === 'normal'), rows = await countRows(store, inputOf(inputs, 'ingest'));
    if (rows < WORTH_A_TASK || rows > MOST_FITTED) return [];
    const own = FEATURE_DETECTORS.map(({ name }) => name).filter((name) => chosen.includes(name));
    return [...LONGEST.filter((name) => own.includes(name)), ...own.filter((name) => !LONGEST.includes(name))];
  },
  task: (input, name, context) => scoreByDetector(input, String(name), context),
  join,
});

/** One detector's score of every row. */
async function scoreByDetector({ config: { data, outliers: { train } }, inputs, seed }: StageInput<OutliersStageConfig>, name: string, { store, signal, progress }: StageContext): Promise<StageOutput> {
  const { encoder, x } = await loadEncoded(store, inputOf(inputs, 'encode')), detector = FEATURE_DETECTORS.find((each) => each.name === name)!;
  const labelled = new Set(data.label === null ? [] : [data.label]);
  const fittedRows = train === 'normal' ? knownNormal(await loadColumns(store, inputOf(inputs, 'ingest'), labelled), seed).fitted : null;
  const score = detectorScores(detector, { x, numbers: numbersOf(encoder), fittedRows, seed, report: (fraction) => { signal.throwIfAborted(); progress({ fraction, detail: name }); } });
  return { artifacts: { score: [await putArtifact(store, tableToIPC(new Table({ score: makeVector(score) }), 'file'), score.length)] }, summary: { detector: name } };
}

/** In the order of the table, in which scores are summed. */
function inOrderOfTable(scores: readonly DetectorScores[]): readonly DetectorScores[] {
  return FEATURE_DETECTORS.flatMap(({ name }) => scores.filter((each) => each.name === name));
}

async function detectorScoresOf(store: Store, { summary, artifacts }: StageOutput): Promise<DetectorScores> {
  const refs = artifacts['score']!, scores = new Float64Array(rowsOf(refs));
  await fillColumns(store, refs, { score: scores });
  return { name: String(summary['detector']), scores };
}

function numbersOf({ columns }: Encoder): number[] {
  return columns.flatMap((code) => (code.kind === 'number' ? [code.offset] : []));
}

async function join(input: StageInput<OutliersStageConfig>, pieces: readonly StageOutput[], context: StageContext): Promise<StageOutput> {
  const { store } = context, rows = await countRows(store, inputOf(input.inputs, 'ingest')), own = inOrderOfTable(await Promise.all(pieces.map((piece) => detectorScoresOf(store, piece))));
  const { rowNumbers, ...found } = rows <= MOST_FITTED ? await findAtOnce(input, own, context) : await findByParts(input, rows, MOST_FITTED, context);
  const { method, calibrated, flagged, ranked, smallestDetectable } = found.summary;
  return {
    artifacts: { summary: [await putJson(store, found.summary)], scores: await putScores(store, rowNumbers, found) },
    summary: { method, calibrated, flagged, ranked, smallestDetectable },
  };
}

type Found = FoundOutliers & { readonly rowNumbers: Uint32Array };

/** As `findAtOnce`, with detectors fitted to a sample of the rows. */
export async function findByParts({ config, inputs, seed }: StageInput<OutliersStageConfig>, rows: number, mostFitted: number, context: StageContext): Promise<Found> {
  const normal = config.outliers.train === 'normal', chosen = chosenDetectors(config.outliers.detectors, normal), { store } = context;
  const clean = normal ? knownNormal(await loadColumns(store, inputOf(inputs, 'ingest'), new Set(config.data.label === null ? [] : [config.data.label])), seed) : null;
  return findOutliersByParts({ inputs, config, chosen, clean, seed, rows, mostFitted, notes: networkNotes(config, chosen) }, context);
}

/** All rows, with all their features and costs in memory. own: scores that the detectors' tasks gave; none: they are computed here. */
async function findAtOnce({ config, inputs, seed }: StageInput<OutliersStageConfig>, own: readonly DetectorScores[], { store, signal, progress }: StageContext): Promise<Found> {
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
