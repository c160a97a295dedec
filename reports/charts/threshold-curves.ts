import type { FairnessResult, ThresholdCurve } from '../../models/fairness/types.ts';
import { attributeText } from '../group-text.ts';
import { isRatio, metricName } from '../metric-names.ts';
import { percent, points, pointsInterval, shortNumber } from '../number-text.ts';
import { SERIES } from '../palette.ts';
import { chartSlug } from './chart-slug.ts';
import type { Chart, ChartMaker } from './chart.ts';
import { plot } from './plot.ts';

/** Four lines can be told apart where their bands overlap. */
const MOST_LINES = 4;

/** For each attribute: what every gap would be were decisions made at another threshold of the score. */
export const thresholdCurves: ChartMaker = ({ documents: { fairness } }) => {
  const curves = (fairness?.thresholds ?? []).filter((curve) => !isRatio(curve.metric) && curve.values.filter((value) => value !== null).length > 1);
  return [...new Set(curves.map((curve) => curve.attribute))].map((attribute) => curveChart(fairness!, attribute, curves.filter((curve) => curve.attribute === attribute).slice(0, MOST_LINES)));
};

function curveChart(fairness: FairnessResult, attribute: string, curves: readonly ThresholdCurve[]): Chart {
  const names = curves.map((curve) => nameOf(curve.metric)), level = percent(fairness.level, 0), by = attributeText(attribute, 40);
  const values = curves.flatMap((curve, i) => curve.thresholds.map((threshold, k) => ({ metric: names[i]!, threshold, value: curve.values[k] ?? null, low: curve.intervals[k]?.[0] ?? null, high: curve.intervals[k]?.[1] ?? null,
    text: points(curve.values[k]), range: pointsInterval(curve.intervals[k] ?? null) ?? 'none' })));
  const rows = Math.ceil(names.length / 2), left = 52, x = { field: 'threshold', type: 'quantitative', axis: { title: 'Threshold of the score', grid: false } };
  const axis = { title: 'Largest minus smallest group, points', labelExpr: `format(100 * datum.value, '.3~g')` };
  const color = { field: 'metric', type: 'nominal', scale: { domain: names, range: SERIES.slice(0, names.length) }, legend: { orient: 'none', columns: 2, legendX: 10 - left, legendY: -(18 * rows + 14), title: null, symbolType: 'stroke', symbolOpacity: 1, symbolStrokeWidth: 2.5 } };
  return {
    name: chartSlug('thresholds', attribute), section: 'gaps', attribute, reference: fairness.decisions?.source === 'reference', title: title(curves, by), subtitle: `Every gap by ${by} at other thresholds of the same score, ${level} intervals that each hold at their own threshold.`,
    description: `Lines with bands: ${names.join(', ')} by ${by} at ${curves[0]!.thresholds.length} thresholds.`,
    spec: plot({ left, height: 200, top: 18 * rows + 22, bottom: 44 }, { data: { values: values.filter(({ value }) => value !== null) }, layer: [
      { mark: { type: 'area', opacity: 0.15, tooltip: null }, encoding: { x, y: { field: 'low', type: 'quantitative', axis }, y2: { field: 'high' }, color } },
      { mark: { type: 'line', strokeWidth: 2 }, encoding: { x, y: { field: 'value', type: 'quantitative', axis }, color } },
      { mark: { type: 'point', filled: true, size: 46 }, encoding: { x, y: { field: 'value', type: 'quantitative', axis }, color, opacity: { condition: { param: 'near', empty: false, value: 1 }, value: 0 },
        tooltip: [{ field: 'metric', title: 'Gap' }, { field: 'threshold', title: 'Threshold' }, { field: 'text', title: 'Value' }, { field: 'range', title: `${level} interval` }] },
      params: [{ name: 'near', select: { type: 'point', nearest: true, on: 'pointerover', clear: 'pointerout' } }] },
    ] }),
    table: { columns: ['Threshold', ...names.flatMap((name) => [name, `${level} interval`])], rows: curves[0]!.thresholds.map((threshold, k) => [shortNumber(threshold), ...curves.flatMap((curve) => [points(curve.values[k]), pointsInterval(curve.intervals[k] ?? null)])]) },
  };
}

function nameOf(metric: string): string {
  return metricName(metric).label.replace(/, difference$/, '');
}

/** How much the first gap depends on where the line is drawn. */
function title(curves: readonly ThresholdCurve[], by: string): string {
  const values = curves[0]!.values.filter((value) => value !== null);
  return `By ${by}, the gap in ${nameOf(curves[0]!.metric).toLowerCase()} runs from ${points(Math.min(...values)).replace(' points', '')} to ${points(Math.max(...values))} with the threshold`;
}
