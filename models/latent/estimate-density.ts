import { randomStream } from '../engine/random.ts';
import { sampleRows } from '../outliers/sample-rows.ts';
import { TEST, TRAIN, VALIDATION } from '../table.ts';
import { chooseDensity } from './choose-density.ts';
import { histogramLogDensity, selectHistograms } from './histogram-density.ts';
import { mixtureComponents, mixtureLogDensity } from './mixture.ts';
import { activeUnits, pointsOf } from './points.ts';
import { selectMixture } from './select-mixture.ts';
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

export interface DensityEstimate extends Pick<DensitySummary, 'active' | 'dimensions' | 'candidates' | 'bic' | 'mixture' | 'histogramBins' | 'notes'> {
  /** [n] by the chosen density, in nats. */
  readonly logDensity: Float64Array;
  /** [n] by the product of histograms, in nats. */
  readonly histogramLogDensity: Float64Array;
}

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

/**
 * Density of the latent means over the active units: a product of histograms and a full-covariance Gaussian mixture, both fitted on
 * train rows and on the same variable μ; the simplest within one paired standard error of the best on held-out rows is chosen.
 * @throws RangeError when there is no row to fit, or a latent mean is not finite
 */
export function estimateDensity({ mu, units, split, seed, density, report }: DensityInput): DensityEstimate {
  const notes: string[] = [], active = activeUnits(mu, units), dimensions = densityDimensions(active, units, notes);
  const all = pointsOf(mu, units, dimensions);
  const train = rowsOf(split, TRAIN), heldOut = heldOutRows(split, notes);
  const histogram = selectHistograms(pointsOf(mu, units, dimensions, train));
  const sample = sampleRows(train.length, mixtureSample(dimensions.length), randomStream(seed, 'density sample')).map((i) => train[i]!);
  const selected = selectMixture(pointsOf(mu, units, dimensions, sample), {
    seed, most: MOST_COMPONENTS, report: (fraction) => report?.(0.9 * fraction, 'Gaussian mixture'),
  });
  const logDensities = { histogram: histogramLogDensity(histogram, all), gmm: mixtureLogDensity(selected.mixture, all) };
  const details = { histogram: `${histogram.bins} bins per dimension and two tails`, gmm: `K = ${selected.components}, full covariance` };
  const candidates = chooseDensity((['histogram', 'gmm'] as const).map((name) => ({
    name, detail: details[name], heldOut: Float64Array.from(heldOut, (row) => logDensities[name][row]!),
  })), density);
  if (density !== 'auto') notes.push(`The density was set to ${density} by the configuration, whatever the held-out likelihood.`);
  if (sample.length < train.length) notes.push(`The mixture was fitted to a sample of ${sample.length} of ${train.length} train rows.`);
  const tried = selected.bic.at(-1)!.components;
  if (tried === selected.components && tried >= MOST_COMPONENTS) notes.push(`BIC was still falling at K = ${tried}, the most that is tried: finer clusters are not told apart.`);
  const chosen = candidates.find((candidate) => candidate.chosen)!.name;
  return {
    active, dimensions, candidates, bic: selected.bic, mixture: mixtureComponents(selected.mixture), histogramBins: histogram.bins, notes,
    logDensity: logDensities[chosen], histogramLogDensity: logDensities.histogram,
  };
}
