import { BINS } from '../fairness/calibration.ts';
import type { ScoredRows } from '../fairness/auroc-by-group.ts';
import { endCriticals, type LargestChange } from './largest-change.ts';
import type { RowMatch } from './match-rows.ts';
import { signedSums, signedVariance, toldSigns } from './signed-sums.ts';

/** Scores that are probabilities, with labels and groups of one audit; groups are numbered alike in both. */
export type LabelledScores = Pick<ScoredRows, 'scores' | 'labels' | 'codes' | 'groups'>;

interface Binned {
  readonly rows: Float64Array;
  /** [groups, bins] Σ (label − score)/rows of the group */
  readonly mean: Float64Array;
  /** [groups, bins] Σ ((label − score)/rows)² */
  readonly squares: Float64Array;
}

/** What counts of a row: its bin and label − score; null when it has no score, label or group. */
function residual({ scores, labels, codes, groups }: LabelledScores, row: number): { readonly cell: number; readonly group: number; readonly error: number } | null {
  const score = scores[row]!, group = codes[row]!;
  if (Number.isNaN(score) || labels[row] === 255 || group >= groups) return null;
  return { group, cell: group * BINS + Math.max(0, Math.min(BINS - 1, Math.floor(score * BINS))), error: labels[row]! - score };
}

function binned(side: LabelledScores): Binned {
  const rows = new Float64Array(side.groups), mean = new Float64Array(side.groups * BINS), squares = new Float64Array(mean.length);
  for (let row = 0; row < side.codes.length; row++) {
    const found = residual(side, row);
    if (found === null) continue;
    rows[found.group]!++;
    mean[found.cell]! += found.error;
    squares[found.cell]! += found.error ** 2;
  }
  return { rows, mean: mean.map((sum, i) => sum / Math.max(1, rows[Math.floor(i / BINS)]!)), squares: squares.map((sum, i) => sum / Math.max(1, rows[Math.floor(i / BINS)]!) ** 2) };
}

/** One group's binned errors of calibration in both audits. */
interface GroupErrors {
  readonly before: Float64Array;
  readonly after: Float64Array;
  /** [bins] standard errors */
  readonly errorBefore: Float64Array;
  readonly errorAfter: Float64Array;
  /** [bins, bins] of after − before */
  readonly covariance: Float64Array;
}

/** Covariance of the sums of two bins of one audit: rows lie in one bin each. Of one row the variance is unknown: a quarter, as the audit's own. */
function within({ rows, mean, squares }: Binned, group: number, b: number, c: number): number {
  const n = rows[group]!, at = group * BINS;
  if (n < 2) return b === c && squares[at + b]! > 0 ? 0.25 : 0;
  return ((b === c ? squares[at + b]! : 0) - (mean[at + b]! * mean[at + c]!) / n) * (n / Math.max(1, n - 1));
}

/** Σ over rows that count in the same group of both audits of the products of their errors, by the bins they lie in; how many, and whether each is as it was. */
function shared(first: LabelledScores, second: LabelledScores, match: RowMatch): { readonly product: Float64Array; readonly left: Float64Array; readonly right: Float64Array; readonly rows: Float64Array; readonly alike: Uint8Array } {
  const { groups } = first, product = new Float64Array(groups * BINS * BINS), left = new Float64Array(groups * BINS), right = new Float64Array(groups * BINS), rows = new Float64Array(groups), alike = new Uint8Array(groups).fill(1);
  for (let k = 0; k < match.first.length; k++) {
    const a = residual(first, match.first[k]!), b = residual(second, match.second[k]!);
    if (a === null || b === null || a.group !== b.group) continue;
    rows[a.group]!++;
    product[a.cell * BINS + (b.cell % BINS)]! += a.error * b.error;
    left[a.cell]! += a.error;
    right[b.cell]! += b.error;
    if (a.cell !== b.cell || a.error !== b.error) alike[a.group] = 0;
  }
  return { product, left, right, rows, alike };
}

function groupErrors(first: LabelledScores, second: LabelledScores, match: RowMatch): readonly (GroupErrors | null)[] {
  const a = binned(first), b = binned(second), both = shared(first, second, match);
  return Array.from({ length: first.groups }, (_, g) => {
    const n = a.rows[g]!, m = b.rows[g]!, s = both.rows[g]!;
    if (n === 0 || m === 0) return null;
    const own = (of: Float64Array): Float64Array => of.slice(g * BINS, (g + 1) * BINS), covariance = new Float64Array(BINS * BINS), same = both.alike[g] === 1 && s === n && s === m;
    // Of the shared rows alone, about their own means: Σ(x − x̄)(y − ȳ)·s/(s − 1), over the rows of both groups.
    const across = (i: number, j: number): number => (s < 2 ? 0 : ((both.product[(g * BINS + i) * BINS + j]! - (both.left[g * BINS + i]! * both.right[g * BINS + j]!) / s) * (s / (s - 1))) / (n * m));
    for (let i = 0; i < BINS; i++) for (let j = 0; j < BINS; j++) covariance[i * BINS + j] = same ? 0 : within(a, g, i, j) + within(b, g, i, j) - across(i, j) - across(j, i);
    const error = (side: Binned): Float64Array => Float64Array.from({ length: BINS }, (__, i) => Math.sqrt(Math.max(0, within(side, g, i, i))));
    return { before: own(a.mean), after: own(b.mean), errorBefore: error(a), errorAfter: error(b), covariance };
  });
}

interface Ends {
  readonly group: number;
  readonly before: number;
  readonly after: number;
  /** The least change over the signs that may be before, the largest over those that may be after, with their variances. */
  readonly low: number;
  readonly high: number;
  readonly lowVariance: number;
  readonly highVariance: number;
  /** Limits of the error itself before and after. */
  readonly limits: Readonly<Record<'before' | 'after', readonly [number, number]>>;
}

/** Of Σ|μ|: since |·| is convex its estimate is too small by no more than one signed error, and too large by no more than Σ|e|, √(2/π) of the errors and what they spread (Gaussian concentration). */
function limitsOf(values: Float64Array, errors: Float64Array, screen: number): readonly [number, number] {
  const value = sizes(values), spread = screen * Math.sqrt(errors.reduce((sum, error) => sum + error * error, 0));
  return [value - Math.sqrt(2 / Math.PI) * sizes(errors) - spread, value + spread];
}

const sizes = (values: Float64Array): number => values.reduce((sum, value) => sum + Math.abs(value), 0);

function endsOf({ before, after, errorBefore, errorAfter, covariance }: GroupErrors, group: number, screen: number): Ends {
  const changes = after.map((value, b) => value - before[b]!), was = toldSigns(before, errorBefore, screen), is = toldSigns(after, errorAfter, screen);
  return { group, before: sizes(before), after: sizes(after), low: signedSums(changes, was)[0], high: signedSums(changes, is)[1], lowVariance: signedVariance(covariance, was), highVariance: signedVariance(covariance, is),
    limits: { before: limitsOf(before, errorBefore, screen), after: limitsOf(after, errorAfter, screen) } };
}

/** Pairs that may be the largest and the smallest error of one audit. */
function mayBe(ends: readonly Ends[], audit: 'before' | 'after'): readonly (readonly [Ends, Ends])[] {
  const floor = ends.reduce((most, { limits }) => Math.max(most, limits[audit][0]), -Infinity), ceiling = ends.reduce((least, { limits }) => Math.min(least, limits[audit][1]), Infinity);
  const large = ends.filter(({ limits }) => limits[audit][1] >= floor), small = ends.filter(({ limits }) => limits[audit][0] <= ceiling);
  return large.flatMap((one) => small.filter((other) => other !== one).map((other) => [one, other] as const));
}

/**
 * Change of the largest less the smallest expected calibration error of the groups, rows of both audits paired. Each error is Σ_b |μ_b|, μ_b the
 * binned mean of label less score; what is not known of the signs, and of which groups are the ends, widens the interval as far as
 * the errors' change reaches, and no further: scores that did not change leave nothing.
 * @returns null when fewer than two groups have rows in both
 */
export function calibrationGapChange(first: LabelledScores, second: LabelledScores, match: RowMatch, level: number): LargestChange | null {
  const known = groupErrors(first, second, match).flatMap((errors, group) => (errors === null ? [] : [{ errors, group }]));
  if (known.length < 2) return null;
  const { end, screen } = endCriticals(level, known.length * BINS), ends = known.map(({ errors, group }) => endsOf(errors, group, screen));
  // Before the true ends are one pair: the change is at least the larger's least change less the smaller's largest. After, the other way round.
  const low = Math.min(...mayBe(ends, 'before').map(([one, other]) => one.low - other.high - end * Math.sqrt(one.lowVariance + other.highVariance)));
  const high = Math.max(...mayBe(ends, 'after').map(([one, other]) => one.high - other.low + end * Math.sqrt(one.highVariance + other.lowVariance)));
  const range = (audit: 'before' | 'after'): number => Math.max(...ends.map((each) => each[audit])) - Math.min(...ends.map((each) => each[audit]));
  const before = range('before'), after = range('after'), value = after - before;
  return { before, after, value, interval: [Math.min(low, value), Math.max(high, value)] };
}
