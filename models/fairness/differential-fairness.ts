import { disparityRow, missingDisparity } from './disparity-row.ts';
import { reasonAgainst, type GroupingStudy } from './grouping-study.ts';
import { joinMaxT } from './max-t-distribution.ts';
import { drawAtParity, type Expected } from './parity-draws.ts';
import { denominatorsOf } from './rate-disparities.ts';
import { ratioEnds } from './rate-gap.ts';
import { complementFamily, type RateFamily } from './rates.ts';
import { toleranceOf } from './settings.ts';
import type { Disparity } from './types.ts';

/** Dirichlet prior over both outcomes together: ½ for each. */
const CONCENTRATION = 1;

interface Widest { readonly epsilon: number; readonly high: number; readonly low: number }

/** max over outcomes and pairs of |ln p̃_i − ln p̃_j|, p̃ = (n_y + concentration/2)/(n + concentration). */
function widest({ x, n }: RateFamily): Widest {
  const rate = x.map((events, i) => (events + CONCENTRATION / 2) / (n[i]! + CONCENTRATION));
  const high = rate.indexOf(Math.max(...rate)), low = rate.indexOf(Math.min(...rate));
  return { epsilon: epsilonOf(rate[low]!, rate[high]!), high, low };
}

function epsilonOf(least: number, most: number): number {
  return Math.max(Math.log(most / least), Math.log((1 - least) / (1 - most)));
}

function expectedEpsilon(family: RateFamily, study: GroupingStudy): Expected {
  const draws = drawAtParity(family, study.random('differential_fairness'), CONCENTRATION / 2);
  const sorted = draws.lowest.map((least, b) => epsilonOf(least, draws.highest[b]!)).sort();
  return { mean: sorted.reduce((sum, value) => sum + value, 0) / sorted.length, q95: sorted[Math.ceil(0.95 * sorted.length) - 1]! };
}

/**
 * Differential fairness ε of decisions (Foulds, Islam, Keya and Pan 2020): no group's chance of either outcome is more than e^ε
 * times another's. The value is smoothed; the interval comes from score limits of the unsmoothed ratios, and its upper end is
 * infinite where some group had no event. Tolerance −ln(ratio).
 */
export function differentialFairness(study: GroupingStudy): Disparity {
  const metric = 'differential_fairness';
  const rate = study.rates.selection_rate;
  if (rate === undefined) return missingDisparity(study, metric, reasonAgainst(study, { label: false, decision: true }));
  const tolerance = toleranceOf(study.settings, [metric], -Math.log(study.settings.ratio))!;
  const ends = ratioEnds([rate.family, complementFamily(rate.family)], Math.exp(-tolerance));
  const { epsilon, high, low } = widest(rate.family);
  const unbounded = ends.far(0) === 0;
  return disparityRow(study, { metric, value: epsilon, tolerance, pair: [rate.family.groups[high]!, rate.family.groups[low]!],
    denominators: denominatorsOf(rate.family), expected: expectedEpsilon(rate.family, study), detectable: () => null,
    question: { ends: { ...ends, near: (c) => -Math.log(ends.near(c)), far: (z) => -Math.log(ends.far(z)) },
      null: joinMaxT([rate.ratio, rate.complementRatio]), scale: 'difference' },
    note: unbounded ? 'the upper end is infinite: a group without one of the outcomes' : null });
}
