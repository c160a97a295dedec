import type { RandomStream } from '../engine/random.ts';
import { type Forest, ForestKernel } from './forest-kernel.ts';
import { sampleRows } from './sample-rows.ts';
import type { Detector, FittedDetector, Matrix } from './types.ts';

/** Three forests of 100 trees: one alone ranks the strangest rows by its seed. */
const TREES = 3 * 100;
const SUBSAMPLE = 256;
/** Rows scored by all trees in turn, so that both the rows and one tree stay in the cache. */
const BLOCK = 256;

/** Mean depth of an unsuccessful search in a binary search tree of n keys (Liu, Ting and Zhou, eq. 1), with exact harmonic numbers. */
export function averagePathLength(n: number): number {
  if (n < 2) return 0;
  let harmonic = 0;
  for (let i = 1; i < n; i++) harmonic += 1 / i;
  return 2 * harmonic - 2 * (n - 1) / n;
}

const depthLimit = (subsample: number): number => Math.ceil(Math.log2(Math.max(2, subsample)));

class ForestBuilder {
  readonly #x: Matrix;
  readonly #random: RandomStream;
  readonly #limit: number;
  readonly #features: Int32Array;
  readonly #pathLength: Float64Array;
  readonly forest: Forest;
  #nodes = 0;

  constructor(x: Matrix, subsample: number, random: RandomStream) {
    this.#x = x;
    this.#random = random;
    this.#limit = depthLimit(subsample);
    this.#features = Int32Array.from({ length: x.columns }, (_, i) => i);
    this.#pathLength = Float64Array.from({ length: subsample + 1 }, (_, n) => averagePathLength(n));
    const nodes = TREES * 2 * subsample;
    this.forest = {
      roots: new Int32Array(TREES), feature: new Int32Array(nodes), threshold: new Float64Array(nodes), left: new Int32Array(nodes), depth: new Float64Array(nodes),
    };
  }

  tree(index: number, rows: Uint32Array): void {
    this.forest.roots[index] = this.#nodes;
    this.#nodes++;
    this.#grow(this.forest.roots[index]!, rows, 0, rows.length, 0);
  }

  /** Splits rows[start..end) until they are alone, alike or at the depth limit. */
  #grow(node: number, rows: Uint32Array, start: number, end: number, depth: number): void {
    const split = depth < this.#limit && end - start > 1 ? this.#split(rows, start, end) : null;
    if (split === null) {
      this.forest.depth[node] = depth + this.#pathLength[end - start]!;
      return;
    }
    const { values, columns } = this.#x;
    let middle = start;
    for (let i = start; i < end; i++) {
      const row = rows[i]!;
      if (values[row * columns + split.feature]! > split.threshold) continue;
      rows[i] = rows[middle]!;
      rows[middle++] = row;
    }
    const left = this.#nodes;
    this.#nodes += 2;
    this.forest.feature[node] = split.feature;
    this.forest.threshold[node] = split.threshold;
    this.forest.left[node] = left;
    this.#grow(left, rows, start, middle, depth + 1);
    this.#grow(left + 1, rows, middle, end, depth + 1);
  }

  /** A feature drawn uniformly among those that vary over these rows, and a threshold drawn uniformly over its range. */
  #split(rows: Uint32Array, start: number, end: number): { feature: number; threshold: number } | null {
    const { values, columns } = this.#x, features = this.#features;
    for (let tried = 0; tried < columns; tried++) {
      const pick = tried + this.#random.integer(columns - tried), feature = features[pick]!;
      features[pick] = features[tried]!;
      features[tried] = feature;
      let low = Infinity, high = -Infinity;
      for (let i = start; i < end; i++) {
        const value = values[rows[i]! * columns + feature]!;
        if (value < low) low = value;
        if (value > high) high = value;
      }
      // Below `high`, so that at least one row goes right even when the draw rounds up.
      if (low < high) return { feature, threshold: Math.min(low + (high - low) * this.#random.uniform(), high - (high - low) * 1e-9) };
    }
    return null;
  }
}

function addDepths(forest: Forest, x: Matrix, start: number, end: number, sums: Float64Array): void {
  const { feature, threshold, left, depth, roots } = forest, { values, columns } = x;
  for (let t = 0; t < TREES; t++) {
    for (let row = start; row < end; row++) {
      const base = row * columns;
      let node = roots[t]!, child = left[node]!;
      while (child !== 0) {
        node = values[base + feature[node]!]! > threshold[node]! ? child + 1 : child;
        child = left[node]!;
      }
      sums[row]! += depth[node]!;
    }
  }
}

interface Fitted {
  readonly forest: Forest;
  readonly subsample: number;
  readonly kernel: ForestKernel | null;
}

/** Sum over the trees of each row's depth. */
function depthsOf({ forest, kernel }: Fitted, x: Matrix, report: (rows: number) => void): Float64Array {
  if (kernel !== null) return kernel.depths(x.values, x.rows, report);
  const sums = new Float64Array(x.rows);
  for (let start = 0; start < x.rows; start += BLOCK) {
    addDepths(forest, x, start, Math.min(x.rows, start + BLOCK), sums);
    report(Math.min(x.rows, start + BLOCK));
  }
  return sums;
}

function scoreForest(fitted: Fitted, x: Matrix, report?: (fraction: number) => void): Float64Array {
  const scores = depthsOf(fitted, x, (rows) => report?.(rows / x.rows)), scale = TREES * Math.max(1, averagePathLength(fitted.subsample));
  for (let i = 0; i < scores.length; i++) scores[i] = Math.exp(-Math.LN2 * scores[i]! / scale);
  return scores;
}

/**
 * Isolation forest: rows that random splits separate early are strange. Scores in (0, 1).
 * F. T. Liu, K. M. Ting and Z.-H. Zhou, "Isolation forest", ICDM 2008: trees on 256 rows each, depth limit log2 256; three
 * forests of 100 trees, averaged by their path lengths.
 */
export const isolationForest: Detector = {
  name: 'iforest',
  fit(x: Matrix, random: RandomStream): FittedDetector {
    const subsample = Math.min(SUBSAMPLE, x.rows);
    const builder = new ForestBuilder(x, subsample, random);
    for (let t = 0; t < TREES; t++) builder.tree(t, sampleRows(x.rows, subsample, random));
    const { forest } = builder, fitted = { forest, subsample, kernel: ForestKernel.of(forest, x.columns, depthLimit(subsample)) };
    return { score: (rows, report) => scoreForest(fitted, rows, report) };
  },
};
