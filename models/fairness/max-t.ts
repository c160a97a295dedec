import type { RandomStream } from '../engine/random.ts';
import { binomialSampler } from '../stats/binomial.ts';
import { squaredRatioScore } from '../stats/score-ratio.ts';
import { drawDependentMaxT } from './design-max-t.ts';
import { DRAWS, MAXIMUM_DRAWN_GROUPS, maxT, smoothedRates, type MaxT } from './max-t-distribution.ts';
import type { RateFamily } from './rates.ts';

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

/** Draws of all groups from their smoothed rates, side by side. */
function samplersOf({ n }: RateFamily, rate: Float64Array): ((random: RandomStream) => number)[] {
  return Array.from(n, (trials, i) => binomialSampler(trials, rate[i]!));
}

/** Errors p̃* − m and variances of one draw, m_i = (n_i p̃_i + 1)/(n_i + 2) its own mean. */
function studentise(x: Float64Array, n: Float64Array, mean: Float64Array, error: Float64Array, variance: Float64Array): void {
  for (let i = 0; i < n.length; i++) {
    const p = (x[i]! + 1) / (n[i]! + 2);
    error[i] = p - mean[i]!;
    variance[i] = (p * (1 - p)) / (n[i]! + 2);
  }
}

/**
 * Parametric bootstrap of max |T| over all pairs of groups: x* ~ Binomial(n_i, p̃_i), each p̃*_i centred at its own mean and studentised by
 * its own draw.
 */
export function drawRateMaxT(family: RateFamily, random: RandomStream, draws = DRAWS): MaxT {
  const { rate, variance: own } = smoothedRates(family);
  if (family.design !== undefined) return drawDependentMaxT({ ...family.design, variance: own }, random, null, draws);
  const { n } = family, groups = n.length, comparisons = groups * (groups - 1);
  if (groups > MAXIMUM_DRAWN_GROUPS) return maxT(null, comparisons);
  const samplers = samplersOf(family, rate), mean = rate.map((p, i) => (n[i]! * p + 1) / (n[i]! + 2));
  const x = new Float64Array(groups), error = new Float64Array(groups), variance = new Float64Array(groups), maxima = new Float64Array(draws);
  for (let b = 0; b < draws; b++) {
    for (let i = 0; i < groups; i++) x[i] = samplers[i]!(random);
    studentise(x, n, mean, error, variance);
    maxima[b] = largestStudentised(error, variance, null);
  }
  return maxT(maxima, comparisons);
}

/** Distributions that the gaps of one rate are judged by, all from the same draws. */
export interface RateMaxT {
  readonly difference: MaxT;
  /** Of ratios of the events, and of the non-events. */
  readonly ratio: MaxT;
  readonly complementRatio: MaxT;
}

/** Largest squared score statistics over the pairs of one draw, of events and of non-events. */
function largestScores(x: Float64Array, n: Float64Array, rate: Float64Array): readonly [number, number] {
  let most = 0, mostComplement = 0;
  for (let i = 1; i < n.length; i++) {
    const xi = x[i]!, ni = n[i]!, pi = rate[i]!;
    for (let j = 0; j < i; j++) {
      const xj = x[j]!, nj = n[j]!, pj = rate[j]!;
      const square = squaredRatioScore(xi, ni, xj, nj, pi / pj), complement = squaredRatioScore(ni - xi, ni, nj - xj, nj, (1 - pi) / (1 - pj));
      if (square > most) most = square;
      if (complement > mostComplement) mostComplement = complement;
    }
  }
  return [most, mostComplement];
}

/**
 * `drawRateMaxT` with the same for ratios: max over pairs of the score statistic |z(x*_i, x*_j; p̃_i/p̃_j)|. Critical values drawn for
 * differences leave ratios of rare events in unequal groups uncovered (90 % at rate .02 with 20 to 1,000 rows); these do not.
 */
export function drawRatesMaxT(family: RateFamily, random: RandomStream, draws = DRAWS): RateMaxT {
  const { n } = family, groups = n.length;
  if (family.design !== undefined || groups > MAXIMUM_DRAWN_GROUPS) {
    const shared = drawRateMaxT(family, random, draws);
    return { difference: shared, ratio: shared, complementRatio: shared };
  }
  const { rate } = smoothedRates(family), samplers = samplersOf(family, rate), mean = rate.map((p, i) => (n[i]! * p + 1) / (n[i]! + 2));
  const x = new Float64Array(groups), error = new Float64Array(groups), variance = new Float64Array(groups);
  const maxima = new Float64Array(draws), events = new Float64Array(draws), complement = new Float64Array(draws);
  for (let b = 0; b < draws; b++) {
    for (let i = 0; i < groups; i++) x[i] = samplers[i]!(random);
    studentise(x, n, mean, error, variance);
    maxima[b] = largestStudentised(error, variance, null);
    const [most, mostComplement] = largestScores(x, n, rate);
    events[b] = Math.sqrt(most);
    complement[b] = Math.sqrt(mostComplement);
  }
  const comparisons = groups * (groups - 1);
  return { difference: maxT(maxima, comparisons), ratio: maxT(events, comparisons), complementRatio: maxT(complement, comparisons) };
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
