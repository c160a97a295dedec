import { equalizedOdds } from './equalized-odds.ts';
import { assignFamilies } from './families.ts';
import { groupMetrics } from './group-metrics.ts';
import { studyGrouping } from './grouping-study.ts';
import { marginal } from './marginal.ts';
import { rateDisparities } from './rate-disparities.ts';
import type { FairnessSettings } from './settings.ts';
import type { Tally } from './tally.ts';
import type { ClassMetrics, Disparity, GroupMetric } from './types.ts';

/** Counts of one class against all others. */
export interface ClassCounts {
  readonly name: string;
  readonly tally: Tally;
  /** Whether predictions name the class; otherwise only how often it is the label is known. */
  readonly hasDecision: boolean;
}

const SCORE_METRICS = new Set(['mean_score', 'auroc', 'brier', 'expected_calibration_error']);

/** One-against-the-rest rates and gaps of each class by single attribute; exploratory, one Benjamini–Hochberg family over all classes. */
export function classMetrics(classes: readonly ClassCounts[], groupings: readonly { readonly attributes: readonly number[]; readonly reference: string | null }[], settings: FairnessSettings): ClassMetrics[] {
  const rows: { readonly of: number; readonly groups: GroupMetric[]; readonly disparities: Disparity[] }[] = [];
  for (const [of, { name, tally, hasDecision }] of classes.entries()) {
    for (const { attributes, reference } of groupings.filter((each) => each.attributes.length === 1)) {
      const study = studyGrouping({ tally, marginal: marginal(tally, attributes), hasLabel: true, hasDecision, reference, settings, purpose: `class ${name}/` });
      const disparities = [...rateDisparities(study), ...equalizedOdds(study)];
      rows.push({ of, disparities, groups: groupMetrics(study, null, null).filter(({ metric }) => !SCORE_METRICS.has(metric)) });
    }
  }
  // The family tells estimands apart by attribute and metric: the class goes into the attribute while it is settled.
  const tagged = rows.flatMap(({ of, disparities }) => disparities.map((row) => ({ ...row, attribute: JSON.stringify([of, row.attribute]) })));
  const settled = assignFamilies(tagged, [], new Set()).map((row) => ({ ...row, attribute: (JSON.parse(row.attribute) as [number, string])[1] }));
  let next = 0;
  const done = rows.map(({ of, groups, disparities }) => ({ of, groups, disparities: settled.slice(next, next += disparities.length).map((row) => (row.family === 'exploratory' ? { ...row, family: 'classes' } : row)) }));
  return classes.map(({ name }, of) => ({ class: name, groups: done.filter((each) => each.of === of).flatMap(({ groups }) => groups), disparities: done.filter((each) => each.of === of).flatMap(({ disparities }) => disparities) }));
}
