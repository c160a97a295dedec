import type { RandomStream } from '../engine/random.ts';
import { binomialSampler } from '../stats/binomial.ts';
import { drawDependentMaxT } from './design-max-t.ts';
import { drawScoreMaxT } from './max-score.ts';
import { DRAWS, MAXIMUM_DRAWN_GROUPS, maxT, smoothedRates, type MaxT } from './max-t-distribution.ts';
import { complementFamily, type RateFamily } from './rates.ts';

/** max over pairs of |a_i − a_j| / √(v_i + v_j), or over the pairs with one group alone. */
function largestStudentised(a: Float64Array, v: Float64Array, against: number | null): number {
  let largest = 0;
  const last = against === null ? a.length : against + 1;
  for (let i = against ?? 1; i < last; i++) {
    const end = against === null ? i : a.length;
    for (let j = 0; j < end; j++) {
      if (i === j) continue;
      const difference = a[i]! - a[j]!;
      const square = (difference * difference) / (v[i]! + v[j]!);
      if (square > largest) largest = square;
    }
  }
  return Math.sqrt(largest);
}

/** One group's errors p̃* − m, and the variances that go with them, draw by draw. */
export interface RateDraws {
  readonly error: Float64Array;
  readonly variance: Float64Array;
}

/** Of a group of n with the smoothed rate p̃: x* ~ Binomial(n, p̃), centred at its own mean m = (n p̃ + 1)/(n + 2), studentised by its own draw. */
export function drawRateErrors(n: number, rate: number, random: RandomStream, draws: number): RateDraws {
  const sample = binomialSampler(n, rate), mean = (n * rate + 1) / (n + 2), error = new Float64Array(draws), variance = new Float64Array(draws);
  for (let b = 0; b < draws; b++) {
    const p = (sample(random) + 1) / (n + 2);
    error[b] = p - mean;
    variance[b] = (p * (1 - p)) / (n + 2);
  }
  return { error, variance };
}

/** [draws] max over pairs of groups of |error_i − error_j| / √(variance_i + variance_j). */
export function largestErrors(groups: readonly RateDraws[], draws: number): Float64Array {
  const most = new Float64Array(draws);
  for (const [i, { error: a, variance: v }] of groups.entries()) {
    for (const { error, variance } of groups.slice(0, i)) {
      for (let b = 0; b < draws; b++) {
        const difference = a[b]! - error[b]!, square = (difference * difference) / (v[b]! + variance[b]!);
        if (square > most[b]!) most[b] = square;
      }
    }
  }
  return most.map(Math.sqrt);
}

/** Parametric bootstrap of max |T| over all pairs of groups, each drawn from its smoothed rate. */
export function drawRateMaxT(family: RateFamily, random: RandomStream, draws = DRAWS): MaxT {
  const { rate, variance } = smoothedRates(family);
  if (family.design !== undefined) return drawDependentMaxT({ ...family.design, variance }, random, null, draws);
  const groups = rate.length, comparisons = groups * (groups - 1);
  if (groups > MAXIMUM_DRAWN_GROUPS) return maxT(null, comparisons);
  return maxT(largestErrors(Array.from(rate, (p, i) => drawRateErrors(family.n[i]!, p, random, draws)), draws), comparisons);
}

/** Distributions that the gaps of one rate are judged by. */
export interface RateMaxT {
  readonly difference: MaxT;
  /** Of ratios of the events, and of the non-events. */
  readonly ratio: MaxT;
  readonly complementRatio: MaxT;
}

/** All of them; ratios by their own score statistic, unless weights or clusters leave no counts to score. */
export function drawRatesMaxT(family: RateFamily, random: RandomStream, draws = DRAWS): RateMaxT {
  const difference = drawRateMaxT(family, random, draws);
  if (family.design !== undefined || difference.draws === null) return { difference, ratio: difference, complementRatio: difference };
  return { difference, ratio: drawScoreMaxT(family, random, draws), complementRatio: drawScoreMaxT(complementFamily(family), random, draws) };
}

/**
 * The same for independent, approximately normal estimates.
 * @param against position of the group that all others are compared with; null: all pairs
 */
export function drawNormalMaxT(variance: Float64Array, random: RandomStream, against: number | null = null, draws = DRAWS): MaxT {
  const groups = variance.length, comparisons = against === null ? groups * (groups - 1) : 2 * (groups - 1);
  if (groups > MAXIMUM_DRAWN_GROUPS) return maxT(null, comparisons);
  const error = new Float64Array(groups), maxima = new Float64Array(draws);
  for (let b = 0; b < draws; b++) {
    for (let i = 0; i < groups; i++) error[i] = Math.sqrt(variance[i]!) * random.normal();
    maxima[b] = largestStudentised(error, variance, against);
  }
  return maxT(maxima, comparisons);
}
