import type { RandomStream } from '../engine/random.ts';
import { binomialSampler } from '../stats/binomial.ts';
import { ratioScore } from '../stats/score-ratio.ts';
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

/**
 * Parametric bootstrap of max |T| over all pairs of groups: x* ~ Binomial(n_i, p̃_i), each p̃*_i centred at its own mean
 * m_i = (n_i p̃_i + 1)/(n_i + 2) and studentised by its own draw.
 */
export function drawRateMaxT(family: RateFamily, random: RandomStream, draws = DRAWS): MaxT {
  if (family.design !== undefined) return drawDependentMaxT({ ...family.design, variance: smoothedRates(family).variance }, random, null, draws);
  const { n } = family;
  const groups = n.length, comparisons = groups * (groups - 1);
  if (groups > MAXIMUM_DRAWN_GROUPS) return maxT(null, comparisons);
  const { rate } = smoothedRates(family);
  const samplers = Array.from(n, (trials, i) => binomialSampler(trials, rate[i]!));
  const mean = rate.map((p, i) => (n[i]! * p + 1) / (n[i]! + 2));
  const error = new Float64Array(groups), variance = new Float64Array(groups), maxima = new Float64Array(draws);
  for (let b = 0; b < draws; b++) {
    for (let i = 0; i < groups; i++) {
      const p = (samplers[i]!(random) + 1) / (n[i]! + 2);
      error[i] = p - mean[i]!;
      variance[i] = (p * (1 - p)) / (n[i]! + 2);
    }
    maxima[b] = largestStudentised(error, variance, null);
  }
  return maxT(maxima, comparisons);
}

/**
 * The same for ratios: max over pairs of the score statistic |z(x*_i, x*_j; p̃_i/p̃_j)|. Critical values drawn for differences leave
 * ratios of rare events in unequal groups uncovered (90 % at rate .02 with 20 to 1,000 rows); these do not.
 * @returns for the events, and for the non-events of the same draws
 */
export function drawRatioMaxT(family: RateFamily, random: RandomStream, draws = DRAWS): { readonly events: MaxT; readonly complement: MaxT } {
  if (family.design !== undefined) {
    const shared = drawDependentMaxT({ ...family.design, variance: smoothedRates(family).variance }, random, null, draws);
    return { events: shared, complement: shared };
  }
  const { n } = family;
  const groups = n.length, comparisons = groups * (groups - 1);
  if (groups > MAXIMUM_DRAWN_GROUPS) return { events: maxT(null, comparisons), complement: maxT(null, comparisons) };
  const { rate } = smoothedRates(family);
  const samplers = Array.from(n, (trials, i) => binomialSampler(trials, rate[i]!));
  const x = new Float64Array(groups), events = new Float64Array(draws), complement = new Float64Array(draws);
  for (let b = 0; b < draws; b++) {
    for (let i = 0; i < groups; i++) x[i] = samplers[i]!(random);
    let most = 0, mostComplement = 0;
    for (let i = 1; i < groups; i++) {
      for (let j = 0; j < i; j++) {
        most = Math.max(most, Math.abs(ratioScore(x[i]!, n[i]!, x[j]!, n[j]!, rate[i]! / rate[j]!)));
        const theta = (1 - rate[i]!) / (1 - rate[j]!);
        mostComplement = Math.max(mostComplement, Math.abs(ratioScore(n[i]! - x[i]!, n[i]!, n[j]! - x[j]!, n[j]!, theta)));
      }
    }
    events[b] = most;
    complement[b] = mostComplement;
  }
  return { events: maxT(events, comparisons), complement: maxT(complement, comparisons) };
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
