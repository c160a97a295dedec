import { newcombe } from '../stats/newcombe.ts';
import { normalCritical } from '../stats/normal.ts';
import { ratioScore } from '../stats/score-ratio.ts';
import type { GroupingStudy } from './grouping-study.ts';
import { BASIC_RATES, rateEvents, rateNeeds, type BasicRate } from './rates.ts';
import type { Contrast, Interval } from './types.ts';

interface Side { readonly x: number; readonly n: number }

/** Koopman's limits of p₁/p₂; the upper one null where it is infinite. */
function ratioLimits(a: Side, b: Side, z: number): readonly [number, number | null] | null {
  const cross = (target: number): number | null => {
    let low = Math.log(1e-9), high = Math.log(1e9);
    const score = (theta: number): number => ratioScore(a.x, a.n, b.x, b.n, theta);
    if (score(Math.exp(low)) <= target) return 0;
    if (score(Math.exp(high)) > target) return null;
    while (high - low > 1e-10) {
      const middle = (low + high) / 2;
      if (score(Math.exp(middle)) > target) low = middle; else high = middle;
    }
    return Math.exp(high);
  };
  return a.x + b.x === 0 ? null : [cross(z) ?? 0, cross(-z)];
}

function contrast(study: GroupingStudy, group: number, metric: BasicRate, against: 'reference' | 'rest', a: Side, b: Side): Contrast {
  const base = { attribute: study.attribute, group: study.levels[group]!, metric, against, other: against === 'rest' ? null : study.levels[study.reference]! };
  const none = { difference: null, difference_interval: null, ratio: null, ratio_interval: null };
  if (!(a.n > 0) || !(b.n > 0)) return { ...base, ...none, note: 'one of the two sides has no rows' };
  if (Math.min(a.n, b.n) < study.settings.minimum && !study.designed) return { ...base, ...none, difference_interval: newcombe(a.x, a.n, b.x, b.n, study.settings.level), note: `values hidden: fewer than ${study.settings.minimum} rows` };
  const values = { difference: a.x / a.n - b.x / b.n, ratio: b.x > 0 ? a.x / a.n / (b.x / b.n) : null };
  if (study.designed) return { ...base, ...values, difference_interval: null, ratio_interval: null, note: 'no interval with weights or clusters; those of the gaps take them into account' };
  const interval: Interval = newcombe(a.x, a.n, b.x, b.n, study.settings.level), limits = ratioLimits(a, b, normalCritical(study.settings.level));
  const note = b.x === 0 ? 'the other side has no events: no ratio' : null;
  return { ...base, ...values, difference_interval: interval, ratio_interval: limits === null ? null : limits, note };
}

/** Each group's rates against the reference group, and against all other rows: one comparison at a time, Newcombe's and Koopman's intervals. */
export function contrasts(study: GroupingStudy): Contrast[] {
  return BASIC_RATES.flatMap((rate) => {
    const needs = rateNeeds(rate);
    if ((needs.label && !study.hasLabel) || (needs.decision && !study.hasDecision)) return [];
    const sides = study.levels.map((_, group) => rateEvents(rate, study.counts, group));
    const x = sides.reduce((sum, each) => sum + each.x, 0), n = sides.reduce((sum, each) => sum + each.n, 0);
    return sides.flatMap((side, group) => [
      ...(group === study.reference ? [] : [contrast(study, group, rate, 'reference', side, sides[study.reference]!)]),
      contrast(study, group, rate, 'rest', side, { x: x - side.x, n: n - side.n }),
    ]);
  });
}
