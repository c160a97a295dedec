import { pairVariance } from './design-max-t.ts';
import { ratioScore } from '../stats/score-ratio.ts';
import { smoothedRates } from './max-t-distribution.ts';
import type { RateFamily } from './rates.ts';

/** A gap's interval ends as functions of the critical value, and how far, in standard errors, the data is from the tolerance. */
export interface GapEnds {
  /** The end nearer to equality at critical value c: the maximum over pairs, so c must hold over all of them. */
  readonly near: (c: number) => number;
  /** The end farther from equality at critical value z: no correction, by intersection–union. */
  readonly far: (z: number) => number;
  /** The critical value at which the near end meets the tolerance: the test of "gap ≤ tolerance". */
  readonly beyond: number;
  /** The critical value at which the far end meets the tolerance: the test of "gap > tolerance". */
  readonly within: number;
}

interface PairDifference { readonly size: number; readonly se: number }

function pairDifferences(families: readonly RateFamily[]): PairDifference[] {
  return families.flatMap((family) => {
    const { rate, variance } = smoothedRates(family);
    const pairs: PairDifference[] = [];
    for (let i = 1; i < rate.length; i++) {
      for (let j = 0; j < i; j++) pairs.push({ size: Math.abs(rate[i]! - rate[j]!), se: Math.sqrt(pairVariance(variance, family.design, i, j)) });
    }
    return pairs;
  });
}

/**
 * The largest difference of a rate between two groups, over one family or (equalized odds) several.
 * @param tolerance on the scale of the rates
 */
export function differenceEnds(families: readonly RateFamily[], tolerance: number): GapEnds {
  const pairs = pairDifferences(families);
  const largest = (value: (pair: PairDifference) => number): number => pairs.reduce((most, pair) => Math.max(most, value(pair)), -Infinity);
  return {
    near: (c) => Math.max(0, largest(({ size, se }) => size - c * se)),
    far: (z) => Math.min(1, largest(({ size, se }) => size + z * se)),
    beyond: largest(({ size, se }) => (size - tolerance) / se),
    within: -largest(({ size, se }) => (size - tolerance) / se),
  };
}

/** min over ordered pairs and families of the score statistic for p_i / p_j = θ; falls as θ rises. */
export function smallestRatioScore(families: readonly RateFamily[], theta: number): number {
  let smallest = Infinity;
  for (const { x, n } of families) {
    for (let i = 0; i < x.length; i++) {
      for (let j = 0; j < x.length; j++) {
        if (i !== j) smallest = Math.min(smallest, ratioScore(x[i]!, n[i]!, x[j]!, n[j]!, theta));
      }
    }
  }
  return smallest;
}

/** The smallest θ in [0, 1] at which the smallest score is at most s: a minimum over pairs of Koopman's limits. */
function scoreLimit(families: readonly RateFamily[], s: number): number {
  if (smallestRatioScore(families, 1) > s) return 1;
  let low = Math.log(1e-9), high = 0;
  if (smallestRatioScore(families, 1e-9) <= s) return 0;
  while (high - low > 1e-10) {
    const middle = (low + high) / 2;
    if (smallestRatioScore(families, Math.exp(middle)) <= s) high = middle; else low = middle;
  }
  return Math.exp(high);
}

/**
 * The smallest ratio of a rate between two groups: Koopman's score limits per ordered pair.
 * @param tolerance the smallest ratio that is accepted, in (0, 1]
 */
export function ratioEnds(families: readonly RateFamily[], tolerance: number): GapEnds {
  const score = smallestRatioScore(families, tolerance);
  return { near: (c) => scoreLimit(families, -c), far: (z) => scoreLimit(families, z), beyond: -score, within: score };
}
