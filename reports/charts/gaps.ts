import type { Disparity, FairnessResult, Interval } from '../../models/fairness/types.ts';
import { isRatio, isShare, metricName } from '../metric-names.ts';
import { readsDecisions } from '../metric-scope.ts';
import { percent, points, shortNumber } from '../number-text.ts';
import { attributeText, groupText } from '../group-text.ts';
import type { Chart, ChartMaker } from './chart.ts';
import { chartSlug } from './chart-slug.ts';
import { dotInterval } from './dot-interval.ts';
import { usedKinds, VERDICT_KINDS, verdictKind } from './verdict-kinds.ts';

/** Two charts for each attribute: differences against the most that is tolerated, ratios against the least. */
export const gaps: ChartMaker = ({ documents: { fairness } }) => {
  if (fairness === null) return [];
  const attributes = [...new Set(fairness.disparities.map((gap) => gap.attribute))];
  return attributes.flatMap((attribute) => {
    const own = fairness.disparities.filter((gap) => gap.attribute === attribute && gap.alias_of === null && gap.interval !== null && gap.tolerance !== null);
    const differences = own.filter((gap) => !isRatio(gap.metric) && isShare(gap.metric)), ratios = own.filter((gap) => isRatio(gap.metric));
    return [
      ...(differences.length === 0 ? [] : [gapChart(fairness, attribute, differences, 'difference')]),
      ...(ratios.length === 0 ? [] : [gapChart(fairness, attribute, ratios, 'ratio')]),
    ];
  });
};

function gapChart(fairness: FairnessResult, attribute: string, all: readonly Disparity[], scale: 'difference' | 'ratio'): Chart {
  const sorted = [...all].sort((a, b) => verdictKind(a.verdict) - verdictKind(b.verdict) || (scale === 'ratio' ? (a.value ?? 0) - (b.value ?? 0) : Math.abs(b.value ?? 0) - Math.abs(a.value ?? 0)));
  const level = percent(fairness.level, 0), text = scale === 'ratio' ? (value: number) => shortNumber(value) : (value: number) => points(value);
  const made = usedKinds(sorted.map((gap) => ({
    name: metricName(gap.metric).label.replace(/, (difference|ratio)$/, ''), value: gap.value, interval: gap.interval, kind: verdictKind(gap.verdict),
    band: (scale === 'ratio' ? [gap.tolerance!, 1] : [isSigned(gap) ? -gap.tolerance! : 0, gap.tolerance!]) as Interval, detail: gap.groups.map((group) => groupText(attribute, group, 60)).join(' against ') })), VERDICT_KINDS);
  const most = Math.max(...sorted.map((gap) => Math.max(gap.interval![1], gap.tolerance!))), least = Math.min(0, ...sorted.map((gap) => (isSigned(gap) ? Math.min(gap.interval![0], -gap.tolerance!) : 0)));
  return {
    name: chartSlug(scale === 'ratio' ? 'ratios' : 'gaps', attribute), section: 'gaps', attribute, reference: fairness.decisions?.source === 'reference' && sorted.some((gap) => readsDecisions(gap.metric)),
    title: gapTitle(sorted, attribute, scale), subtitle: scale === 'ratio' ? `Smallest over largest group, ${level} intervals. Shaded: tolerated; 1 is equal.` : `Largest minus smallest group, ${level} intervals. Shaded: tolerated; 0 is equal.`,
    description: `Dots with intervals: ${sorted.length} ${scale}s between the groups of ${attributeText(attribute)}, against the shaded band of what is tolerated, marked by verdict.`,
    spec: dotInterval({ ...made, axisTitle: scale === 'ratio' ? 'Ratio' : 'Difference, points', format: scale === 'ratio' ? '.1f' : 'points', text, nameTitle: 'Metric', detailTitle: 'Between', intervalTitle: `${level} interval`,
      domain: scale === 'ratio' ? [0, 1] : [1.04 * least, Math.min(1, 1.04 * most)], gutter: 176 }),
    table: { columns: ['Metric', 'Value', `${level} interval from`, 'to', 'Tolerance', 'Verdict', 'Largest group', 'Smallest group'],
      rows: sorted.map((gap) => [metricName(gap.metric).label, gap.value === null ? null : text(gap.value), text(gap.interval![0]), text(gap.interval![1]), text(gap.tolerance!), gap.verdict ?? 'none', ...[0, 1].map((i) => (gap.groups[i] === undefined ? null : groupText(attribute, gap.groups[i])))]) },
  };
}

/** Differences to the reference group have a sign; those of largest and smallest have none. */
function isSigned({ metric, interval }: Disparity): boolean {
  return metric === 'average_odds_difference' || interval![0] < 0;
}

function gapTitle(sorted: readonly Disparity[], attribute: string, scale: 'difference' | 'ratio'): string {
  const by = attributeText(attribute, 40), beyond = sorted.filter((gap) => gap.verdict === 'disparity').length, kind = scale === 'ratio' ? 'ratios' : 'differences';
  if (beyond > 0) return `By ${by}, ${beyond} of ${sorted.length} ${kind} ${beyond === 1 ? 'is' : 'are'} beyond what is tolerated, each taken alone`;
  return sorted.every((gap) => gap.verdict === 'parity') ? `By ${by}, all ${sorted.length} ${kind} are within what is tolerated` : `By ${by}, no ${kind.slice(0, -1)} is shown to be beyond what is tolerated`;
}
