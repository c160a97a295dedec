import { Table, makeVector, tableToIPC } from 'apache-arrow';
import type { Store } from '../infra/store/store.ts';
import { randomStream } from '../models/engine/random.ts';
import { densityDimensions, fitAgain, FITS, type LatentPoints, mixtureSample, rowsOfPart, selectFit } from '../models/latent/density-fits.ts';
import { type DensityEstimate, estimateDensity, type MixtureFits } from '../models/latent/estimate-density.ts';
import { latentMap } from '../models/latent/latent-map.ts';
import { likelihoodHonesty } from '../models/latent/likelihood-honesty.ts';
import type { Mixture } from '../models/latent/mixture.ts';
import { pointsOf } from '../models/latent/points.ts';
import { protectedGroupings } from '../models/latent/protected-groupings.ts';
import type { SelectedMixture } from '../models/latent/select-mixture.ts';
import { thinRegions } from '../models/latent/thin-regions.ts';
import type { DensitySummary } from '../models/latent/types.ts';
import { TRAIN, type Grouping } from '../models/table.ts';
import { artifactsOf, inputOf, putJson, putArtifact, readManifest, rowsOf } from './artifacts.ts';
import type { DataConfig, DebiasConfig } from './audit-config.ts';
import { loadColumns } from './dataset-parts.ts';
import { dividedStage } from './divided-stage.ts';
import { choosePositions } from './encoded-sample.ts';
import { getExactJson, putExactJson } from './exact-json.ts';
import type { Dataset } from './load-dataset.ts';
import { latentParts, type LatentMeans, loadMeans } from './load-latents.ts';
import type { StageContext } from './stage.ts';
import type { ArtifactRef, Json, StageInput, StageOutput } from './types.ts';

export interface DensityStageConfig {
  readonly density: DebiasConfig['density'];
  readonly protected: readonly string[];
  readonly bins: DataConfig['bins'];
}

/** Of the intervals in the table of thin regions. */
const LEVEL = 0.95;
const PART_ROWS = 1 << 20;
/** Rows that densities are fitted to and compared on; of more rows a sample. */
const MOST_FITTED = 500_000;

/** Sampled rows × dimensions² from which a further fit takes about half a second and more, which is worth a task of its own. */
const WORTH_DIVIDING = 500_000;

type Input = StageInput<DensityStageConfig>;

interface FitTask {
  /** 1 … FITS − 1. */
  readonly fit: number;
  /** The first fit. */
  readonly selected: ArtifactRef;
}

/** What fits are made from, where no rows have to be left out. */
async function latentPoints({ inputs, seed }: Input, { store }: StageContext): Promise<LatentPoints> {
  const [{ mu, units }, { split }] = await Promise.all([loadMeans(store, inputOf(inputs, 'latents')), loadColumns(store, inputOf(inputs, 'ingest'), new Set())]);
  return { mu, units, split, seed };
}

/**
 * The first fit, and a task for each of the others. It is one after the other: a mixture of K components begins from the one of K − 1.
 * None where fits are quick, or where reading the rows takes longer than a fit.
 */
async function tasks(input: Input, context: StageContext): Promise<readonly Json[]> {
  const { store, signal, progress } = context;
  if (rowsOf(artifactsOf(await readManifest(store, inputOf(input.inputs, 'latents')), 'latents')) > MOST_FITTED) return [];
  const latent = await latentPoints(input, context), d = densityDimensions(latent).dimensions.length, sample = Math.min(mixtureSample(d), rowsOfPart(latent.split, TRAIN).length);
  if (sample * d * d < WORTH_DIVIDING) return [];
  const selected = await putExactJson(store, selectFit(latent, (fraction) => {
    signal.throwIfAborted();
    progress({ fraction, detail: 'Gaussian mixture' });
  }));
  return Array.from({ length: FITS - 1 }, (_, i) => ({ fit: i + 1, selected }) satisfies FitTask as unknown as Json);
}

/** One of the further fits. */
async function task(input: Input, json: Json, context: StageContext): Promise<StageOutput> {
  const { fit, selected } = json as unknown as FitTask, { store, signal, progress } = context, { components } = await getExactJson<SelectedMixture>(store, selected);
  const mixture = fitAgain(await latentPoints(input, context), components, fit, () => {
    signal.throwIfAborted();
    progress({ fraction: 0.5, detail: `Gaussian mixture, fit ${fit + 1} of ${FITS}` });
  });
  return { artifacts: { mixture: [await putExactJson(store, { mixture })], selected: [selected] }, summary: { fit } };
}

async function fitsOf(store: Store, pieces: readonly StageOutput[]): Promise<MixtureFits | null> {
  if (pieces.length === 0) return null;
  const further = await Promise.all(pieces.map(({ artifacts }) => getExactJson<{ readonly mixture: Mixture }>(store, artifacts['mixture']![0]!)));
  return { selected: await getExactJson<SelectedMixture>(store, pieces[0]!.artifacts['selected']![0]!), further: further.map(({ mixture }) => mixture) };
}

/** Where the latent space of the first seed is thin: log density of every row, who lies in the thinnest regions, and a map. Its tasks are the further fits. */
export const density = dividedStage<DensityStageConfig>({ name: 'density', version: 3 }, {
  tasks, task, join: async (input, pieces, context) => estimate(input, context, MOST_FITTED, await fitsOf(context.store, pieces)),
});

/** What densities are fitted to: all rows, or a sample of them. Position i of each list belongs to one row. */
interface FittedRows {
  readonly means: LatentMeans;
  readonly split: Uint8Array;
  /** Their positions among all rows; null for all. */
  readonly positions: Uint32Array | null;
  readonly found: DensityEstimate;
}

/** mostFitted: rows that densities are fitted to at once. fits: of the mixture, where all rows are; made here when null. */
export async function estimate({ config, inputs, seed }: Input, { store, signal, progress }: StageContext, mostFitted: number, fits: MixtureFits | null = null): Promise<StageOutput> {
  const dataset = await loadColumns(store, inputOf(inputs, 'ingest'), new Set(config.protected)), latents = inputOf(inputs, 'latents'), { rows } = dataset.table;
  const positions = rows <= mostFitted ? null : choosePositions(rows, mostFitted, seed, 'density rows'), means = await loadMeans(store, latents, positions);
  const split = positions === null ? dataset.split : Uint8Array.from(positions, (row) => dataset.split[row]!);
  const found = estimateDensity({
    mu: means.mu, units: means.units, split, seed, density: config.density, ...(fits === null ? {} : { fits }),
    report: (fraction, detail) => {
      signal.throwIfAborted();
      progress({ fraction, detail });
    },
  });
  const all = positions === null ? found : await densityOfAll(store, latents, rows, found);
  const summary = summarise(dataset, { means, split, positions, found }, all.logDensity, config, seed);
  const chosen = found.candidates.find((candidate) => candidate.chosen)!;
  return {
    artifacts: { summary: [await putJson(store, summary)], density: await putDensity(store, dataset.rowNumbers, all) },
    summary: { density: chosen.name, detail: chosen.detail, active: found.active.length, heldOut: chosen.heldOut, rows },
  };
}

type LogDensities = Pick<DensityEstimate, 'logDensity' | 'histogramLogDensity'>;

async function densityOfAll(store: Store, latents: ArtifactRef, rows: number, found: DensityEstimate): Promise<LogDensities> {
  const logDensity = new Float64Array(rows), histogramLogDensity = new Float64Array(rows);
  let start = 0;
  for await (const { mu, rowNumbers } of latentParts(store, latents)) {
    const own = found.densityOf(mu);
    logDensity.set(own.logDensity, start);
    histogramLogDensity.set(own.histogramLogDensity, start);
    start += rowNumbers.length;
  }
  return { logDensity, histogramLogDensity };
}

function summarise({ table }: Dataset, { means, positions, found }: FittedRows, logDensity: Float64Array, config: DensityStageConfig, seed: number): DensitySummary {
  const { active, dimensions, candidates, bic, mixture, furtherMixtures = [], histogramBins, thinAgreement = null, fits } = found;
  const { single, pairs } = protectedGroupings(table, config.protected, config.bins), groupings = [...single, ...pairs];
  const honesty = likelihoodHonesty(found.logDensity, means.reconstruction);
  const notes = [...(positions === null ? [] : [`Densities were fitted to and compared on a sample of ${positions.length} of ${table.rows} rows; the map shows the sample. Log density and thin shares are of all rows.`]),
    ...found.notes, ...(honesty.note === null ? [] : [honesty.note])];
  if (single.length === 0) notes.push('There is no protected attribute, so thin regions are not broken down by group.');
  const ofSample = (own: readonly Grouping[]): readonly Grouping[] => (positions === null ? own : own.map((each) => ({ ...each, codes: Int32Array.from(positions, (row) => each.codes[row]!) })));
  const map = latentMap(pointsOf(means.mu, means.units, dimensions), { logDensity: found.logDensity, rowNumbers: means.rowNumbers, groupings: ofSample(single), random: randomStream(seed, 'latent map') });
  return { active, dimensions, candidates, bic, mixture, furtherMixtures, histogramBins, thinAgreement, complexityCorrelation: honesty.correlation,
    groups: thinRegions(logDensity, groupings, LEVEL, fits, ofSample(groupings)), map, notes };
}

/** Arrow files of `row`, `log_density` (the chosen density's) and `histogram_log_density`. */
async function putDensity(store: Store, rowNumbers: Uint32Array, { logDensity, histogramLogDensity }: LogDensities): Promise<ArtifactRef[]> {
  const refs: ArtifactRef[] = [];
  for (let start = 0; start < rowNumbers.length; start += PART_ROWS) {
    const part = new Table({
      row: makeVector(rowNumbers.slice(start, start + PART_ROWS)),
      log_density: makeVector(logDensity.slice(start, start + PART_ROWS)),
      histogram_log_density: makeVector(histogramLogDensity.slice(start, start + PART_ROWS)),
    });
    refs.push(await putArtifact(store, tableToIPC(part, 'file'), part.numRows));
  }
  return refs;
}
