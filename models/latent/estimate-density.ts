import { TEST, TRAIN, VALIDATION } from '../table.ts';
import { chooseDensity } from './choose-density.ts';
import { bootstrap, densityDimensions, fitAgain, FITS, type LatentPoints, MOST_COMPONENTS, mixtureSample, rowsOfPart, selectFit } from './density-fits.ts';
import { fitAgreement, meanLogDensity } from './fit-agreement.ts';
import { type HistogramDensity, fitHistograms, histogramLogDensity, selectHistograms } from './histogram-density.ts';
import { type Mixture, mixtureComponents, mixtureLogDensity } from './mixture.ts';
import { pointsOf, type Points, takePoints } from './points.ts';
import type { SelectedMixture } from './select-mixture.ts';
import type { DensitySummary } from './types.ts';

/** The mixture's fits; further ones in their order. */
export interface MixtureFits {
  readonly selected: SelectedMixture;
  readonly further: readonly Mixture[];
}

export interface DensityInput extends LatentPoints {
  readonly density: 'auto' | 'histogram' | 'gmm';
  /** By `selectFit` and `fitAgain` of these points; fitted here when absent. */
  readonly fits?: MixtureFits;
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

/** The part on which densities are compared: test, or the next best when it is empty. */
function heldOutRows(split: Uint8Array, notes: string[]): Uint32Array {
  const test = rowsOfPart(split, TEST);
  if (test.length > 0) return test;
  const validation = rowsOfPart(split, VALIDATION);
  notes.push(validation.length > 0
    ? 'The test part is empty: densities were compared on the validation part.'
    : 'There are no held-out rows: densities were compared on the rows they were fitted to, which favours the mixture.');
  return validation.length > 0 ? validation : rowsOfPart(split, TRAIN);
}

function fitMixtures(input: DensityInput): MixtureFits {
  const { report } = input, selected = selectFit(input, (fraction) => report?.(0.6 * fraction, 'Gaussian mixture'));
  const further = Array.from({ length: FITS - 1 }, (_, i) =>
    fitAgain(input, selected.components, i + 1, () => report?.(0.6 + (0.35 * i) / (FITS - 1), `Gaussian mixture, fit ${i + 2} of ${FITS}`)));
  return { selected, further };
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

function mixtureNotes({ selected }: MixtureFits, { dimensions }: Points, train: number): string[] {
  const sampled = mixtureSample(dimensions);
  return [...(sampled < train ? [`The mixture was fitted to a sample of ${sampled} of ${train} train rows.`] : []), ...capNote(selected)];
}

/**
 * Density of the latent means over the active units: a product of histograms and a full-covariance Gaussian mixture, both fitted on
 * train rows and on the same variable μ; the simplest within one paired standard error of the best on held-out rows is chosen.
 * The mixture's log density is the mean over several fits, and so is its held-out figure: EM finds another optimum from other
 * starts, and which rows are thinnest changes with it. The mean's density integrates to at most 1, so its figure is no exaggeration.
 * @throws RangeError when there is no row to fit, or a latent mean is not finite
 */
export function estimateDensity(input: DensityInput): DensityEstimate {
  const { mu, units, split, seed, density } = input, notes: string[] = [], { active, dimensions } = densityDimensions(input);
  if (active.length === 0) notes.push(`No latent unit is active (variance of μ over 0.01): the model tells rows apart by nothing. Density is on all ${units} units and says little.`);
  const all = pointsOf(mu, units, dimensions), train = rowsOfPart(split, TRAIN), heldOut = heldOutRows(split, notes);
  const histogram = selectHistograms(takePoints(all, train)), mixtures = input.fits ?? fitMixtures(input), { selected, further } = mixtures;
  const mixtureDensities = [selected.mixture, ...further].map((mixture) => mixtureLogDensity(mixture, all));
  const logDensities = { histogram: histogramLogDensity(histogram, all), gmm: meanLogDensity(mixtureDensities) };
  const details = { histogram: `${histogram.bins} bins per dimension and two tails`, gmm: `K = ${selected.components}, full covariance, mean of ${FITS} fits` };
  const candidates = chooseDensity((['histogram', 'gmm'] as const).map((name) => ({
    name, detail: details[name], heldOut: Float64Array.from(heldOut, (row) => logDensities[name][row]!),
  })), density);
  if (density !== 'auto') notes.push(`The density was set to ${density} by the configuration, whatever the held-out likelihood.`);
  notes.push(...mixtureNotes(mixtures, all, train.length));
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
