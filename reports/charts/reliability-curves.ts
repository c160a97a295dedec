import type { FairnessResult, ReliabilityCurve } from '../../models/fairness/types.ts';
import { attributeText, groupText } from '../group-text.ts';
import { count, percent, percentInterval } from '../number-text.ts';
import { colour, SERIES } from '../palette.ts';
import { axisLabels } from '../readable-text.ts';
import { chartSlug } from './chart-slug.ts';
import type { Chart, ChartMaker } from './chart.ts';
import { FONT_SIZE, plot } from './plot.ts';

/** More lines than colours could not be told apart: the largest groups are drawn, the table holds all. */
const MOST_GROUPS = SERIES.length;

/** For each attribute: how often the label is positive where the score says so, a line a group. */
export const reliabilityCurves: ChartMaker = ({ documents: { fairness } }) => {
  const curves = (fairness?.calibration ?? []).filter((curve) => curve.points.length > 0);
  return [...new Set(curves.map((curve) => curve.attribute))].map((attribute) => curveChart(fairness!, attribute, curves.filter((curve) => curve.attribute === attribute)));
};

function rowsOf(curve: ReliabilityCurve): number {
  return curve.points.reduce((sum, { n }) => sum + n, 0);
}

function curveChart(fairness: FairnessResult, attribute: string, all: readonly ReliabilityCurve[]): Chart {
  const shown = [...all].sort((a, b) => rowsOf(b) - rowsOf(a)).slice(0, MOST_GROUPS), by = attributeText(attribute, 40), level = percent(fairness.level, 0), noted = all.some((curve) => Boolean(curve.note));
  const names = axisLabels(shown.map((curve) => groupText(attribute, curve.group)), 150, FONT_SIZE), left = 64, rows = Math.ceil(names.length / 2);
  const values = shown.flatMap((curve, i) => curve.points.map((point) => ({ group: names[i]!, score: point.mean_score, rate: point.rate, low: point.interval?.[0] ?? null, high: point.interval?.[1] ?? null,
    scoreText: percent(point.mean_score), rateText: percent(point.rate), range: percentInterval(point.interval) ?? 'none', n: count(point.n) })));
  const range = SERIES.slice(0, names.length), legend = { orient: 'none', columns: 2, legendX: 10 - left, legendY: -(18 * rows + 14), title: null, symbolSize: 80, symbolType: 'circle', symbolOpacity: 1 };
  const x = { field: 'score', type: 'quantitative', axis: { title: 'Mean score', format: '.0%' } }, y = { field: 'rate', type: 'quantitative', axis: { title: 'Rate of positive labels', format: '.0%' } }, color = { field: 'group', type: 'nominal', scale: { domain: names, range }, legend };
  return {
    name: chartSlug('reliability', attribute), section: 'gaps', attribute, reference: fairness.decisions?.source === 'reference', title: `What the score promises and what the labels hold, by ${by}`,
    subtitle: `Rate of positive labels among rows of like score, ${level} intervals. On the dashed line the score is true; a group above it is underrated${all.length > shown.length ? `; the ${shown.length} largest of ${all.length} groups` : ''}.`,
    description: `Lines: observed rate against mean score in ten bins for ${shown.length} groups of ${by}.`,
    spec: plot({ left, height: 230, top: 18 * rows + 22, bottom: 44, right: 24 }, { data: { values }, layer: [
      { data: { values: [{ score: 0, rate: 0 }, { score: 1, rate: 1 }] }, mark: { type: 'line', color: colour('muted'), strokeDash: [4, 3], strokeWidth: 1, tooltip: null }, encoding: { x, y } },
      { mark: { type: 'rule', strokeWidth: 1.5, opacity: 0.6, tooltip: null }, encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' }, color } },
      { mark: { type: 'line', strokeWidth: 1.5 }, encoding: { x, y, color } },
      { mark: { type: 'point', filled: true, size: 40, opacity: 1 }, encoding: { x, y, color, tooltip: [{ field: 'group', title: 'Group' }, { field: 'scoreText', title: 'Mean score' }, { field: 'rateText', title: 'Rate' }, { field: 'range', title: `${level} interval` }, { field: 'n', title: 'Rows' }] } },
    ] }),
    table: { columns: ['Group', 'Scores from', 'to', 'Rows', 'Mean score', 'Rate', `${level} interval`, ...(noted ? ['Note'] : [])],
      rows: all.flatMap((curve) => curve.points.map((point) => [groupText(attribute, curve.group), percent(point.from), percent(point.to), point.n, percent(point.mean_score), percent(point.rate), percentInterval(point.interval), ...(noted ? [curve.note ?? null] : [])])) },
  };
}
