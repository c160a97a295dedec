import type { RandomStream } from '../engine/random.ts';
import { binomialSampler } from '../stats/binomial.ts';
import { DRAWS } from './max-t-distribution.ts';
import type { RateFamily } from './rates.ts';

/** The smallest and the largest rate of each draw, were all groups equal; in order of drawing. */
export interface ParityDraws {
  readonly lowest: Float64Array;
  readonly highest: Float64Array;
}

export interface Expected { readonly mean: number; readonly q95: number }

export function pooledRate({ x, n }: RateFamily): number {
  const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);
  return sum(x) / sum(n);
}

/**
 * Rates of the groups drawn from the pooled rate, at the groups' own sizes (effective ones are rounded).
 * @param prior events and non-events added to each draw before dividing (0: the plain rate)
 */
export function drawAtParity(family: RateFamily, random: RandomStream, prior = 0, draws = DRAWS): ParityDraws {
  const { n } = family;
  const samplers = Array.from(n, (trials) => binomialSampler(Math.max(1, Math.round(trials)), pooledRate(family)));
  const lowest = new Float64Array(draws).fill(Infinity), highest = new Float64Array(draws).fill(-Infinity);
  for (let b = 0; b < draws; b++) {
    for (let i = 0; i < n.length; i++) {
      const rate = (samplers[i]!(random) + prior) / (Math.max(1, Math.round(n[i]!)) + 2 * prior);
      if (rate < lowest[b]!) lowest[b] = rate;
      if (rate > highest[b]!) highest[b] = rate;
    }
  }
  return { lowest, highest };
}

export function complementDraws({ lowest, highest }: ParityDraws): ParityDraws {
  return { lowest: highest.map((rate) => 1 - rate), highest: lowest.map((rate) => 1 - rate) };
}

/** Mean and the quantile that 95 % of the draws do not exceed (of ratios: do not fall below). */
function summarise(values: Float64Array, unequal: 'large' | 'small'): Expected {
  const sorted = values.toSorted();
  const rank = Math.ceil(0.95 * sorted.length) - 1;
  const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
  return { mean, q95: sorted[unequal === 'large' ? rank : sorted.length - 1 - rank]! };
}

/** Gap to expect from chance alone; the larger one of several families (equalized odds). */
export function expectedDifference(parts: readonly ParityDraws[]): Expected {
  const [first, ...others] = parts.map(({ lowest, highest }) => highest.map((rate, b) => rate - lowest[b]!));
  return summarise(first!.map((gap, b) => others.reduce((most, other) => Math.max(most, other[b]!), gap)), 'large');
}

/** Ratio to expect from chance alone; the smaller one of several families. Draws without any event count as equal. */
export function expectedRatio(parts: readonly ParityDraws[]): Expected {
  const [first, ...others] = parts.map(({ lowest, highest }) => highest.map((rate, b) => (rate > 0 ? lowest[b]! / rate : 1)));
  return summarise(first!.map((ratio, b) => others.reduce((least, other) => Math.min(least, other[b]!), ratio)), 'small');
}

/** Gap of independent normal estimates that differ by chance alone. */
export function expectedNormalGap(variance: Float64Array, random: RandomStream, against: number | null = null): Expected {
  const gaps = new Float64Array(DRAWS);
  const error = new Float64Array(variance.length);
  for (let b = 0; b < DRAWS; b++) {
    for (let i = 0; i < error.length; i++) error[i] = Math.sqrt(variance[i]!) * random.normal();
    if (against === null) gaps[b] = Math.max(...error) - Math.min(...error);
    else gaps[b] = error.reduce((most, value) => Math.max(most, Math.abs(value - error[against]!)), 0);
  }
  return summarise(gaps, 'large');
}
