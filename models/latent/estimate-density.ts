import { randomStream } from '../engine/random.ts';
import { sampleRows } from '../outliers/sample-rows.ts';
import { TEST, TRAIN, VALIDATION } from '../table.ts';
import { chooseDensity } from './choose-density.ts';
import { fitAgreement, meanLogDensity } from './fit-agreement.ts';
import { type HistogramDensity, fitHistograms, histogramLogDensity, selectHistograms } from './histogram-density.ts';
import { type Mixture, mixtureComponents, mixtureLogDensity } from './mixture.ts';
import { activeUnits, pointsOf, type Points, takePoints } from './points.ts';
import { refitMixture, type SelectedMixture, selectMixture } from './select-mixture.ts';
import type { DensitySummary } from './types.ts';

export interface DensityInput {
  /** [n, units] */
  readonly mu: Float32Array;
  readonly units: number;
  /** [n] TRAIN, VALIDATION or TEST */
  readonly split: Uint8Array;
  readonly seed: number;
  readonly density: 'auto' | 'histogram' | 'gmm';
  readonly report?: (fraction: number, detail: string) => void;
}

export interface DensityEstimate extends Pick<DensitySummary, 'active' | 'dimensions' | 'candidates' | 'bic' | 'mixture' | 'furtherMixtures' | 'histogramBins' | 'thinAgreement' | 'notes'> {
  /** [n] by the chosen density, in nats. */
  readonly logDensity: Float64Array;
  /** [n] by the product of histograms, in nats. */
  readonly histogramLogDensity: Float64Array;
  /** ln q̂ of every row by each fit of the chosen density, [n] each: how far they differ is what the fit leaves open. */
  readonly fits: readonly Float64Array[];
  /** The same two log densities of other rows. mu: [rows, units] */
  readonly densityOf: (mu: Float32Array) => { readonly logDensity: Float64Array; readonly histogramLogDensity: Float64Array };
}

/** Fits of a density, each to train rows drawn with replacement but the first: local optima and the rows' chance both show. */
const FITS = 4;

const MOST_COMPONENTS = 12;
const MOST_ROWS = 20_000;
const FEWEST_ROWS = 4_000;
/** A step of EM costs rows × dimensions²: from eight dimensions on the sample shrinks so that the cost stays. */
const ROWS_TIMES_SQUARE = MOST_ROWS * 64;

/** Rows that a mixture on d dimensions is fitted to, at most. */
export function mixtureSample(d: number): number {
  return Math.max(FEWEST_ROWS, Math.min(MOST_ROWS, Math.floor(ROWS_TIMES_SQUARE / (d * d))));
}

function rowsOf(split: Uint8Array, part: number): Uint32Array {
  const rows: number[] = [];
  for (let row = 0; row < split.length; row++) if (split[row] === part) rows.push(row);
  return Uint32Array.from(rows);
}

/** The part on which densities are compared: test, or the next best when it is empty. */
function heldOutRows(split: Uint8Array, notes: string[]): Uint32Array {
  const test = rowsOf(split, TEST);
  if (test.length > 0) return test;
  const validation = rowsOf(split, VALIDATION);
  notes.push(validation.length > 0
    ? 'The test part is empty: densities were compared on the validation part.'
    : 'There are no held-out rows: densities were compared on the rows they were fitted to, which favours the mixture.');
  return validation.length > 0 ? validation : rowsOf(split, TRAIN);
}

function densityDimensions(active: readonly number[], units: number, notes: string[]): readonly number[] {
  if (active.length > 0) return active;
  notes.push(`No latent unit is active (variance of μ over 0.01): the model tells rows apart by nothing. Density is on all ${units} units and says little.`);
  return Array.from({ length: units }, (_, unit) => unit);
}

/** As many rows drawn with replacement (Efron 1979). */
function bootstrap(rows: Uint32Array, size: number, seed: number, fit: number): Uint32Array {
  const random = randomStream(seed, 'density bootstrap', fit);
  return Uint32Array.from({ length: size }, () => rows[random.integer(rows.length)]!);
}

interface MixtureFits {
  readonly selected: SelectedMixture;
  readonly further: readonly Mixture[];
  readonly sampled: number;
}

function fitMixtures(all: Points, train: Uint32Array, seed: number, report?: DensityInput['report']): MixtureFits {
  const sample = sampleRows(train.length, mixtureSample(all.dimensions), randomStream(seed, 'density sample')).map((i) => train[i]!);
  const selected = selectMixture(takePoints(all, sample), { seed, most: MOST_COMPONENTS, report: (fraction) => report?.(0.6 * fraction, 'Gaussian mixture') });
  const further = Array.from({ length: FITS - 1 }, (_, i) => refitMixture(takePoints(all, bootstrap(train, sample.length, seed, i + 1)), selected.components,
    randomStream(seed, 'density refit', i + 1).integer(2 ** 31), () => report?.(0.6 + (0.35 * i) / (FITS - 1), `Gaussian mixture, fit ${i + 2} of ${FITS}`)));
  return { selected, further, sampled: sample.length };
}

/** Histograms have one optimum: the further fits, over the same number of bins, show the rows' chance alone. */
function histogramFits(first: HistogramDensity, logDensity: Float64Array, all: Points, train: Uint32Array, seed: number): Float64Array[] {
  return [logDensity, ...Array.from({ length: FITS - 1 }, (_, i) =>
    histogramLogDensity(fitHistograms(takePoints(all, bootstrap(train, train.length, seed, i + 1)), first.bins), all))];
}

function capNote({ capped, components }: SelectedMixture): string[] {
  if (!capped) return [];
  if (components === 1) return ['So few rows allow no mixture of two components: the density is one normal.'];
  const limit = components < MOST_COMPONENTS ? 'so few rows allow' : 'is tried';
  return [`BIC was still falling at K = ${components}, the most that ${limit}: finer clusters are not told apart, and a region can look thin or dense for sharing a component.`];
}

function mixtureNotes({ selected, sampled }: MixtureFits, train: number): string[] {
  return [...(sampled < train ? [`The mixture was fitted to a sample of ${sampled} of ${train} train rows.`] : []), ...capNote(selected)];
}

/**
 * Density of the latent means over the active units: a product of histograms and a full-covariance Gaussian mixture, both fitted on
 * train rows and on the same variable μ; the simplest within one paired standard error of the best on held-out rows is chosen.
 * The mixture's log density is the mean over several fits, and so is its held-out figure: EM finds another optimum from other
 * starts, and which rows are thinnest changes with it. The mean's density integrates to at most 1, so its figure is no exaggeration.
 * @throws RangeError when there is no row to fit, or a latent mean is not finite
 */
export function estimateDensity({ mu, units, split, seed, density, report }: DensityInput): DensityEstimate {
  const notes: string[] = [], active = activeUnits(mu, units), dimensions = densityDimensions(active, units, notes);
  const all = pointsOf(mu, units, dimensions), train = rowsOf(split, TRAIN), heldOut = heldOutRows(split, notes);
  const histogram = selectHistograms(takePoints(all, train)), mixtures = fitMixtures(all, train, seed, report), { selected, further } = mixtures;
  const mixtureDensities = [selected.mixture, ...further].map((mixture) => mixtureLogDensity(mixture, all));
  const logDensities = { histogram: histogramLogDensity(histogram, all), gmm: meanLogDensity(mixtureDensities) };
  const details = { histogram: `${histogram.bins} bins per dimension and two tails`, gmm: `K = ${selected.components}, full covariance, mean of ${FITS} fits` };
  const candidates = chooseDensity((['histogram', 'gmm'] as const).map((name) => ({
    name, detail: details[name], heldOut: Float64Array.from(heldOut, (row) => logDensities[name][row]!),
  })), density);
  if (density !== 'auto') notes.push(`The density was set to ${density} by the configuration, whatever the held-out likelihood.`);
  notes.push(...mixtureNotes(mixtures, train.length));
  const chosen = candidates.find((candidate) => candidate.chosen)!.name;
  const fits = chosen === 'gmm' ? mixtureDensities : histogramFits(histogram, logDensities.histogram, all, train, seed), thinAgreement = fitAgreement(fits);
  if (thinAgreement !== null) notes.push(`Two of ${FITS} fits of the density share ${Math.round(100 * thinAgreement)} % of the thinnest 5 % of rows on average; the intervals of the thin shares hold that, beside chance.`);
  return {
    active, dimensions, candidates, bic: selected.bic, mixture: mixtureComponents(selected.mixture), furtherMixtures: further.map(mixtureComponents),
    histogramBins: histogram.bins, thinAgreement, notes, logDensity: logDensities[chosen], histogramLogDensity: logDensities.histogram, fits,
    densityOf: (others) => {
      const points = pointsOf(others, units, dimensions), byHistogram = histogramLogDensity(histogram, points);
      const byMixture = chosen === 'gmm' ? meanLogDensity([selected.mixture, ...further].map((mixture) => mixtureLogDensity(mixture, points))) : byHistogram;
      return { logDensity: byMixture, histogramLogDensity: byHistogram };
    },
  };
}
