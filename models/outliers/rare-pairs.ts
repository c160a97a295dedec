import type { RandomStream } from '../engine/random.ts';
import { type PairCosts, PairKernel, ROWS_TOGETHER } from './pair-kernel.ts';
import { sampleRows } from './sample-rows.ts';
import type { Detector, FittedDetector, Matrix } from './types.ts';

/** Features with more distinct values are cut at their quantiles. */
const FEW = 6;
const BINS = 5;
/** Rows that pairs are counted on, and pairs that are looked at: more are drawn. */
const FITTED_ROWS = 1 << 14;
const MOST_PAIRS = 6_000;
/** A combination that so few rows would have by chance tells nothing by being rarer. */
const FEWEST_EXPECTED = 5;
/** Quantities alone are the mixture's and the neighbours' field: this detector then finds less than they do, and scores all rows 0. */
const FEWEST_INDICATORS = 2;
/** One combination that all but never occurs outweighs many that are a little rarer than chance: costs are added as a power mean. */
const POWER = 3;
/** Rows whose bins are held at once. */
const BLOCK = 4_096;

interface Binned {
  readonly feature: number;
  /** Ascending; a value falls into the bin of the number of edges up to it. */
  readonly edges: readonly number[];
  /** Distinct values, as far as they were counted. */
  readonly values: number;
}

/** Null for a constant feature. */
function binFeature(x: Matrix, feature: number): Binned | null {
  const distinct = new Set<number>();
  for (let at = feature; at < x.values.length && distinct.size <= FEW; at += x.columns) distinct.add(x.values[at]!);
  if (distinct.size < 2) return null;
  if (distinct.size <= FEW) return { feature, edges: [...distinct].sort((p, q) => p - q).slice(1), values: distinct.size };
  const values = Float32Array.from({ length: x.rows }, (_, row) => x.values[row * x.columns + feature]!).sort();
  const quantiles = Array.from({ length: BINS - 1 }, (_, i) => values[Math.floor((i + 1) * x.rows / BINS)]!);
  const edges = [...new Set(quantiles)].filter((edge) => edge > values[0]!);
  // More than four fifths of the rows have the smallest value: the others are the second bin.
  return { feature, edges: edges.length > 0 ? edges : [values.find((value) => value > values[0]!)!], values: distinct.size };
}

function binOf(edges: readonly number[], value: number): number {
  let bin = 0;
  while (bin < edges.length && value >= edges[bin]!) bin++;
  return bin;
}

/** [features.length][end − start] the bin of each row. */
function binsOf(x: Matrix, features: readonly Binned[], start: number, end: number): Uint8Array[] {
  return features.map(({ feature, edges }) => Uint8Array.from({ length: end - start }, (_, i) => binOf(edges, x.values[(start + i) * x.columns + feature]!)));
}

function pairsOf(features: number, random: RandomStream): (readonly [number, number])[] {
  const pairs: (readonly [number, number])[] = [];
  for (const at of sampleRows(features * (features - 1) / 2, MOST_PAIRS, random)) {
    // The pair at a place of the list (1, 0), (2, 0), (2, 1), (3, 0) …
    let b = Math.floor((1 + Math.sqrt(1 + 8 * at)) / 2);
    while (b * (b - 1) / 2 > at) b--;
    while (b * (b + 1) / 2 <= at) b++;
    pairs.push([at - b * (b - 1) / 2, b]);
  }
  return pairs;
}

/** ln(expected/observed)³ where fewer rows have the combination than independent features would give, else 0. */
function costsOf(binsA: Uint8Array, binsB: Uint8Array, sizeA: number, sizeB: number): Float64Array {
  const n = binsA.length, observed = new Float64Array(sizeA * sizeB), ofA = new Float64Array(sizeA), ofB = new Float64Array(sizeB);
  for (let i = 0; i < n; i++) observed[binsA[i]! * sizeB + binsB[i]!]!++;
  for (const [cell, count] of observed.entries()) {
    ofA[Math.floor(cell / sizeB)]! += count;
    ofB[cell % sizeB]! += count;
  }
  return observed.map((count, cell) => {
    const expected = ofA[Math.floor(cell / sizeB)]! * ofB[cell % sizeB]! / n;
    return expected < FEWEST_EXPECTED ? 0 : Math.max(0, Math.log((expected + 0.5) / (count + 0.5))) ** POWER;
  });
}

interface Fitted {
  readonly features: readonly Binned[];
  readonly pairs: readonly PairCosts[];
  readonly kernel: PairKernel | null;
}

/** The rows of one block after another, a pair at a time. */
function addByPairs(x: Matrix, { features, pairs }: Fitted, start: number, scores: Float64Array): void {
  const bins = binsOf(x, features, start, start + scores.length);
  for (const { a, b, cost, sizeB } of pairs) {
    const binsA = bins[a]!, binsB = bins[b]!;
    for (let i = 0; i < scores.length; i++) scores[i]! += cost[binsA[i]! * sizeB + binsB[i]!]!;
  }
}

/** The same by some rows at a time. */
function sumByRows(x: Matrix, features: readonly Binned[], kernel: PairKernel, start: number, scores: Float64Array): void {
  for (let row = 0; row < scores.length; row += ROWS_TOGETHER) {
    const rows = Math.min(ROWS_TOGETHER, scores.length - row), first = (start + row) * x.columns;
    for (const [f, { feature, edges }] of features.entries()) for (let i = 0; i < rows; i++) kernel.bins[f * ROWS_TOGETHER + i] = binOf(edges, x.values[first + i * x.columns + feature]!);
    scores.set(kernel.sums().subarray(0, rows), row);
  }
}

function scoreRows(x: Matrix, fitted: Fitted, report?: (fraction: number) => void): Float64Array {
  const scores = new Float64Array(x.rows);
  for (let start = 0; start < x.rows; start += BLOCK) {
    report?.(start / x.rows);
    const block = scores.subarray(start, Math.min(x.rows, start + BLOCK));
    if (fitted.kernel === null) addByPairs(x, fitted, start, block);
    else sumByRows(x, fitted.features, fitted.kernel, start, block);
  }
  return scores;
}

/**
 * How rare the combinations of a row's values are, two at a time: a mode that its device does not have, two readings that part though they
 * always rise together. Each value may be common; only what is rarer together than independent features would be counts (the negative part
 * of pointwise mutual information, K. Church and P. Hanks, "Word association norms, mutual information, and lexicography", 1990, summed over
 * pairs of features in bins). Of more than 6,000 pairs as many
 * are drawn. Without categories (features of two values) every score is 0.
 */
export const rarePairs: Detector = {
  name: 'rare_pairs',
  fit(x: Matrix, random: RandomStream): FittedDetector {
    const rows = sampleRows(x.rows, FITTED_ROWS, random), d = x.columns, fitted = rows.length === x.rows ? x : { values: new Float32Array(rows.length * d), rows: rows.length, columns: d };
    if (fitted !== x) for (const [i, row] of rows.entries()) fitted.values.set(x.values.subarray(row * d, (row + 1) * d), i * d);
    const features = Array.from({ length: d }, (_, feature) => binFeature(fitted, feature)).filter((each) => each !== null);
    if (features.filter(({ values }) => values === 2).length < FEWEST_INDICATORS) return { score: (matrix) => new Float64Array(matrix.rows) };
    const bins = binsOf(fitted, features, 0, fitted.rows), size = (i: number): number => features[i]!.edges.length + 1;
    const pairs = pairsOf(features.length, random).map(([a, b]): PairCosts => ({ a, b, cost: costsOf(bins[a]!, bins[b]!, size(a), size(b)), sizeB: size(b) })).filter(({ cost }) => cost.some((value) => value > 0));
    const rare = { features, pairs, kernel: PairKernel.of(pairs, features.length) };
    return { score: (matrix, report) => scoreRows(matrix, rare, report) };
  },
};
