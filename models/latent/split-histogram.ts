/** Two normals fitted to a histogram of standardised values. `second`: per bin, the probability of the second normal. */
export interface HistogramSplit {
  /** Log-likelihood of two normals less that of one, in nats over all counts. */
  readonly gain: number;
  readonly second: Float64Array;
}

const STEPS = 15;
const CUTS = [0.1, 0.5, 0.9] as const;
/** Half the width of the middle, in standard deviations. */
const INNER = 0.5;

interface Normal {
  readonly weight: number;
  readonly mean: number;
  readonly variance: number;
}

/** Normal with the moments of the bins, each weighted by counts · share. */
function normalOf(counts: Float64Array, centres: Float64Array, share: (bin: number) => number, total: number, floor: number): Normal {
  let mass = 0, sum = 0, square = 0;
  for (let bin = 0; bin < counts.length; bin++) {
    const weight = counts[bin]! * share(bin);
    mass += weight;
    sum += weight * centres[bin]!;
    square += weight * centres[bin]! ** 2;
  }
  const mean = mass > 0 ? sum / mass : 0;
  return { weight: mass / total, mean, variance: Math.max(floor, (mass > 0 ? square / mass : 0) - mean * mean) };
}

function logDensity({ weight, mean, variance }: Normal, x: number): number {
  return Math.log(Math.max(weight, 1e-300)) - 0.5 * Math.log(variance) - (x - mean) ** 2 / (2 * variance);
}

function cutBin(counts: Float64Array, total: number, share: number): number {
  let passed = 0;
  for (let bin = 0; bin < counts.length; bin++) {
    passed += counts[bin]!;
    if (passed >= share * total) return bin;
  }
  return counts.length - 1;
}

/** EM on the bins from hard sides. second: [bins] 1 or 0. */
function splitFrom(counts: Float64Array, centres: Float64Array, second: Float64Array, total: number, floor: number): HistogramSplit {
  const single = normalOf(counts, centres, () => 1, total, floor);
  let gain = 0;
  for (let step = 0; step < STEPS; step++) {
    const upper = normalOf(counts, centres, (bin) => second[bin]!, total, floor), lower = normalOf(counts, centres, (bin) => 1 - second[bin]!, total, floor);
    gain = 0;
    for (let bin = 0; bin < counts.length; bin++) {
      const a = logDensity(lower, centres[bin]!), b = logDensity(upper, centres[bin]!), largest = Math.max(a, b);
      const both = largest + Math.log1p(Math.exp(Math.min(a, b) - largest));
      second[bin] = Math.exp(b - both);
      gain += counts[bin]! * (both - logDensity(single, centres[bin]!));
    }
  }
  return { gain, second };
}

/**
 * The best of four ways to see two normals where one was fitted: cut low, in the middle, high, or around the middle, for a tight
 * cluster inside a wide one. counts, centres: [bins] of evenly spaced bins; counts may be
 * fractional (responsibilities).
 */
export function splitHistogram(counts: Float64Array, centres: Float64Array): HistogramSplit {
  const total = counts.reduce((sum, count) => sum + count, 0), floor = (centres[1]! - centres[0]!) ** 2;
  if (!(total > 0)) return { gain: 0, second: new Float64Array(counts.length) };
  const cuts = CUTS.map((share) => cutBin(counts, total, share));
  const sides = [...cuts.map((cut) => centres.map((_, bin) => (bin > cut ? 1 : 0))), centres.map((centre) => (Math.abs(centre) < INNER ? 1 : 0))];
  return sides.map((second) => splitFrom(counts, centres, second, total, floor)).reduce((best, next) => (next.gain > best.gain ? next : best));
}
