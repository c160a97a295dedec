import type { RandomStream } from '../engine/random.ts';
import { binomialSampler } from '../stats/binomial.ts';
import type { ScoredRows } from './auroc-by-group.ts';
import { maxT, type MaxT } from './max-t-distribution.ts';
import type { GapEnds } from './rate-gap.ts';

/** Curves of more distinct scores than this are drawn through that many quantiles of the pooled scores. */
const VERTICES = 1_000;
/** Vertices and false positive rates at which noise is drawn. */
const COARSE = 60;
const DRAWS = 500;
/** Groups beyond this are too many pairs to integrate. */
export const MOST_CURVES = 60;

/** A ROC curve as a polyline from (0, 0) to (1, 1). */
export interface RocCurve { readonly fpr: Float64Array; readonly tpr: Float64Array; readonly positives: number; readonly negatives: number }

/** Positions in the ranked rows where bins end: at distinct scores, or at about `most` quantiles. */
function binEnds({ ranked, scores }: ScoredRows, most: number): number[] {
  const ends: number[] = [], step = ranked.length / most;
  let distinct = 0;
  for (let i = 1; i <= ranked.length; i++) if (i === ranked.length || scores[ranked[i]!] !== scores[ranked[i - 1]!]) distinct++;
  for (let i = 1, next = step; i <= ranked.length; i++) {
    if (i < ranked.length && scores[ranked[i]!] === scores[ranked[i - 1]!]) continue;
    if (distinct > most && i < next && i < ranked.length) continue;
    ends.push(i);
    next = i + step;
  }
  return ends;
}

/** One curve per group; null without rows of both labels. */
export function rocCurves(rows: ScoredRows, most = VERTICES): (RocCurve | null)[] {
  const { ranked, labels, codes, groups } = rows, ends = binEnds(rows, most), bins = ends.length;
  const counts = [0, 1].map(() => Array.from({ length: groups }, () => new Float64Array(bins)));
  for (let bin = 0, i = 0; bin < bins; bin++) for (; i < ends[bin]!; i++) counts[labels[ranked[i]!]!]![codes[ranked[i]!]!]![bin]!++;
  return Array.from({ length: groups }, (_, g) => {
    const [negatives, positives] = [0, 1].map((label) => counts[label]![g]!.reduce((sum, n) => sum + n, 0)) as [number, number];
    if (positives === 0 || negatives === 0) return null;
    const fpr = new Float64Array(bins + 1), tpr = new Float64Array(bins + 1);
    for (let j = 1; j <= bins; j++) {
      fpr[j] = Math.min(1, fpr[j - 1]! + counts[0]![g]![bins - j]! / negatives);
      tpr[j] = Math.min(1, tpr[j - 1]! + counts[1]![g]![bins - j]! / positives);
    }
    // Sums of shares may end a rounding away from 1.
    fpr[bins] = tpr[bins] = 1;
    return { fpr, tpr, positives, negatives };
  });
}

/** Height of a curve at x, from `from` on; the upper end of a vertical step. */
function heightAt({ fpr, tpr }: Pick<RocCurve, 'fpr' | 'tpr'>, x: number): number {
  let low = 0, high = fpr.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (fpr[middle]! <= x) low = middle; else high = middle - 1;
  }
  if (low === fpr.length - 1 || fpr[low] === x) return tpr[low]!;
  return tpr[low]! + ((tpr[low + 1]! - tpr[low]!) * (x - fpr[low]!)) / (fpr[low + 1]! - fpr[low]!);
}

/** ∫|f| of a line from a to b over `width`. */
function foldedArea(a: number, b: number, width: number): number {
  if (a * b >= 0) return (width * Math.abs(a + b)) / 2;
  return (width * (a * a + b * b)) / (2 * Math.abs(a - b));
}

/** Area between two ROC curves, 0 to 1 (Gardner, Brooks and Baker 2019). */
export function areaBetween(a: RocCurve, b: RocCurve): number {
  const at = [...new Set([...a.fpr, ...b.fpr])].sort((x, y) => x - y);
  // Just right of a vertical step and just left of the next one the curves are lines between these points.
  const left = (curve: RocCurve, x: number): number => heightBefore(curve, x);
  let area = 0;
  for (let i = 1; i < at.length; i++) {
    const [from, to] = [at[i - 1]!, at[i]!];
    area += foldedArea(heightAt(a, from) - heightAt(b, from), left(a, to) - left(b, to), to - from);
  }
  return area;
}

/** Height on the way to x from the left: the lower end of a vertical step at x. */
function heightBefore({ fpr, tpr }: RocCurve, x: number): number {
  let low = 0, high = fpr.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (fpr[middle]! >= x) high = middle; else low = middle + 1;
  }
  if (low === 0 || fpr[low] === x) return tpr[low]!;
  return tpr[low - 1]! + ((tpr[low]! - tpr[low - 1]!) * (x - fpr[low - 1]!)) / (fpr[low]! - fpr[low - 1]!);
}

/** Draws cumulative shares with the noise of n rows: a binomial for each step, scaled to add up to 1. */
function noisyShares(shares: Float64Array, n: number): (random: RandomStream) => Float64Array {
  const samplers = Array.from(shares, (share, j) => binomialSampler(n, j === 0 ? 0 : Math.min(1, Math.max(0, share - shares[j - 1]!))));
  return (random) => {
    const noisy = new Float64Array(shares.length);
    for (let j = 1; j < noisy.length; j++) noisy[j] = noisy[j - 1]! + samplers[j]!(random);
    const total = noisy.at(-1)!;
    return total === 0 ? shares : noisy.map((count) => count / total);
  };
}

export interface CurveGap { readonly value: number; /** Groups of the pair. */ readonly pair: readonly [number, number]; readonly expected: number; readonly ends: GapEnds; readonly null: MaxT; readonly p: number }

interface Pair { readonly i: number; readonly j: number; readonly area: number; readonly mean: number; readonly spread: number; readonly noise: Float64Array }

/** Errors of each curve at equally spaced false positive rates. [draws · COARSE] */
function curveErrors(curve: RocCurve, random: RandomStream): Float64Array {
  const errors = new Float64Array(DRAWS * COARSE), own = Float64Array.from({ length: COARSE }, (_, x) => heightAt(curve, (x + 0.5) / COARSE));
  const drawFpr = noisyShares(curve.fpr, curve.negatives), drawTpr = noisyShares(curve.tpr, curve.positives);
  for (let b = 0; b < DRAWS; b++) {
    const drawn = { fpr: drawFpr(random), tpr: drawTpr(random) };
    for (let x = 0; x < COARSE; x++) errors[b * COARSE + x] = heightAt(drawn, (x + 0.5) / COARSE) - own[x]!;
  }
  return errors;
}

function pairOf(i: number, j: number, area: number, a: Float64Array, b: Float64Array): Pair {
  const noise = new Float64Array(DRAWS), squares = new Float64Array(COARSE);
  for (let d = 0; d < DRAWS; d++) {
    for (let x = 0; x < COARSE; x++) {
      const e = a[d * COARSE + x]! - b[d * COARSE + x]!;
      noise[d]! += Math.abs(e) / COARSE;
      squares[x]! += (e * e) / DRAWS;
    }
  }
  return { i, j, area, noise, mean: Math.max(1e-9, noise.reduce((sum, value) => sum + value / DRAWS, 0)), spread: Math.max(1e-9, squares.reduce((sum, s) => sum + Math.sqrt(s) / COARSE, 0)) };
}

/**
 * The largest area between two groups' ROC curves (ABROCA). It folds at 0: since ∫|D̂| ≤ ∫|D| + ∫|e|, the lower end takes off what
 * noise alone shows (its quantile over all pairs, in units of each pair's mean); by convexity the upper end adds z·∫sd(e).
 */
export function abroca(rows: ScoredRows, random: RandomStream, tolerance: number): CurveGap | null {
  const curves = rocCurves(rows), coarse = rocCurves(rows, COARSE), known = curves.flatMap((curve, g) => (curve === null ? [] : [g]));
  if (known.length < 2 || known.length > MOST_CURVES) return null;
  const errors = new Map(known.map((g) => [g, curveErrors(coarse[g]!, random)]));
  const pairs = known.flatMap((i, at) => known.slice(0, at).map((j) => pairOf(j, i, areaBetween(curves[i]!, curves[j]!), errors.get(i)!, errors.get(j)!)));
  const worst = pairs.reduce((most, pair) => (pair.area > most.area ? pair : most));
  const draws = Float64Array.from({ length: DRAWS }, (_, b) => pairs.reduce((most, { noise, mean }) => Math.max(most, noise[b]! / mean), 0));
  const largest = (value: (pair: Pair) => number): number => pairs.reduce((most, pair) => Math.max(most, value(pair)), -Infinity);
  const beyond = largest(({ area, mean }) => (area - tolerance) / mean);
  return { value: worst.area, pair: [worst.i, worst.j], expected: worst.mean, null: maxT(draws, pairs.length * 2), p: (1 + draws.filter((draw) => draw >= beyond).length) / (DRAWS + 1),
    ends: { near: (c) => Math.max(0, largest(({ area, mean }) => area - c * mean)), far: (z) => Math.min(1, largest(({ area, spread }) => area + z * spread)),
      beyond, within: -largest(({ area, spread }) => (area - tolerance) / spread) } };
}
