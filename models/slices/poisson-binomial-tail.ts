import { normalTail } from '../stats/normal.ts';

/** Up to here the distribution is computed itself, in n²/2 steps. */
const MOST_EXACT = 2000;
const LARGEST_TILT = 40;
const BISECTIONS = 60;

/** P(K ≥ k) by adding one trial after the other; counts from k upwards share one cell. */
function exactTail(k: number, rates: Float64Array): number {
  const probability = new Float64Array(k + 1);
  probability[0] = 1;
  for (const rate of rates) {
    probability[k] = probability[k]! + probability[k - 1]! * rate;
    for (let j = k - 1; j > 0; j--) probability[j] = probability[j]! * (1 - rate) + probability[j - 1]! * rate;
    probability[0] = probability[0]! * (1 - rate);
  }
  return Math.min(1, probability[k]!);
}

interface Tilted { readonly log: number; readonly mean: number; readonly variance: number; readonly third: number }

/** Cumulant generating function Σ log(1 − p + p eˢ) with its first three derivatives. */
function tilt(s: number, rates: Float64Array): Tilted {
  let log = 0, mean = 0, variance = 0, third = 0;
  for (const rate of rates) {
    const total = 1 - rate + rate * Math.exp(s), tilted = (rate * Math.exp(s)) / total;
    log += Math.log(total);
    mean += tilted;
    variance += tilted * (1 - tilted);
    third += tilted * (1 - tilted) * (1 - 2 * tilted);
  }
  return { log, mean, variance, third };
}

const density = (z: number): number => Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);

/** Normal tail corrected for skewness and continuity (Volkova 1996): near the middle. */
function refinedTail(k: number, { mean, variance, third }: Tilted): number {
  const z = (k - 0.5 - mean) / Math.sqrt(variance), skewness = third / variance ** 1.5;
  return Math.min(1, Math.max(0, normalTail(z) - (skewness * (1 - z * z) * density(z)) / 6));
}

/** Saddlepoint tail of a count (Lugannani and Rice 1980; Daniels 1987, first continuity correction): right to a few per cent however far out. */
function saddlepointTail(k: number, rates: Float64Array): number {
  let low = 0, high = LARGEST_TILT;
  for (let step = 0; step < BISECTIONS; step++) {
    const middle = (low + high) / 2;
    if (tilt(middle, rates).mean < k) low = middle;
    else high = middle;
  }
  const s = (low + high) / 2, { log, variance } = tilt(s, rates);
  const w = Math.sqrt(2 * Math.max(0, s * k - log)), u = (1 - Math.exp(-s)) * Math.sqrt(variance);
  return u > 0 ? Math.min(1, Math.max(0, normalTail(w) + density(w) * (1 / u - 1 / w))) : normalTail(w);
}

/**
 * P(K ≥ k) for the number K of successes among independent trials of unequal rates (Poisson binomial distribution); exact up to 2,000 trials.
 * @param rates [n] probabilities in [0, 1]
 */
export function poissonBinomialTail(k: number, rates: Float64Array): number {
  if (k <= 0) return 1;
  if (k > rates.length) return 0;
  if (rates.length <= MOST_EXACT) return exactTail(k, rates);
  const straight = tilt(0, rates);
  if (straight.variance === 0) return k <= straight.mean ? 1 : 0;
  return k - straight.mean < Math.sqrt(straight.variance) ? refinedTail(k, straight) : saddlepointTail(k, rates);
}
