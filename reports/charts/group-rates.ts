import type { Disparity, FairnessResult, GroupMetric } from '../../models/fairness/types.ts';
import { attributeText, groupText, isCrossed } from '../group-text.ts';
import { metricName } from '../metric-names.ts';
import { count, percent } from '../number-text.ts';
import { readableText } from '../readable-text.ts';
import type { Chart, ChartMaker } from './chart.ts';
import { chartSlug } from './chart-slug.ts';
import { dotInterval } from './dot-interval.ts';
import { extremes } from './extremes.ts';

/** Gap that a chart of one rate speaks of; the field's own name for the gap in selection rates comes first. */
const GAPS: Readonly<Record<string, readonly string[]>> = {
  base_rate: ['base_rate_difference'],
  selection_rate: ['demographic_parity_difference', 'selection_rate_difference'],
  true_positive_rate: ['equal_opportunity_difference', 'true_positive_rate_difference'],
  false_positive_rate: ['false_positive_rate_difference'],
};
/** What is drawn for intersections; their other rates are in the tables. */
const CROSSED = ['base_rate', 'selection_rate'];

/** One chart for each attribute and rate: every group with its interval, and the rate of all rows as a line. */
export const groupRates: ChartMaker = ({ documents: { fairness, profile } }) => {
  if (fairness === null) return [];
  const label = profile?.label ?? null, labelText = label === null ? 'positive label' : `${readableText(label.column, 30)} = ${readableText(label.positive, 30)}`;
  const attributes = [...new Set(fairness.groups.map((group) => group.attribute))];
  return attributes.flatMap((attribute) => (isCrossed(attribute) ? CROSSED : Object.keys(GAPS)).flatMap((metric) => {
    const groups = fairness.groups.filter((group) => group.attribute === attribute && group.metric === metric && group.interval !== null);
    return groups.length < 2 ? [] : [rateChart({ attribute, metric, groups, fairness, labelText })];
  }));
};

interface RateChart {
  readonly attribute: string;
  readonly metric: string;
  readonly groups: readonly GroupMetric[];
  readonly fairness: FairnessResult;
  readonly labelText: string;
}

function rateChart({ attribute, metric, groups, fairness, labelText }: RateChart): Chart {
  const sorted = [...groups].sort((a, b) => centre(b) - centre(a)), { shown, remark } = extremes(sorted);
  const gap = fairness.disparities.find((each) => each.attribute === attribute && GAPS[metric]!.includes(each.metric));
  const pooled = pooledRate(groups), title = metricName(metric).label, level = percent(fairness.level, 0);
  const what = metric === 'base_rate' ? `${title}: share of rows with ${labelText}` : title;
  return {
    name: chartSlug(metric, attribute), section: 'rates', attribute, reference: metric !== 'base_rate' && fairness.decisions?.source === 'reference',
    title: rateTitle(gap, metric, attribute), subtitle: `${what}, by ${attributeText(attribute)}, with ${level} intervals${remark}.`,
    description: `Dots with intervals: ${title.toLowerCase()} of ${shown.length} groups of ${attributeText(attribute)}. The same numbers stand in the table below.`,
    spec: dotInterval({ rows: shown.map((group) => ({ name: groupText(attribute, group.group, 200), value: group.value, interval: group.interval, kind: 0, detail: count(group.denominator) })),
      kinds: [{ label: title, colour: 'blue', shape: 'circle' }], axisTitle: title, format: '.0%', text: (value) => percent(value), nameTitle: 'Group', detailTitle: 'Rows', intervalTitle: `${level} interval`,
      ...(pooled === null ? {} : { line: { at: pooled, label: `all rows ${percent(pooled)}` } }) }),
    table: { columns: ['Group', title, `${level} interval from`, 'to', 'Rows', 'Note'],
      rows: sorted.map((group) => [groupText(attribute, group.group), percent(group.value), percent(group.interval?.[0]), percent(group.interval?.[1]), group.denominator, group.note]) },
  };
}

function centre(group: GroupMetric): number {
  return group.value ?? (group.interval![0] + group.interval![1]) / 2;
}

/** The rate of all rows together; null when a group's value is hidden, since the sum would give it away or be wrong without it. */
function pooledRate(groups: readonly GroupMetric[]): number | null {
  const known = groups.filter((group) => group.value !== null), rows = known.reduce((sum, group) => sum + group.denominator, 0);
  return known.length < groups.length || rows === 0 ? null : known.reduce((sum, group) => sum + group.value! * group.denominator, 0) / rows;
}

function rateTitle(gap: Disparity | undefined, metric: string, attribute: string): string {
  const rate = metricName(metric).label.toLowerCase(), by = attributeText(attribute, 40);
  const [high, low] = gap?.groups ?? [];
  if (gap === undefined || gap.value === null || high === undefined || low === undefined) return `${metricName(metric).label} by ${by}`;
  const points = `${(100 * gap.value).toFixed(1)} points`;
  if (gap.verdict === 'parity') return `By ${by}, ${rate} differs by no more than tolerated (${points})`;
  if (gap.verdict === 'undecided') return `By ${by}, ${rate} differs by ${points}; this data cannot tell whether that is too much`;
  return `${groupText(attribute, low, 40)} is ${points} below ${groupText(attribute, high, 40)} in ${rate}`;
}
