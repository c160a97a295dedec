import { randomStream } from '../engine/random.ts';
import { sampleRows } from '../outliers/sample-rows.ts';
import { TRAIN } from '../table.ts';
import type { Mixture } from './mixture.ts';
import { activeUnits, pointsOf, type Points, takePoints } from './points.ts';
import { refitMixture, type SelectedMixture, selectMixture } from './select-mixture.ts';

export interface LatentPoints {
  /** [n, units] */
  readonly mu: Float32Array;
  readonly units: number;
  /** [n] TRAIN, VALIDATION or TEST */
  readonly split: Uint8Array;
  readonly seed: number;
}

/** Fits of a density, each to train rows drawn with replacement but the first: local optima and the rows' chance both show. */
export const FITS = 4;
export const MOST_COMPONENTS = 12;

const MOST_ROWS = 20_000;
const FEWEST_ROWS = 4_000;
/** A step of EM costs rows × dimensions²: from eight dimensions on the sample shrinks so that the cost stays. */
const ROWS_TIMES_SQUARE = MOST_ROWS * 64;

/** Rows that a mixture on d dimensions is fitted to, at most. */
export function mixtureSample(d: number): number {
  return Math.max(FEWEST_ROWS, Math.min(MOST_ROWS, Math.floor(ROWS_TIMES_SQUARE / (d * d))));
}

export function rowsOfPart(split: Uint8Array, part: number): Uint32Array {
  const rows: number[] = [];
  for (let row = 0; row < split.length; row++) if (split[row] === part) rows.push(row);
  return Uint32Array.from(rows);
}

/** Dimensions that a density is on: the active units, or all where none is. */
export function densityDimensions({ mu, units }: LatentPoints): { readonly active: readonly number[]; readonly dimensions: readonly number[] } {
  const active = activeUnits(mu, units);
  return { active, dimensions: active.length > 0 ? active : Array.from({ length: units }, (_, unit) => unit) };
}

/** As many rows drawn with replacement (Efron 1979). */
export function bootstrap(rows: Uint32Array, size: number, seed: number, fit: number): Uint32Array {
  const random = randomStream(seed, 'density bootstrap', fit);
  return Uint32Array.from({ length: size }, () => rows[random.integer(rows.length)]!);
}

/** Rows of the train part that a mixture is fitted to, and all points on the density's dimensions. */
function material(latent: LatentPoints): { readonly all: Points; readonly train: Uint32Array; readonly size: number } {
  const { dimensions } = densityDimensions(latent), train = rowsOfPart(latent.split, TRAIN);
  return { all: pointsOf(latent.mu, latent.units, dimensions), train, size: Math.min(train.length, mixtureSample(dimensions.length)) };
}

/** The first of the fits, which finds the number of components. @throws RangeError when there is no row to fit */
export function selectFit(latent: LatentPoints, report?: (fraction: number) => void): SelectedMixture {
  const { all, train } = material(latent), sample = sampleRows(train.length, mixtureSample(all.dimensions), randomStream(latent.seed, 'density sample')).map((i) => train[i]!);
  return selectMixture(takePoints(all, sample), { seed: latent.seed, most: MOST_COMPONENTS, ...(report === undefined ? {} : { report }) });
}

/** One of the further fits, 1 … FITS − 1. It depends on the first by its number of components alone. */
export function fitAgain(latent: LatentPoints, components: number, fit: number, onStep?: () => void): Mixture {
  const { all, train, size } = material(latent), { seed } = latent;
  return refitMixture(takePoints(all, bootstrap(train, size, seed, fit)), components, randomStream(seed, 'density refit', fit).integer(2 ** 31), onStep);
}
