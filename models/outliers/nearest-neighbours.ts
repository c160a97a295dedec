import type { RandomStream } from '../engine/random.ts';
import { NeighbourKernel } from './neighbour-kernel.ts';
import { sampleRows } from './sample-rows.ts';
import type { Detector, FittedDetector, Matrix } from './types.ts';

/** Multiply-adds that fitting rows may cost when they are scored, about ten seconds of one core; the reference sample shrinks to keep to it. */
const WORK = 1e10;
const SMALLEST_REFERENCE = 512;
/** Reference samples whose distances are averaged: one alone ranks rows by which of their neighbours it happened to draw. */
const SAMPLES = 3;
/** Reference rows handled together: their sums and four features of theirs stay in the first-level cache. */
const BLOCK = 1024;

interface Reference {
  /** Positions in the fitted matrix. */
  readonly rows: Uint32Array;
  /** [m, d] and the same by feature [d, m]. */
  readonly values: Float32Array;
  readonly byFeature: Float32Array;
  /** |r|² of each reference row. */
  readonly norms: Float64Array;
}

export interface NeighbourOptions {
  readonly name: string;
  /** Neighbours among m reference rows. */
  readonly neighbours: (m: number) => number;
  readonly reference: number;
}

function meanNonZero({ values, rows }: Matrix): number {
  let count = 0;
  for (let i = 0; i < values.length; i++) if (values[i] !== 0) count++;
  return count / Math.max(1, rows);
}

function referenceSize(x: Matrix, most: number, scored: number): number {
  const affordable = Math.floor(WORK / SAMPLES / Math.max(1, scored * meanNonZero(x)));
  return Math.min(most, Math.max(SMALLEST_REFERENCE, affordable));
}

function takeReference(x: Matrix, size: number, random: RandomStream): Reference {
  const rows = sampleRows(x.rows, size, random);
  const m = rows.length, d = x.columns;
  const values = new Float32Array(m * d), byFeature = new Float32Array(d * m), norms = new Float64Array(m);
  for (let r = 0; r < m; r++) {
    for (let j = 0; j < d; j++) {
      const value = x.values[rows[r]! * d + j]!;
      values[r * d + j] = value;
      byFeature[j * m + r] = value;
      norms[r]! += value * value;
    }
  }
  return { rows, values, byFeature, norms };
}

/** Adds Σ a_j · feature_j of reference rows start … start + sums.length to `sums`, four features at a time. Zero features cost nothing. */
function addProducts(byFeature: Float32Array, m: number, start: number, features: Int32Array, factors: Float64Array, count: number, sums: Float64Array): void {
  const length = Math.min(sums.length, m - start);
  for (let k = 0; k < count; k += 4) {
    const a = factors[k]!, b = factors[k + 1]!, c = factors[k + 2]!, e = factors[k + 3]!;
    const fa = features[k]! * m + start, fb = features[k + 1]! * m + start, fc = features[k + 2]! * m + start, fe = features[k + 3]! * m + start;
    for (let r = 0; r < length; r++) {
      sums[r]! += a * byFeature[fa + r]! + b * byFeature[fb + r]! + c * byFeature[fc + r]! + e * byFeature[fe + r]!;
    }
  }
}

type Search = Pick<NeighbourKernel, 'meanDistance'>;

/** The k nearest reference rows of one row at a time, by |r|² − 2 x·r, which orders them as their distances do. */
class NeighbourSearch {
  readonly #reference: Reference;
  readonly #columns: number;
  readonly #sums = new Float64Array(BLOCK);
  readonly #features: Int32Array;
  readonly #factors: Float64Array;
  /** Ascending, nearest first. */
  readonly #nearest: Float64Array;
  readonly #positions: Int32Array;

  constructor(reference: Reference, columns: number, k: number) {
    this.#reference = reference;
    this.#columns = columns;
    this.#features = new Int32Array(columns + 4);
    this.#factors = new Float64Array(columns + 4);
    this.#nearest = new Float64Array(k);
    this.#positions = new Int32Array(k);
  }

  /** Mean Euclidean distance to the k nearest; `self` is a reference position to leave out, or −1. */
  meanDistance(values: Float32Array, base: number, self: number): number {
    const { norms, byFeature } = this.#reference, m = norms.length, sums = this.#sums;
    const count = this.#nonZero(values, base);
    this.#nearest.fill(Infinity);
    for (let start = 0; start < m; start += BLOCK) {
      const length = Math.min(BLOCK, m - start);
      for (let r = 0; r < length; r++) sums[r] = norms[start + r]!;
      addProducts(byFeature, m, start, this.#features, this.#factors, count, sums);
      if (self >= start && self < start + length) sums[self - start] = Infinity;
      this.#keepNearest(start, length);
    }
    return this.#exactMean(values, base);
  }

  #nonZero(values: Float32Array, base: number): number {
    let count = 0;
    for (let j = 0; j < this.#columns; j++) {
      const value = values[base + j]!;
      if (value === 0) continue;
      this.#features[count] = j;
      this.#factors[count++] = -2 * value;
    }
    for (let k = count; k % 4 !== 0; k++) {
      this.#features[k] = 0;
      this.#factors[k] = 0;
    }
    return count;
  }

  #keepNearest(start: number, length: number): void {
    const nearest = this.#nearest, positions = this.#positions, sums = this.#sums, last = nearest.length - 1;
    let farthest = nearest[last]!;
    for (let r = 0; r < length; r++) {
      const sum = sums[r]!;
      if (sum >= farthest) continue;
      let i = last;
      for (; i > 0 && nearest[i - 1]! > sum; i--) {
        nearest[i] = nearest[i - 1]!;
        positions[i] = positions[i - 1]!;
      }
      nearest[i] = sum;
      positions[i] = start + r;
      farthest = nearest[last]!;
    }
  }

  /** From the differences: |x|² + |r|² − 2 x·r would leave rounding where rows are equal. */
  #exactMean(values: Float32Array, base: number): number {
    const d = this.#columns, reference = this.#reference.values;
    let total = 0;
    for (const position of this.#positions) {
      let squared = 0;
      for (let j = 0, at = position * d; j < d; j++) {
        const difference = values[base + j]! - reference[at + j]!;
        squared += difference * difference;
      }
      total += Math.sqrt(squared);
    }
    return total / this.#positions.length;
  }
}

/** Searches are kept: each holds the reference sample once more, in a memory of its own. */
function keepSearches(columns: number): (reference: Reference, k: number) => Search {
  const kept = new Map<Reference, { readonly k: number; readonly search: Search }>();
  return (reference, k) => {
    const found = kept.get(reference);
    if (found?.k === k) return found.search;
    const search = NeighbourKernel.of(reference, columns, k) ?? new NeighbourSearch(reference, columns, k);
    kept.set(reference, { k, search });
    return search;
  };
}

interface Fitted {
  readonly x: Matrix;
  readonly references: readonly Reference[];
  readonly neighbours: number;
  readonly searchOf: (reference: Reference, k: number) => Search;
}

function scoreRows({ x: fitted, neighbours, searchOf }: Fitted, reference: Reference, x: Matrix, report?: (fraction: number) => void): Float64Array {
  const scores = new Float64Array(x.rows);
  const own = x === fitted, k = Math.min(neighbours, reference.rows.length - (own ? 1 : 0));
  if (k < 1) return scores;
  const search = searchOf(reference, k);
  for (let row = 0, next = 0; row < x.rows; row++) {
    while (next < reference.rows.length && reference.rows[next]! < row) next++;
    const self = own && reference.rows[next] === row ? next : -1;
    scores[row] = search.meanDistance(x.values, row * x.columns, self);
    if (row % 1024 === 0) report?.(row / x.rows);
  }
  return scores;
}

function meanScores(fitted: Fitted, x: Matrix, report?: (fraction: number) => void): Float64Array {
  const mean = new Float64Array(x.rows), m = fitted.references.length;
  for (const [i, reference] of fitted.references.entries()) {
    const scores = scoreRows(fitted, reference, x, (fraction) => report?.((i + fraction) / m));
    for (let row = 0; row < mean.length; row++) mean[row]! += scores[row]! / m;
  }
  return mean;
}

/**
 * Mean Euclidean distance to the nearest of a seeded sample of the fitted rows (S. Ramaswamy, R. Rastogi and K. Shim, SIGMOD 2000;
 * F. Angiulli and C. Pizzuti, PKDD 2002, for the mean). Exact within that sample, and averaged over three samples where not all rows fit into one. Scoring the very matrix that was fitted leaves each row itself out.
 */
export function nearestNeighbours(options: NeighbourOptions): Detector {
  return {
    name: options.name,
    fit(x: Matrix, random: RandomStream, scored = x.rows): FittedDetector {
      const size = referenceSize(x, options.reference, scored), first = takeReference(x, size, random), k = options.neighbours(first.rows.length);
      // A reference of all rows is the same again.
      const references = [first, ...Array.from({ length: first.rows.length < x.rows ? SAMPLES - 1 : 0 }, () => takeReference(x, size, random))];
      const fitted = { x, references, neighbours: k, searchOf: keepSearches(x.columns) };
      return { score: (rows, report) => meanScores(fitted, rows, report) };
    },
  };
}
