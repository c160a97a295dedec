import gammaln from '@stdlib/math-base-special-gammaln';
import type { RandomStream } from '../engine/random.ts';

/** Mass beyond this share of the mode's probability is below what 32 random bits can resolve, by a factor of 2^20. */
const NEGLIGIBLE = 2 ** -52;

export function logBinomialMass(x: number, n: number, rate: number): number {
  if (rate <= 0) return x === 0 ? 0 : -Infinity;
  if (rate >= 1) return x === n ? 0 : -Infinity;
  return gammaln(n + 1) - gammaln(x + 1) - gammaln(n - x + 1) + x * Math.log(rate) + (n - x) * Math.log1p(-rate);
}

/** Probabilities of mode, mode ± 1, mode ± 2 … successes in one direction, until they are negligible; room grows as needed. */
function tail(n: number, odds: number, mode: number, peak: number, direction: 1 | -1): Float64Array {
  let room = new Float64Array(64 + Math.ceil(9 * Math.sqrt((n * odds) / (1 + odds) ** 2))), used = 0;
  for (let x = mode, p = peak; direction === 1 ? x < n : x > 0; x += direction) {
    p *= direction === 1 ? ((n - x) * odds) / (x + 1) : x / ((n - x + 1) * odds);
    if (p < peak * NEGLIGIBLE) break;
    if (used === room.length) {
      const larger = new Float64Array(2 * used);
      larger.set(room);
      room = larger;
    }
    room[used++] = p;
  }
  return room.subarray(0, used);
}

/** Probabilities of first … first + probabilities.length − 1 successes: all that is not negligible. */
function mass(n: number, rate: number): { first: number; probabilities: Float64Array } {
  const mode = Math.min(n, Math.floor((n + 1) * rate)), peak = Math.exp(logBinomialMass(mode, n, rate)), odds = rate / (1 - rate);
  const below = tail(n, odds, mode, peak, -1), above = tail(n, odds, mode, peak, 1);
  const probabilities = new Float64Array(below.length + 1 + above.length);
  probabilities.set(below.reverse());
  probabilities[below.length] = peak;
  probabilities.set(above, below.length + 1);
  return { first: mode - below.length, probabilities };
}

/**
 * Draws from Binomial(n, rate) by inversion of its distribution function with a guide table (Chen and Asau 1974): exact up to the
 * 32 bits of the uniform. Set-up takes time and memory of the order √n, a draw O(1); made for many draws from one distribution.
 * @param n trials, a non-negative integer
 * @param rate in [0, 1]
 */
export function binomialSampler(n: number, rate: number): (random: RandomStream) => number {
  if (n === 0 || rate <= 0) return () => 0;
  if (rate >= 1) return () => n;
  const { first, probabilities } = mass(n, rate);
  const size = probabilities.length;
  const total = probabilities.reduce((sum, p) => sum + p, 0);
  const cumulative = new Float64Array(size);
  let sum = 0;
  for (let i = 0; i < size; i++) cumulative[i] = (sum += probabilities[i]!) / total;
  cumulative[size - 1] = 1;
  const guide = new Uint32Array(size);
  for (let bucket = 0, i = 0; bucket < size; bucket++) {
    while (cumulative[i]! < bucket / size) i++;
    guide[bucket] = i;
  }
  return (random) => {
    const u = random.uniform();
    let i = guide[Math.floor(u * size)]!;
    while (cumulative[i]! < u) i++;
    return first + i;
  };
}
