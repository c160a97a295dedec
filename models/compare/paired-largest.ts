import { largestChange, type Candidate, type LargestChange } from './largest-change.ts';
import { ratioMoments, type RateChange } from './paired-rates.ts';

/** Changes of one rate, by group; groups are independent, and so are families over different rows. */
export type RateFamilyChange = readonly RateChange[];

interface Contrast extends Candidate {
  readonly family: number;
  readonly one: number;
  readonly other: number;
}

/** Signed parts of a contrast: each estimate with what it is multiplied by, in both audits. */
type Parts = readonly (readonly [family: number, group: number, before: number, after: number])[];

function orderedPairs(families: readonly RateFamilyChange[]): readonly Pick<Contrast, 'family' | 'one' | 'other'>[] {
  return families.flatMap((changes, family) => changes.flatMap((_, one) => changes.flatMap((__, other) => (one === other ? [] : [{ family, one, other }]))));
}

/** Variance of the difference of two contrasts in one audit. */
function apartBy(families: readonly RateFamilyChange[], partsOf: readonly Parts[]): (i: number, j: number, audit: 'before' | 'after') => number {
  return (i, j, audit) => {
    const by = new Map<RateChange, number>();
    for (const [k, sign] of [[i, 1], [j, -1]] as const) for (const [family, group, before, after] of partsOf[k]!) {
      const change = families[family]![group]!;
      by.set(change, (by.get(change) ?? 0) + sign * (audit === 'before' ? before : after));
    }
    let sum = 0;
    for (const [{ varianceBefore, varianceAfter }, weight] of by) sum += weight * weight * (audit === 'before' ? varianceBefore : varianceAfter);
    return sum;
  };
}

/** Change of the largest gap between any two groups in any of several rates: equalized odds. */
export function largestGapChange(families: readonly RateFamilyChange[], level: number): LargestChange | null {
  const contrasts = orderedPairs(families).map(({ family, one, other }): Contrast => {
    const a = families[family]![one]!, b = families[family]![other]!;
    return { family, one, other, before: a.before - b.before, after: a.after - b.after, variance: a.variance + b.variance };
  });
  return largestChange(contrasts, apartBy(families, contrasts.map(({ family, one, other }) => [[family, one, 1, 1], [family, other, -1, -1]])), level);
}

/** Change of the smallest ratio between any two groups in any of several rates, by the delta method; null where a rate is 0. */
export function smallestRatioChange(families: readonly RateFamilyChange[], level: number): LargestChange | null {
  if (families.some((changes) => changes.some(({ before, after }) => !(Math.min(before, after) > 0)))) return null;
  const contrasts = orderedPairs(families).map(({ family, one, other }): Contrast => {
    const a = families[family]![one]!, b = families[family]![other]!, ratio = ratioMoments(a, b)!;
    return { family, one, other, before: -ratio.before, after: -ratio.after, variance: ratio.variance };
  });
  const parts = contrasts.map(({ family, one, other, before, after }): Parts => {
    const { before: was, after: is } = families[family]![other]!;
    return [[family, one, -1 / was, -1 / is], [family, other, -before / was, -after / is]];
  });
  return flipped(largestChange(contrasts, apartBy(families, parts), level));
}

function flipped(change: LargestChange | null): LargestChange | null {
  return change === null ? null : { before: -change.before, after: -change.after, value: -change.value, interval: [-change.interval[1], -change.interval[0]] };
}

/** Change of the largest difference of logarithms between any two groups in any of several rates, all above 0: differential fairness of a rate and its complement. */
export function largestLogChange(families: readonly RateFamilyChange[], level: number): LargestChange | null {
  if (families.some((changes) => changes.some(({ before, after }) => !(Math.min(before, after) > 0)))) return null;
  return largestGapChange(families.map((changes) => changes.map((change): RateChange => {
    const { before, after, varianceBefore, varianceAfter, covariance } = change, first = varianceBefore / before ** 2, second = varianceAfter / after ** 2, both = covariance / (before * after);
    return { ...change, before: Math.log(before), after: Math.log(after), value: Math.log(after / before), varianceBefore: first, varianceAfter: second, covariance: both, variance: Math.max(0, first + second - 2 * both) };
  })), level);
}
