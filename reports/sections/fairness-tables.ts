import type { FairnessResult, Interval } from '../../models/fairness/types.ts';
import { dataTable } from '../data-table.ts';
import { REFERENCE_BADGE } from '../figure.ts';
import { attributeText, groupText } from '../group-text.ts';
import { html, NOTHING, type Markup } from '../markup.ts';
import { isShare, metricName } from '../metric-names.ts';
import { percent, shortNumber } from '../number-text.ts';

const NONE = html`<p class="absent">None in this audit.</p>`;

function valueText(metric: string, value: number | null): string {
  return isShare(metric) ? percent(value) : shortNumber(value);
}

function intervalText(metric: string, interval: Interval | null): string | null {
  return interval === null ? null : `${valueText(metric, interval[0])} to ${valueText(metric, interval[1])}`;
}

function badge({ decisions }: FairnessResult): Markup {
  return decisions?.source === 'reference' ? html` ${REFERENCE_BADGE}` : NOTHING;
}

export function groupsTable(fairness: FairnessResult): Markup {
  if (fairness.groups.length === 0) return NONE;
  return dataTable({ sortable: true, caption: html`Rates by group${badge(fairness)}`, columns: ['Attribute', 'Group', 'Metric', 'Value', 'Interval', 'Rows', 'Denominator', 'Note'], most: 600,
    rows: fairness.groups.map((group) => [attributeText(group.attribute), groupText(group.attribute, group.group), metricName(group.metric).label, valueText(group.metric, group.value), intervalText(group.metric, group.interval), group.n, group.denominator, group.note]) });
}

export function dataMetricsTable(fairness: FairnessResult): Markup {
  if (fairness.data.length === 0) return NONE;
  return dataTable({ sortable: true, caption: 'Each group against all other rows, on labels', columns: ['Attribute', 'Group', 'Metric', 'Value', 'Interval', 'Note'],
    rows: fairness.data.map((each) => [attributeText(each.attribute), groupText(each.attribute, each.group), metricName(each.metric).label, shortNumber(each.value), intervalText(each.metric, each.interval), each.note]) });
}

export function individualTable(fairness: FairnessResult): Markup {
  if (fairness.individual.length === 0) return NONE;
  return dataTable({ caption: html`Measures over individuals${badge(fairness)}`, columns: ['Metric', 'Between', 'Value', 'Interval', 'Note'],
    rows: fairness.individual.map((each) => [metricName(each.metric).label, each.attribute === null ? 'all rows' : attributeText(each.attribute), shortNumber(each.value), intervalText(each.metric, each.interval), each.note]) });
}
