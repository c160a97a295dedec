import type { FairnessResult, Interval } from '../../models/fairness/types.ts';
import { dataTable } from '../data-table.ts';
import { REFERENCE_BADGE } from '../figure.ts';
import { attributeText, groupText } from '../group-text.ts';
import { html, NOTHING, type Markup } from '../markup.ts';
import { isPoints, isShare, metricName } from '../metric-names.ts';
import { readsDecisions } from '../metric-scope.ts';
import { percent, percentInterval, points, pointsInterval, probability, shortNumber } from '../number-text.ts';
import { verdictMark } from './verdict-mark.ts';

const NONE = html`<p class="absent">None in this audit.</p>`;

/** Shares in percent, their differences in points, the rest as numbers. */
export function valueText(metric: string, value: number | null | undefined): string {
  if (isPoints(metric)) return points(value);
  return isShare(metric) ? percent(value) : shortNumber(value);
}

export function intervalText(metric: string, interval: Interval | null): string | null {
  if (isPoints(metric)) return pointsInterval(interval);
  if (isShare(metric)) return percentInterval(interval);
  return interval === null ? null : `${shortNumber(interval[0])} to ${shortNumber(interval[1])}`;
}

/** Marks a table of these metrics when any of its numbers are the reference classifier's, and says when some are not. */
export function tableBadge({ decisions }: FairnessResult, rows: readonly { readonly metric: string }[]): Markup {
  if (decisions?.source !== 'reference' || !rows.some((row) => readsDecisions(row.metric))) return NOTHING;
  return html` ${REFERENCE_BADGE}${rows.every((row) => readsDecisions(row.metric)) ? '' : ' (base rates are the data’s own)'}`;
}

export function groupsTable(fairness: FairnessResult): Markup {
  if (fairness.groups.length === 0) return NONE;
  const shrunk = fairness.groups.some((group) => (group.shrunk ?? null) !== null);
  return dataTable({ sortable: true, caption: html`Rates by group${tableBadge(fairness, fairness.groups)}${shrunk ? '. “Shrunken” rates are drawn towards the pooled one as far as noise explains their distance (empirical Bayes): for ranking intersections, never for verdicts' : ''}`, columns: ['Attribute', 'Group', 'Metric', 'Value', 'Interval', ...(shrunk ? ['Shrunken'] : []), 'Rows', 'Denominator', 'Note'], most: 600,
    rows: fairness.groups.map((group) => [attributeText(group.attribute), groupText(group.attribute, group.group), metricName(group.metric).label, valueText(group.metric, group.value), intervalText(group.metric, group.interval), ...(shrunk ? [group.shrunk === null || group.shrunk === undefined ? null : valueText(group.metric, group.shrunk)] : []), group.n, group.denominator, group.note]) });
}

export function dataMetricsTable(fairness: FairnessResult): Markup {
  if (fairness.data.length === 0) return NONE;
  return dataTable({ sortable: true, caption: 'Each group against all other rows, on labels', columns: ['Attribute', 'Group', 'Metric', 'Value', 'Interval', 'Note'],
    rows: fairness.data.map((each) => [attributeText(each.attribute), groupText(each.attribute, each.group), metricName(each.metric).label, shortNumber(each.value), intervalText(each.metric, each.interval), each.note]) });
}

export function individualTable(fairness: FairnessResult): Markup {
  if (fairness.individual.length === 0) return NONE;
  return dataTable({ caption: html`Measures over individuals${tableBadge(fairness, fairness.individual)}`, columns: ['Metric', 'Between', 'Value', 'Interval', 'Note'],
    rows: fairness.individual.map((each) => [metricName(each.metric).label, each.attribute === null ? 'all rows' : attributeText(each.attribute), shortNumber(each.value), intervalText(each.metric, each.interval), each.note]) });
}

/** What courts have asked for: each group beside the most favoured one, with Fisher's exact p and standard deviations. */
export function pairsTable(fairness: FairnessResult): Markup {
  const pairs = fairness.pairs ?? [];
  if (pairs.length === 0) return NONE;
  return dataTable({ sortable: true, caption: html`Each group beside the most favoured one; single comparisons, not adjusted for their number${tableBadge(fairness, pairs)}`, columns: ['Attribute', 'Group', 'Most favoured', 'Metric', 'Difference', 'Ratio', 'Standard deviations', 'Fisher’s exact p'],
    rows: pairs.map((pair) => [attributeText(pair.attribute), groupText(pair.attribute, pair.group), groupText(pair.attribute, pair.favoured), metricName(pair.metric).label, points(pair.difference), shortNumber(pair.ratio), shortNumber(pair.standard_deviations), probability(pair.fisher_p)]) });
}

/** Each group beside the reference group and beside all other rows. */
export function contrastsTable(fairness: FairnessResult): Markup {
  const all = fairness.contrasts ?? [];
  if (all.length === 0) return NONE;
  return dataTable({ sortable: true, caption: html`Each group against the reference group and against all other rows; single comparisons, not adjusted for their number${tableBadge(fairness, all)}`, columns: ['Attribute', 'Group', 'Against', 'Metric', 'Difference', 'Interval', 'Ratio', 'Interval', 'Note'], most: 400,
    rows: all.map((each) => [attributeText(each.attribute), groupText(each.attribute, each.group), each.other === null ? 'all other rows' : groupText(each.attribute, each.other), metricName(each.metric).label,
      valueText(`${each.metric}_difference`, each.difference), intervalText(`${each.metric}_difference`, each.difference_interval), shortNumber(each.ratio), each.ratio_interval === null ? null : `${shortNumber(each.ratio_interval[0])} to ${each.ratio_interval[1] === null ? '∞' : shortNumber(each.ratio_interval[1])}`, each.note]) });
}

/** Of a label with several classes: gaps of each class against the rest. */
export function classesTable(fairness: FairnessResult): Markup {
  const rows = (fairness.classes ?? []).flatMap((each) => each.disparities.map((gap) => ({ ...gap, class: each.class })));
  if (rows.length === 0) return NONE;
  return dataTable({ sortable: true, caption: html`Gaps of each class of the label against all others${tableBadge(fairness, rows)}`, columns: ['Class', 'Attribute', 'Metric', 'Verdict', 'Value', 'Interval', 'Groups compared', 'Note'], most: 400,
    rows: rows.map((gap) => [gap.class, attributeText(gap.attribute), metricName(gap.metric).label, verdictMark(gap.verdict), valueText(gap.metric, gap.value), intervalText(gap.metric, gap.interval), gap.groups.map((group) => groupText(gap.attribute, group, 60)).join(', '), gap.note]) });
}
