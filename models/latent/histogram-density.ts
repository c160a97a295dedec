import type { Points, StoredPoints } from './points.ts';

/** One histogram per dimension. logDensity: [d, bins + 2]; entry 0 and the last are the tails below and above the fitted range. */
export interface HistogramDensity {
  readonly bins: number;
  readonly dimensions: number;
  readonly low: Float64Array;
  readonly width: Float64Array;
  readonly counts: Float64Array;
  readonly rows: number;
  readonly logDensity: Float64Array;
}

const BIN_CHOICES = [10, 20, 40, 80] as const;
/** With fewer rows a bin the half rows outweigh the real ones, and the likelihood favours many bins for being even. */
const ROWS_PER_BIN = 10;
/** The range given to a dimension that does not vary. */
const SMALLEST_RANGE = 1e-6;

/** Position in the dimension's row of `counts`: 0 below the range, bins + 1 above it; the last inner bin holds the largest value. */
export function binOf({ bins, low, width }: HistogramDensity, dimension: number, value: number): number {
  const offset = (value - low[dimension]!) / width[dimension]!;
  if (offset < 0) return 0;
  if (offset > bins) return bins + 1;
  return Math.min(bins, Math.floor(offset) + 1);
}

function rangeOf(z: StoredPoints, dimension: number): readonly [number, number] {
  let low = Infinity, high = -Infinity;
  for (let at = dimension; at < z.values.length; at += z.dimensions) {
    low = Math.min(low, z.values[at]!);
    high = Math.max(high, z.values[at]!);
  }
  if (high - low >= SMALLEST_RANGE) return [low, high];
  const middle = (low + high) / 2;
  return [middle - SMALLEST_RANGE / 2, middle + SMALLEST_RANGE / 2];
}

/**
 * Equal-width bins over the observed range of each dimension with a tail bin at either side: of B bins in all, one with c of the n
 * rows has mass (c + ½)/(n + B/2) (Krichevsky and Trofimov 1981). A tail's mass falls off exponentially, with the bins' width as
 * its mean, so that the density integrates to 1 on the whole line.
 * @throws RangeError without a row
 */
export function fitHistograms(z: StoredPoints, bins: number): HistogramDensity {
  if (z.rows === 0) throw new RangeError('a histogram needs at least one row');
  const d = z.dimensions, low = new Float64Array(d), width = new Float64Array(d);
  for (let j = 0; j < d; j++) {
    const [from, to] = rangeOf(z, j);
    low[j] = from;
    width[j] = (to - from) / bins;
  }
  const counts = new Float64Array(d * (bins + 2)), logDensity = new Float64Array(d * (bins + 2));
  const fitted = { bins, dimensions: d, low, width, counts, rows: z.rows, logDensity };
  for (let at = 0; at < z.values.length; at++) counts[(at % d) * (bins + 2) + binOf(fitted, at % d, z.values[at]!)]!++;
  for (let at = 0; at < counts.length; at++) {
    const mass = (counts[at]! + 0.5) / (z.rows + (bins + 2) / 2);
    logDensity[at] = Math.log(mass / width[Math.floor(at / (bins + 2))]!);
  }
  return fitted;
}

/** ln Π_j q̂_j(z_j) of every row, [n]: the dimensions are taken as independent. */
export function histogramLogDensity(histogram: HistogramDensity, z: Points): Float64Array {
  const { bins, dimensions: d, low, width, logDensity } = histogram;
  const result = new Float64Array(z.rows);
  for (let at = 0; at < z.values.length; at++) {
    const j = at % d, value = z.values[at]!, bin = binOf(histogram, j, value);
    let term = logDensity[j * (bins + 2) + bin]!;
    if (bin === 0) term -= (low[j]! - value) / width[j]!;
    if (bin === bins + 1) term -= (value - low[j]!) / width[j]! - bins;
    result[Math.floor(at / d)]! += term;
  }
  return result;
}

/** Sum over fitted rows of the log density that the other rows give them, in closed form. */
function leaveOneOut({ bins, width, counts, rows }: HistogramDensity): number {
  let sum = 0;
  for (let at = 0; at < counts.length; at++) {
    const count = counts[at]!;
    if (count === 0) continue;
    sum += count * Math.log((count - 0.5) / (rows - 1 + (bins + 2) / 2) / width[Math.floor(at / (bins + 2))]!);
  }
  return sum;
}

/** Histograms with the number of bins, of 10, 20, 40 and 80 but at most a tenth of the rows, whose leave-one-out likelihood (Rudemo 1982; Stone 1974) is largest. */
export function selectHistograms(z: Points): HistogramDensity {
  const choices = BIN_CHOICES.filter((bins) => bins <= Math.max(BIN_CHOICES[0], z.rows / ROWS_PER_BIN));
  const fitted = choices.map((bins) => fitHistograms(z, bins));
  return fitted.reduce((best, next) => (leaveOneOut(next) > leaveOneOut(best) ? next : best));
}
