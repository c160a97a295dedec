import { setImmediate as breathe } from 'node:timers/promises';
import { tableFromIPC } from 'apache-arrow';
import type { Store } from '../infra/store/store.ts';
import type { Encoder } from '../models/encode/types.ts';
import { protectedGroupings } from '../models/latent/protected-groupings.ts';
import type { CleanRows } from '../models/outliers/clean-rows.ts';
import { combine, type Combination, type DetectorScores } from '../models/outliers/combine.ts';
import { calibrate, type FoundOutliers, summariseOutliers } from '../models/outliers/find-outliers.ts';
import { rankRows } from '../models/outliers/rank-rows.ts';
import { artifactsOf, getArtifact, inputOf, readManifest, rowsOf } from './artifacts.ts';
import type { OutliersStageConfig } from './audit-config.ts';
import { loadColumns } from './dataset-parts.ts';
import { loadEncoder } from './encoded-parts.ts';
import { at, choosePositions } from './encoded-sample.ts';
import { fillColumns } from './fill-columns.ts';
import { readVectorPart } from './latents-part.ts';
import type { Dataset } from './load-dataset.ts';
import { placesOf, readScores, SCORES_PER_OBJECT, type StoredScores } from './outliers-of-ranges.ts';
import { idsOfRows, takeDatasetRows } from './take-dataset-rows.ts';
import type { StageContext } from './stage.ts';
import type { ArtifactRef, StageInput } from './types.ts';

/** Rows that detectors are fitted to, ranks taken against and reasons found among, when there are more than so many. */
export const MOST_FITTED = 200_000;

export interface LargePortfolio {
  readonly inputs: StageInput['inputs'];
  readonly config: OutliersStageConfig;
  readonly chosen: readonly string[];
  /** What the detectors' tasks gave. */
  readonly own: readonly StoredScores[];
  /** Row numbers and split of all rows. */
  readonly rows: Pick<Dataset, 'rowNumbers' | 'split'>;
  readonly clean: CleanRows | null;
  readonly notes: readonly string[];
  readonly seed: number;
  /** Fewer than there are. */
  readonly mostFitted: number;
}

/** Scores of the network's stages of all rows. */
type GivenScores = readonly { readonly name: string; readonly scores: Float64Array }[];

/**
 * Outliers of a table of which memory holds neither all features nor all detectors' scores: surprises and weights, by which scores are
 * combined, are fitted to the scores of the sample that detectors were fitted to; then the scores of all rows are read and combined some rows
 * at a time. What is held of each row is its combined score, beside those of the network. Rows have reasons by their rarity among the sample.
 */
export async function findOutliersByParts(portfolio: LargePortfolio, context: StageContext): Promise<FoundOutliers & { readonly rowNumbers: Uint32Array }> {
  const { inputs, config: { outliers, data }, mostFitted, rows: { rowNumbers } } = portfolio, { store } = context, rows = rowNumbers.length;
  const given = await givenScores(store, inputs, rows, portfolio.chosen), sampled = choosePositions(rows, mostFitted, portfolio.seed);
  context.signal.throwIfAborted();
  const combination = await combineSample(portfolio, sampled, given, store);
  const score = await scoreAll(combination, portfolio, given, context), ranking = rankRows(score);
  given.length = 0;
  context.progress({ fraction: 0.6, detail: 'calibration' });
  const calibration = calibrate(score, portfolio.clean, outliers.fdr), top = ranking.order.slice(0, outliers.top);
  context.progress({ fraction: 0.8, detail: 'reasons' });
  const positions = Uint32Array.from(new Set([...sampled, ...top])).sort(), ids = await idsOfRows(store, inputOf(inputs, 'ingest'), top.slice().sort());
  const encoder = await loadEncoder(store, inputOf(inputs, 'encode')), table = await takeDatasetRows(store, inputOf(inputs, 'ingest'), positions, new Set(encoder.columns.map(({ name }) => name)));
  const costs = await Promise.all((inputs.latents ?? []).map((ref) => costsOf(store, ref, positions))), groups = await loadColumns(store, inputOf(inputs, 'ingest'), new Set(data.protected));
  const summary = summariseOutliers({
    score, ranking, calibration, combination, explained: { columns: inOrder(encoder, table.columns), costs, rows: positions.length, positions },
    groupings: protectedGroupings(groups.table, data.protected, data.bins).single, rowNumbers, idOf: (row) => ids.get(row)!, fdr: outliers.fdr, top: outliers.top,
    notes: [...portfolio.notes, `Detectors were fitted to a sample of ${sampled.length} of ${rows} rows, against which all rows were scored; reasons tell how rare a value is among the sample.`],
  });
  return { score, rank: ranking.rank, pValue: calibration.pValue, qValue: calibration.qValue, flagged: calibration.flagged, summary, rowNumbers };
}

function inOrder<T extends { readonly name: string }>({ columns }: Encoder, table: readonly T[]): T[] {
  return columns.map(({ name }) => table.find((column) => column.name === name)!);
}

/** How the sample's scores are combined. */
async function combineSample({ own, rows: { split }, clean }: LargePortfolio, sampled: Uint32Array, given: GivenScores, store: Store): Promise<Combination> {
  const scores: DetectorScores[] = [], parts = at(split, sampled);
  for (const { name, sample } of own) scores.push(await readScores(store, name, sample));
  const ofNetwork = given.map((each): DetectorScores => ({ name: each.name, scores: Float64Array.from(sampled, (row) => each.scores[row]!), parts }));
  return combine([...scores, ...ofNetwork], clean === null ? null : placesOf(sampled, new Set(clean.fitted)));
}

/** Rows of each step: those of stored scores, or as many where no detector has any. */
function stepsOf(own: readonly StoredScores[], rows: number): readonly number[] {
  return own[0]?.all.map((ref) => rowsOf([ref])) ?? Array.from({ length: Math.ceil(rows / SCORES_PER_OBJECT) }, (_, i) => Math.min(SCORES_PER_OBJECT, rows - i * SCORES_PER_OBJECT));
}

async function scoreAll(combination: Combination, { own, rows: { split } }: LargePortfolio, given: GivenScores, { store, signal, progress }: StageContext): Promise<Float64Array> {
  const score = new Float64Array(split.length);
  let start = 0;
  for (const [i, rows] of stepsOf(own, score.length).entries()) {
    const end = start + rows, scores = given.map((each): DetectorScores => ({ name: each.name, scores: each.scores.subarray(start, end), parts: split.subarray(start, end) }));
    for (const { name, all } of own) scores.push(await readScores(store, name, [all[i]!]));
    score.set(combination.scoreOf(scores), start);
    start = end;
    progress({ fraction: 0.1 + (0.4 * start) / score.length, detail: `${start.toLocaleString('en-US')} of ${score.length.toLocaleString('en-US')} rows combined` });
    await breathe();
    signal.throwIfAborted();
  }
  return score;
}

/** Reconstruction cost and KL of every row, averaged over training seeds, and −log density. */
async function givenScores(store: Store, inputs: StageInput['inputs'], rows: number, chosen: readonly string[]): Promise<{ name: string; scores: Float64Array }[]> {
  const reconstruction = new Float64Array(rows), kl = new Float64Array(rows), latent = new Float64Array(rows), seeds = inputs.latents ?? [];
  for (const ref of seeds) {
    let start = 0;
    for (const part of artifactsOf(await readManifest(store, ref), 'latents')) {
      const table = tableFromIPC(await getArtifact(store, part)), end = start + table.numRows;
      addTo(reconstruction.subarray(start, end), table.getChild('reconstruction')!.toArray() as Float32Array, seeds.length);
      addTo(kl.subarray(start, end), table.getChild('kl')!.toArray() as Float32Array, seeds.length);
      start = end;
    }
  }
  await fillColumns(store, artifactsOf(await readManifest(store, inputOf(inputs, 'density')), 'density'), { log_density: latent });
  for (let row = 0; row < rows; row++) latent[row] = -latent[row]!;
  return [{ name: 'reconstruction', scores: reconstruction }, { name: 'kl', scores: kl }, { name: 'latent', scores: latent }].filter(({ name }) => chosen.includes(name));
}

function addTo(sum: Float64Array, values: Float32Array, divisor: number): void {
  for (let i = 0; i < sum.length; i++) sum[i]! += values[i]! / divisor;
}

/** [positions, columns] reconstruction costs by column of some rows, which ascend. */
async function costsOf(store: Store, latents: ArtifactRef, positions: Uint32Array): Promise<Float32Array> {
  let taken = 0, start = 0, costs = new Float32Array(0);
  for (const ref of artifactsOf(await readManifest(store, latents), 'columnCost')) {
    const { values, width, rowNumbers } = readVectorPart('column_cost', await getArtifact(store, ref)), end = start + rowNumbers.length;
    if (costs.length === 0) costs = new Float32Array(positions.length * width);
    for (; taken < positions.length && positions[taken]! < end; taken++) costs.set(values.subarray((positions[taken]! - start) * width, (positions[taken]! - start + 1) * width), taken * width);
    start = end;
  }
  return costs;
}
