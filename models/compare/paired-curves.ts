import { randomStream } from '../engine/random.ts';
import { areaBetween, MOST_CURVES, rocCurves } from '../fairness/abroca.ts';
import type { ScoredRows } from '../fairness/auroc-by-group.ts';
import { drawPoisson } from '../stats/poisson.ts';
import { endCriticals, type LargestChange } from './largest-change.ts';
import type { RowMatch } from './match-rows.ts';
import { signedSums, toldSigns } from './signed-sums.ts';

/** Bins of scores, and false positive rates, at which noise is drawn. */
const POINTS = 60;
const DRAWS = 300;
const ABSENT = POINTS, WIDTH = POINTS + 1;

/** [n] bin of each row's score among all that count, equal scores in one bin; ABSENT for rows that do not count. */
function scoreBins({ ranked, scores, codes, groups }: ScoredRows): Uint8Array {
  const bins = new Uint8Array(codes.length).fill(ABSENT);
  for (let start = 0; start < ranked.length;) {
    let end = start;
    while (end < ranked.length && scores[ranked[end]!] === scores[ranked[start]!]) end++;
    const bin = Math.min(POINTS - 1, Math.floor((start * POINTS) / ranked.length));
    for (let i = start; i < end; i++) if (codes[ranked[i]!]! < groups) bins[ranked[i]!] = bin;
    start = end;
  }
  return bins;
}

/** Rows by where their scores lie in both audits, ABSENT where they are in one alone. */
interface JointCell { readonly first: number; readonly second: number; readonly rows: number }

/** [groups · 2] cells of each group and label that hold rows. */
function jointCells(first: ScoredRows, second: ScoredRows, match: RowMatch): readonly (readonly JointCell[])[] {
  const a = scoreBins(first), b = scoreBins(second), counts = new Uint32Array(first.groups * 2 * WIDTH * WIDTH), paired = new Uint8Array(b.length);
  const place = ({ codes, labels }: ScoredRows, row: number): number => 2 * codes[row]! + labels[row]!;
  const partner = new Int32Array(a.length).fill(-1);
  match.first.forEach((row, k) => { partner[row] = match.second[k]!; });
  for (let row = 0; row < a.length; row++) {
    if (a[row] === ABSENT) continue;
    const other = partner[row]!, both = other >= 0 && b[other] !== ABSENT && place(first, row) === place(second, other);
    if (both) paired[other] = 1;
    counts[(place(first, row) * WIDTH + a[row]!) * WIDTH + (both ? b[other]! : ABSENT)]!++;
  }
  for (let row = 0; row < b.length; row++) if (b[row] !== ABSENT && paired[row] === 0) counts[(place(second, row) * WIDTH + ABSENT) * WIDTH + b[row]!]!++;
  return Array.from({ length: first.groups * 2 }, (_, at) => {
    const cells: JointCell[] = [];
    for (let i = 0; i < WIDTH * WIDTH; i++) {
      const rows = counts[at * WIDTH * WIDTH + i]!;
      if (rows > 0) cells.push({ first: Math.floor(i / WIDTH), second: i % WIDTH, rows });
    }
    return cells;
  });
}

/** Heights at equally spaced false positive rates of the curve of binned positives and negatives; null without either. */
function heights(positives: Float64Array, negatives: Float64Array): Float64Array | null {
  const total = (counts: Float64Array): number => counts.subarray(0, POINTS).reduce((sum, count) => sum + count, 0), up = total(positives), across = total(negatives);
  if (up === 0 || across === 0) return null;
  const found = new Float64Array(POINTS);
  let bin = POINTS - 1, fpr = 0, tpr = 0;
  for (let x = 0; x < POINTS; x++) {
    const at = (x + 0.5) / POINTS;
    while (bin > 0 && fpr + negatives[bin]! / across < at) {
      fpr += negatives[bin]! / across;
      tpr += positives[bin]! / up;
      bin--;
    }
    const step = negatives[bin]! / across;
    found[x] = tpr + (positives[bin]! / up) * (step > 0 ? Math.min(1, (at - fpr) / step) : 1);
  }
  return found;
}

/** One group's curve in both audits, with the variances of its heights, and of their change. */
interface PairedCurve {
  readonly before: Float64Array;
  readonly after: Float64Array;
  readonly varianceBefore: Float64Array;
  readonly varianceAfter: Float64Array;
  readonly variance: Float64Array;
}

/** Bins of one audit from the cells, each row as often as `times` says. */
function fill(cells: readonly JointCell[], times: (rows: number) => number): readonly [Float64Array, Float64Array] {
  const first = new Float64Array(WIDTH), second = new Float64Array(WIDTH);
  for (const { first: a, second: b, rows } of cells) {
    const n = times(rows);
    first[a]! += n;
    second[b]! += n;
  }
  return [first, second];
}

/** Paired bootstrap: a row is drawn as often in the one audit as in the other. */
function pairedCurve(negatives: readonly JointCell[], positives: readonly JointCell[], seed: number, group: number): PairedCurve | null {
  const curves = (times: (rows: number) => number): readonly (Float64Array | null)[] => { const up = fill(positives, times), across = fill(negatives, times); return [heights(up[0], across[0]), heights(up[1], across[1])]; };
  const [before, after] = curves((rows) => rows), [varianceBefore, varianceAfter, variance] = [0, 1, 2].map(() => new Float64Array(POINTS)) as [Float64Array, Float64Array, Float64Array];
  if (before === null || before === undefined || after === null || after === undefined) return null;
  for (let b = 0; b < DRAWS; b++) {
    const random = randomStream(seed, 'compare/abroca', group, b), [was, is] = curves((rows) => drawPoisson(rows, random));
    for (let x = 0; x < POINTS; x++) {
      const e = (was?.[x] ?? before[x]!) - before[x]!, f = (is?.[x] ?? after[x]!) - after[x]!;
      varianceBefore[x]! += (e * e) / DRAWS;
      varianceAfter[x]! += (f * f) / DRAWS;
      variance[x]! += ((f - e) * (f - e)) / DRAWS;
    }
  }
  return { before, after, varianceBefore, varianceAfter, variance };
}

interface CurvePair { readonly before: number; readonly after: number; readonly low: number; readonly high: number; readonly noiseBefore: number; readonly noiseAfter: number }

/** Σ of the standard errors over the points: by Minkowski's inequality no signed sum of the errors spreads more. */
const spread = (a: Float64Array, b: Float64Array): number => a.reduce((sum, variance, x) => sum + Math.sqrt(variance + b[x]!) / POINTS, 0);

function pairOf(one: PairedCurve, other: PairedCurve, areas: { readonly before: number; readonly after: number }, { end, screen }: { readonly end: number; readonly screen: number }): CurvePair {
  const apart = (of: 'before' | 'after'): Float64Array => one[of].map((height, x) => height - other[of][x]!), before = apart('before'), after = apart('after');
  const errors = (of: 'varianceBefore' | 'varianceAfter'): Float64Array => one[of].map((variance, x) => Math.sqrt(variance + other[of][x]!));
  const changes = after.map((height, x) => (height - before[x]!) / POINTS), reach = end * spread(one.variance, other.variance);
  return { ...areas, low: signedSums(changes, toldSigns(before, errors('varianceBefore'), screen))[0] - reach, high: signedSums(changes, toldSigns(after, errors('varianceAfter'), screen))[1] + reach,
    noiseBefore: spread(one.varianceBefore, other.varianceBefore), noiseAfter: spread(one.varianceAfter, other.varianceAfter) };
}

/** Pairs whose area may be the largest of one audit; noise alone shows √(2/π) of its spread. */
function mayBeLargest(pairs: readonly CurvePair[], audit: 'before' | 'after', screen: number): readonly CurvePair[] {
  const noise = audit === 'before' ? 'noiseBefore' : 'noiseAfter', floor = pairs.reduce((most, pair) => Math.max(most, pair[audit] - (screen + Math.sqrt(2 / Math.PI)) * pair[noise]), -Infinity);
  return pairs.filter((pair) => pair[audit] + screen * pair[noise] >= floor);
}

/**
 * Change of the largest area between two groups' ROC curves (ABROCA), rows of both audits paired. The area ∫|D| is the largest of ∫sD over
 * signs s(x), so that the change is bounded by that of ∫sD with the signs, and the pair, that may be true; errors of the curves come from
 * a bootstrap of the rows' joint bins, in time and memory that do not grow with the rows. Scores that rank the same rows alike leave nothing.
 * @returns null unless 2 to 60 groups have rows of both labels in both
 */
export function areaBetweenChange(first: ScoredRows, second: ScoredRows, match: RowMatch, { level, seed }: { readonly level: number; readonly seed: number }): LargestChange | null {
  const was = rocCurves(first), is = rocCurves(second), cells = jointCells(first, second, match);
  const known = was.flatMap((curve, group) => { const other = is[group]!; return curve === null || other === null ? [] : [{ group, curve, other }]; });
  if (known.length < 2 || known.length > MOST_CURVES) return null;
  const made = known.flatMap(({ group, curve, other }) => { const paired = pairedCurve(cells[2 * group]!, cells[2 * group + 1]!, seed, group); return paired === null ? [] : [{ curve, other, paired }]; });
  const criticals = endCriticals(level, (known.length * (known.length - 1) * POINTS) / 2);
  const pairs = made.flatMap((one, at) => made.slice(0, at).map((other) => pairOf(one.paired, other.paired, { before: areaBetween(one.curve, other.curve), after: areaBetween(one.other, other.other) }, criticals)));
  const before = Math.max(...pairs.map((pair) => pair.before)), after = Math.max(...pairs.map((pair) => pair.after)), value = after - before;
  const low = Math.min(...mayBeLargest(pairs, 'before', criticals.screen).map((pair) => pair.low)), high = Math.max(...mayBeLargest(pairs, 'after', criticals.screen).map((pair) => pair.high));
  return { before, after, value, interval: [Math.max(-1, Math.min(low, value)), Math.min(1, Math.max(high, value))] };
}
