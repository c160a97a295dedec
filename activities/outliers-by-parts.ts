import { setImmediate as breathe } from 'node:timers/promises';
import { tableFromIPC } from 'apache-arrow';
import type { Store } from '../infra/store/store.ts';
import type { Encoder } from '../models/encode/types.ts';
import { protectedGroupings } from '../models/latent/protected-groupings.ts';
import type { CleanRows } from '../models/outliers/clean-rows.ts';
import { FEATURE_DETECTORS } from '../models/outliers/detectors.ts';
import type { DetectorScores } from '../models/outliers/combine.ts';
import { calibrate, type FoundOutliers, summariseOutliers } from '../models/outliers/find-outliers.ts';
import { rankRows } from '../models/outliers/rank-rows.ts';
import { type Portfolio, scoreRows } from '../models/outliers/score-rows.ts';
import { artifactsOf, getArtifact, inputOf, readManifest } from './artifacts.ts';
import { loadColumns } from './dataset-parts.ts';
import { encodedParts } from './encoded-parts.ts';
import { sampleEncoded } from './encoded-sample.ts';
import { fillColumns } from './fill-columns.ts';
import { readVectorPart } from './latents-part.ts';
import type { OutliersStageConfig } from './outliers.ts';
import { idsOfRows, takeDatasetRows } from './take-dataset-rows.ts';
import type { StageContext } from './stage.ts';
import type { ArtifactRef, StageInput } from './types.ts';

/** Rows that detectors are fitted to, ranks taken against and reasons found among, when there are more than so many. */
export const MOST_FITTED = 200_000;

export interface LargePortfolio {
  readonly inputs: StageInput['inputs'];
  readonly config: OutliersStageConfig;
  readonly chosen: readonly string[];
  readonly clean: CleanRows | null;
  readonly notes: readonly string[];
  readonly seed: number;
  /** More than `MOST_FITTED`. */
  readonly rows: number;
  readonly mostFitted: number;
}

/** Scores of the network's stages of all rows. */
type GivenScores = readonly { readonly name: string; readonly scores: Float64Array }[];

/**
 * Outliers of a table of which memory does not hold all features: detectors are fitted to a seeded sample of the rows, and so are the
 * surprises and weights by which their scores are combined; then every row is scored, a part at a time. What is held of each row are
 * its scores. Rows have reasons by their rarity among the sample.
 */
export async function findOutliersByParts(portfolio: LargePortfolio, context: StageContext): Promise<FoundOutliers & { readonly rowNumbers: Uint32Array }> {
  const { inputs, config: { outliers, data }, rows, mostFitted } = portfolio, { store } = context, encode = inputOf(inputs, 'encode');
  const given = await givenScores(store, inputs, rows, portfolio.chosen), sample = await sampleEncoded(store, encode, mostFitted, portfolio.seed), sampled = sample.rows!;
  context.signal.throwIfAborted();
  const fitted = fitSample(portfolio, sample.encoded, sampled, given, context), rowNumbers = new Uint32Array(rows);
  const score = await scoreAll(fitted, { store, encode, given, rowNumbers }, context), ranking = rankRows(score);
  given.length = 0;
  context.progress({ fraction: 0.9, detail: 'calibration' });
  const calibration = calibrate(score, portfolio.clean, outliers.fdr), top = ranking.order.slice(0, outliers.top);
  context.progress({ fraction: 0.95, detail: 'reasons' });
  const positions = Uint32Array.from(new Set([...sampled, ...top])).sort(), ids = await idsOfRows(store, inputOf(inputs, 'ingest'), top.slice().sort());
  const { encoder } = sample.encoded, table = await takeDatasetRows(store, inputOf(inputs, 'ingest'), positions, new Set(encoder.columns.map(({ name }) => name)));
  const costs = await Promise.all((inputs.latents ?? []).map((ref) => costsOf(store, ref, positions))), groups = await loadColumns(store, inputOf(inputs, 'ingest'), new Set(data.protected));
  const summary = summariseOutliers({
    score, ranking, calibration, combination: fitted, explained: { columns: inOrder(encoder, table.columns), costs, rows: positions.length, positions },
    groupings: protectedGroupings(groups.table, data.protected, data.bins).single, rowNumbers, idOf: (row) => ids.get(row)!, fdr: outliers.fdr, top: outliers.top,
    notes: [...portfolio.notes, `Detectors were fitted to a sample of ${sampled.length} of ${rows} rows, against which all rows were scored; reasons tell how rare a value is among the sample.`],
  });
  return { score, rank: ranking.rank, pValue: calibration.pValue, qValue: calibration.qValue, flagged: calibration.flagged, summary, rowNumbers };
}

function inOrder<T extends { readonly name: string }>({ columns }: Encoder, table: readonly T[]): T[] {
  return columns.map(({ name }) => table.find((column) => column.name === name)!);
}

function fitSample(portfolio: LargePortfolio, { x, encoder, split }: Awaited<ReturnType<typeof sampleEncoded>>['encoded'], rows: Uint32Array, given: GivenScores, context: StageContext): Portfolio {
  const isClean = portfolio.clean === null ? null : new Set(portfolio.clean.fitted);
  return scoreRows({
    x, numbers: encoder.columns.flatMap((code) => (code.kind === 'number' ? [code.offset] : [])), detectors: FEATURE_DETECTORS.filter(({ name }) => portfolio.chosen.includes(name)),
    given: given.map(({ name, scores }) => ({ name, scores: Float64Array.from(rows, (row) => scores[row]!), parts: split })), seed: portfolio.seed, scored: portfolio.rows,
    fittedRows: isClean === null ? null : Uint32Array.from(rows.keys()).filter((at) => isClean.has(rows[at]!)),
    report: (fraction, detail) => {
      context.signal.throwIfAborted();
      context.progress({ fraction: 0.1 * fraction, detail: `${detail}, on a sample` });
    },
  });
}

interface AllRows {
  readonly store: Store;
  readonly encode: ArtifactRef;
  readonly given: GivenScores;
  /** Filled here. */
  readonly rowNumbers: Uint32Array;
}

async function scoreAll(fitted: Portfolio, { store, encode, given, rowNumbers }: AllRows, { signal, progress }: StageContext): Promise<Float64Array> {
  const all = rowNumbers.length, score = new Float64Array(all);
  let start = 0;
  for await (const part of encodedParts(store, encode)) {
    const rows = part.rowNumbers.length, end = start + rows;
    rowNumbers.set(part.rowNumbers, start);
    score.set(fitted.scoreRows({ values: part.x, rows, columns: part.width }, given.map(({ name, scores }): DetectorScores => ({ name, scores: scores.subarray(start, end), parts: part.split }))), start);
    start = end;
    progress({ fraction: 0.1 + (0.8 * start) / all, detail: `${start} of ${all} rows scored` });
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
