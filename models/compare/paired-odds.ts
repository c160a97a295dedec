import type { RowMatch } from './match-rows.ts';
import type { Outcomes, RateChange } from './paired-rates.ts';

const OUT = 255;

/** Covariance of one rate in the first audit with another in the second, over the rows that count in both: none, unless rows changed their label in between. */
function covarianceAcross(first: Outcomes, second: Outcomes, { first: rows, second: others }: RowMatch, before: number, after: number): number {
  let n = 0, m = 0, sum = 0;
  for (const value of first) if (value !== OUT) n++;
  for (const value of second) if (value !== OUT) m++;
  for (let k = 0; k < rows.length; k++) {
    const a = first[rows[k]!]!, b = second[others[k]!]!;
    if (a !== OUT && b !== OUT) sum += (a - before) * (b - after);
  }
  return sum / (n * m);
}

/** A rate with the rows it is a share of, in both audits. */
export interface PairedRate {
  readonly first: Outcomes;
  readonly second: Outcomes;
  readonly change: RateChange;
}

/** Change of the mean of two rates over different rows, such as those of positive and of negative labels: average odds. */
export function meanOfRates(one: PairedRate, other: PairedRate, match: RowMatch): RateChange {
  const { change: a } = one, { change: b } = other;
  const across = covarianceAcross(one.first, other.second, match, a.before, b.after) + covarianceAcross(other.first, one.second, match, b.before, a.after);
  const varianceBefore = (a.varianceBefore + b.varianceBefore) / 4, varianceAfter = (a.varianceAfter + b.varianceAfter) / 4, covariance = (a.covariance + b.covariance + across) / 4;
  return { before: (a.before + b.before) / 2, after: (a.after + b.after) / 2, value: (a.value + b.value) / 2, varianceBefore, varianceAfter, covariance,
    variance: Math.max(0, (a.variance + b.variance) / 4 - across / 2), least: Math.min(a.least, b.least) };
}

/**
 * Change of the ratio of two counts in one group, such as false negatives over false positives, by the delta method: u_i = (1{numerator} − r·1{denominator})/denominators.
 * @param first [n] 1 counts above the line, 0 below, 255 not at all
 */
export function countRatioChange(first: Outcomes, second: Outcomes, match: RowMatch): RateChange | null {
  const a = countsOf(first), b = countsOf(second);
  if (a.below === 0 || b.below === 0) return null;
  const before = a.above / a.below, after = b.above / b.below;
  const influence = (value: number, ratio: number, below: number): number => (value === OUT ? 0 : (value === 1 ? 1 : -ratio) / below);
  const varianceOf = ({ above, below }: { readonly above: number; readonly below: number }): number => (above + above ** 2 / below) / below ** 2;
  const varianceBefore = varianceOf(a), varianceAfter = varianceOf(b);
  let covariance = 0, spread = varianceBefore + varianceAfter, alike = 0;
  for (let k = 0; k < match.first.length; k++) {
    const u = influence(first[match.first[k]!]!, before, a.below), v = influence(second[match.second[k]!]!, after, b.below);
    covariance += u * v;
    if (u !== 0 && u === v) alike++;
    spread += (v - u) ** 2 - u * u - v * v;
  }
  const same = alike === a.above + a.below && alike === b.above + b.below;
  return { before, after, value: after - before, varianceBefore, varianceAfter, covariance, variance: same ? 0 : Math.max(0, spread), least: Math.min(a.above, a.below, b.above, b.below) };
}

function countsOf(values: Outcomes): { readonly above: number; readonly below: number } {
  let above = 0, below = 0;
  for (const value of values) if (value === 1) above++; else if (value === 0) below++;
  return { above, below };
}
