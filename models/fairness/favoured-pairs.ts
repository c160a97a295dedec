import { fisherExact } from '../stats/fisher.ts';
import type { GroupingStudy } from './grouping-study.ts';
import { rateEvents, type BasicRate } from './rates.ts';
import type { PairTest } from './types.ts';

/**
 * What a court asks of each group: its rate beside the most favoured group's, the difference in standard deviations under equality
 * (Hazelwood School District v. United States, 1977), and Fisher's exact p. One pair at a time, not adjusted; groups under
 * `minimum` are neither the most favoured nor tested. Empty with weights or clusters, which Fisher's test knows nothing of.
 */
export function favouredPairs(study: GroupingStudy, rate: BasicRate): PairTest[] {
  if (study.designed) return [];
  const groups = study.levels.map((name, group) => ({ name, ...rateEvents(rate, study.counts, group) }))
    .filter(({ n }) => n >= Math.max(1, study.settings.minimum));
  if (groups.length < 2) return [];
  const favoured = groups.reduce((best, each) => (each.x / each.n > best.x / best.n ? each : best));
  return groups.filter((group) => group !== favoured).map((group) => {
    const pooled = (group.x + favoured.x) / (group.n + favoured.n);
    const se = Math.sqrt(pooled * (1 - pooled) * (1 / group.n + 1 / favoured.n));
    return { attribute: study.attribute, metric: rate, group: group.name, favoured: favoured.name, ratio: favoured.x === 0 ? null : (group.x / group.n) / (favoured.x / favoured.n),
      difference: favoured.x / favoured.n - group.x / group.n, standard_deviations: se > 0 ? (favoured.x / favoured.n - group.x / group.n) / se : null,
      fisher_p: fisherExact(group.x, group.n, favoured.x, favoured.n) };
  });
}
