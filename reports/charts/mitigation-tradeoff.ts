import type { MitigationChange, MitigationSummary, Quantity } from '../../models/mitigation/types.ts';
import { attributeText } from '../group-text.ts';
import { metricName } from '../metric-names.ts';
import { MITIGATION_NAMES } from '../mitigation-names.ts';
import { percent, points, pointsInterval, signedPoints } from '../number-text.ts';
import { colour } from '../palette.ts';
import { chartSlug } from './chart-slug.ts';
import type { Chart, ChartMaker, ChartSpec } from './chart.ts';
import { plot } from './plot.ts';

const GAPS = ['demographic_parity_difference', 'equalized_odds_difference'] as const;
const NONE = 'No mitigation';

/** For each attribute: accuracy against a gap after every mitigation, with the interval of both changes, and the best trade-offs joined. */
export const mitigationTradeoff: ChartMaker = ({ documents: { mitigation } }) => {
  if (mitigation === null || mitigation.changes === null) return [];
  const attributes = [...new Set(mitigation.changes.map((change) => change.attribute))];
  return attributes.flatMap((attribute) => GAPS.flatMap((metric) => {
    const trades = tradesOf(mitigation.changes!, attribute, metric);
    return trades.length === 0 ? [] : [tradeoffChart(mitigation, attribute, metric, trades)];
  }));
};

/** One mitigation: both changes, each with a value. */
interface Trade {
  readonly gap: MitigationChange & { readonly before: number; readonly after: number };
  readonly accuracy: MitigationChange & { readonly before: number; readonly after: number };
}

function tradesOf(changes: readonly MitigationChange[], attribute: string, metric: Quantity): readonly Trade[] {
  const own = changes.filter((change) => change.attribute === attribute && change.before !== null && change.after !== null) as readonly Trade['gap'][];
  return own.filter((change) => change.metric === metric).flatMap((gap) => {
    const accuracy = own.find((change) => change.metric === 'accuracy' && change.method === gap.method);
    return accuracy === undefined ? [] : [{ gap, accuracy }];
  });
}

function tradeoffChart(mitigation: MitigationSummary, attribute: string, metric: Quantity, trades: readonly Trade[]): Chart {
  const what = metricName(metric).label.replace(/, difference$/, '').toLowerCase(), by = attributeText(attribute, 40), level = percent(mitigation.level, 0);
  return {
    name: chartSlug('mitigation', metric.replace(/_difference$/, ''), attribute), section: 'mitigation', attribute, reference: true,
    title: title(trades, what, by), subtitle: `Accuracy against the gap on test rows; up and to the left is better. Bars: ${level} interval of the change; a bar across the dashed line of “${NONE.toLowerCase()}” leaves it undecided.`,
    description: `Dots with bars both ways: accuracy against the gap in ${what} by ${by} for ${trades.length} mitigations and for none.`,
    spec: spec(trades, `Gap in ${what}, points`),
    table: { columns: ['Mitigation', 'Gap', 'Change', `${level} interval`, 'Verdict', 'Accuracy', 'Change', `${level} interval`, 'Verdict'],
      rows: trades.map(({ gap, accuracy }) => [MITIGATION_NAMES[gap.method].label, points(gap.after), signedPoints(gap.change), pointsInterval(gap.interval), gap.verdict, percent(accuracy.after), signedPoints(accuracy.change), pointsInterval(accuracy.interval), accuracy.verdict]) },
  };
}

function title(trades: readonly Trade[], what: string, by: string): string {
  const narrow = trades.filter(({ gap }) => gap.verdict === 'better'), costly = narrow.filter(({ accuracy }) => accuracy.verdict === 'worse').length;
  if (narrow.length === 0) return `By ${by}, no mitigation is shown to narrow the gap in ${what}`;
  return `By ${by}, ${narrow.length} of ${trades.length} mitigations narrow the gap in ${what}${costly === 0 ? '; none of them is shown to cost accuracy' : `; ${costly} of them cost${costly === 1 ? 's' : ''} accuracy`}`;
}

/** Where a change would end: the value before, moved by the interval of the change. */
function reach({ before, interval }: Trade['gap']): readonly [number, number] | readonly [null, null] {
  return interval === null ? [null, null] : [Math.max(0, before + interval[0]), Math.min(1, before + interval[1])];
}

function spec(trades: readonly Trade[], gapTitle: string): ChartSpec {
  const { gap, accuracy } = trades[0]!, none = { name: NONE, gap: gap.before, accuracy: accuracy.before, gapText: points(gap.before), accuracyText: percent(accuracy.before) };
  const values = [...trades.map(datum), none];
  const names = [...trades.map((trade) => MITIGATION_NAMES[trade.gap.method]), { label: NONE, colour: 'ink' as const, shape: 'cross' }];
  const domain = names.map((name) => name.label), rows = Math.ceil(names.length / 2), left = 66;
  const legend = { orient: 'none', columns: 2, legendX: 10 - left, legendY: -(18 * rows + 16), title: null, symbolSize: 80, columnPadding: 14, rowPadding: 4, symbolOpacity: 1 };
  const x = { field: 'gap', type: 'quantitative', scale: { zero: true, nice: true }, axis: { title: gapTitle, labelExpr: `format(100 * datum.value, '.3~g')` } };
  const y = { field: 'accuracy', type: 'quantitative', scale: { zero: false, nice: true }, axis: { title: 'Accuracy', format: '.1%' } };
  const tint = { field: 'name', type: 'nominal', scale: { domain, range: names.map((name) => colour(name.colour)) }, legend };
  const bar = { type: 'rule', strokeWidth: 1.5, strokeCap: 'round', opacity: 0.6, tooltip: null };
  return plot({ left, height: 230, top: 18 * rows + 24, bottom: 44 }, { data: { values }, layer: [
    guide('x', none.gap), guide('y', none.accuracy),
    { data: { values: frontier(values) }, mark: { type: 'line', color: colour('axis'), strokeWidth: 1.5, tooltip: null }, encoding: { x, y, order: { field: 'gap', type: 'quantitative' } } },
    { mark: bar, encoding: { x: { ...x, field: 'gapLow' }, x2: { field: 'gapHigh' }, y, color: tint } },
    { mark: bar, encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' }, color: tint } },
    { mark: { type: 'point', filled: true, size: 90, opacity: 1 }, encoding: { x, y, color: tint, shape: { field: 'name', type: 'nominal', scale: { domain, range: names.map((name) => name.shape) }, legend },
      tooltip: [{ field: 'name', title: 'Mitigation' }, { field: 'gapText', title: 'Gap' }, { field: 'gapChange', title: 'Change of the gap' }, { field: 'accuracyText', title: 'Accuracy' }, { field: 'accuracyChange', title: 'Change of accuracy' }] } },
  ] });
}

interface Dot { readonly gap: number; readonly accuracy: number }

function datum({ gap, accuracy }: Trade): Dot & ChartSpec {
  const [gapLow, gapHigh] = reach(gap), [low, high] = reach(accuracy);
  return { name: MITIGATION_NAMES[gap.method].label, gap: gap.after, accuracy: accuracy.after, gapLow, gapHigh, low, high, gapText: points(gap.after), accuracyText: percent(accuracy.after),
    gapChange: `${pointsInterval(gap.interval) ?? 'none'}: ${gap.verdict}`, accuracyChange: `${pointsInterval(accuracy.interval) ?? 'none'}: ${accuracy.verdict}` };
}

function guide(axis: 'x' | 'y', at: number): ChartSpec {
  const encoding = axis === 'x' ? { x: { field: 'at', type: 'quantitative' }, y: { value: 0 }, y2: { value: 'height' } } : { y: { field: 'at', type: 'quantitative' }, x: { value: 0 }, x2: { value: 'width' } };
  return { data: { values: [{ at }] }, mark: { type: 'rule', color: colour('muted'), strokeDash: [4, 3], tooltip: null }, encoding };
}

/** The dots that no other beats in both, by falling gap: what is given up of one for the other. */
function frontier(dots: readonly Dot[]): readonly Dot[] {
  return dots.filter((dot) => !dots.some((other) => other.gap <= dot.gap && other.accuracy >= dot.accuracy && (other.gap < dot.gap || other.accuracy > dot.accuracy)))
    .map(({ gap, accuracy }) => ({ gap, accuracy }));
}
