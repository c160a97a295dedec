import type { Interval } from '../../models/fairness/types.ts';
import { colour, type ColourName } from '../palette.ts';
import { axisLabels, readableText } from '../readable-text.ts';
import type { ChartSpec } from './chart.ts';
import { FONT_SIZE, LABEL_GUTTER, nameAxis, plot } from './plot.ts';

/** A class of dots, told apart by colour and by shape. */
export interface DotKind {
  readonly label: string;
  readonly colour: ColourName;
  readonly shape: 'circle' | 'square' | 'diamond' | 'triangle-up';
}

export interface DotRow {
  readonly name: string;
  /** Null where it is hidden; the interval is drawn all the same. */
  readonly value: number | null;
  readonly interval: Interval | null;
  /** Index into `kinds`. */
  readonly kind: number;
  /** Where the value would be harmless. */
  readonly band?: Interval;
  readonly detail: string;
}

export interface DotIntervalOptions {
  readonly rows: readonly DotRow[];
  readonly kinds: readonly DotKind[];
  readonly axisTitle: string;
  /** d3 format of the axis; `points`: shares times 100. */
  readonly format: string;
  readonly text: (value: number) => string;
  /** What the names and the details are, for the tooltip. */
  readonly nameTitle: string;
  readonly detailTitle: string;
  readonly intervalTitle: string;
  readonly kindTitle?: string;
  readonly domain?: Interval;
  /** A vertical line with its label. */
  readonly line?: { readonly at: number; readonly label: string };
  readonly gutter?: number;
}

const ROW_HEIGHT = 26;

/** Dots with intervals, one line a name, over optional bands and a reference line. */
export function dotInterval(options: DotIntervalOptions): ChartSpec {
  const { rows, kinds, line, gutter = LABEL_GUTTER } = options;
  const labels = axisLabels(rows.map((row) => row.name), gutter - 14, FONT_SIZE, 2), legend = kinds.length > 1;
  const values = rows.map((row, i) => datum(row, labels[i]!, options));
  const x = { type: 'quantitative', scale: options.domain === undefined ? { zero: true, nice: true } : { domain: options.domain, nice: false },
    axis: { ...(options.format === 'points' ? { labelExpr: `format(100 * datum.value, '.3~g')` } : { format: options.format }), title: options.axisTitle } };
  const guide = legend ? { orient: 'none', direction: 'horizontal', legendX: 10 - gutter, legendY: line === undefined ? -26 : -40, title: null, symbolSize: 80, columnPadding: 14 } : null;
  const layers = [
    ...(rows.some((row) => row.band !== undefined) ? [bandLayer(x)] : []),
    ...(line === undefined ? [] : [lineLayer(line.at)]),
    intervalLayer(x, kinds, guide), dotLayer(x, kinds, guide, options),
    ...(line === undefined ? [] : [lineLabel(line)]),
  ];
  return plot({ left: gutter, height: rows.length * rowHeight(labels), top: 8 + (legend ? 24 : 0) + (line === undefined ? 0 : 14), bottom: 44 },
    { data: { values }, encoding: { y: nameAxis('label', labels) }, layer: layers });
}

/** Two lines need more room than one, and all rows are alike. */
function rowHeight(labels: readonly string[]): number {
  return labels.some((label) => label.includes('\n')) ? ROW_HEIGHT + 8 : ROW_HEIGHT;
}

function datum(row: DotRow, label: string, { kinds, text }: DotIntervalOptions): ChartSpec {
  const { interval, value, band } = row;
  return { label, name: readableText(row.name, 200), value, low: interval?.[0] ?? null, high: interval?.[1] ?? null, kind: kinds[row.kind]!.label, detail: row.detail,
    valueText: value === null ? 'hidden' : text(value), intervalText: interval === null ? 'none' : `${text(interval[0])} to ${text(interval[1])}`,
    ...(band === undefined ? {} : { bandLow: band[0], bandHigh: band[1] }) };
}

function kindScales(kinds: readonly DotKind[]): { readonly colours: ChartSpec; readonly shapes: ChartSpec } {
  const domain = kinds.map((kind) => kind.label);
  return { colours: { domain, range: kinds.map((kind) => colour(kind.colour)) }, shapes: { domain, range: kinds.map((kind) => kind.shape) } };
}

function bandLayer(x: ChartSpec): ChartSpec {
  return { mark: { type: 'bar', color: colour('band'), height: ROW_HEIGHT - 6, tooltip: null }, encoding: { x: { ...x, field: 'bandLow' }, x2: { field: 'bandHigh' } } };
}

function lineLayer(at: number): ChartSpec {
  return { data: { values: [{ at }] }, mark: { type: 'rule', color: colour('muted'), strokeDash: [4, 3] }, encoding: { x: { field: 'at', type: 'quantitative' }, y: { value: 0 }, y2: { value: 'height' } } };
}

function lineLabel({ at, label }: { readonly at: number; readonly label: string }): ChartSpec {
  return { data: { values: [{ at, label }] }, mark: { type: 'text', color: colour('muted'), fontSize: FONT_SIZE - 1, baseline: 'bottom', dy: -3, align: 'center' },
    encoding: { x: { field: 'at', type: 'quantitative' }, y: { value: 0 }, text: { field: 'label' } } };
}

function intervalLayer(x: ChartSpec, kinds: readonly DotKind[], guide: ChartSpec | null): ChartSpec {
  return { mark: { type: 'rule', strokeCap: 'round' }, encoding: { x: { ...x, field: 'low' }, x2: { field: 'high' },
    color: { field: 'kind', type: 'nominal', scale: kindScales(kinds).colours, legend: guide },
    strokeWidth: { condition: { param: 'hover', empty: false, value: 5 }, value: 2.5 } } };
}

function dotLayer(x: ChartSpec, kinds: readonly DotKind[], guide: ChartSpec | null, options: DotIntervalOptions): ChartSpec {
  const scales = kindScales(kinds);
  return {
    params: [{ name: 'hover', select: { type: 'point', fields: ['label'], on: 'pointerover', clear: 'pointerout' } }],
    mark: { type: 'point', filled: true, size: 80, opacity: 1 },
    encoding: { x: { ...x, field: 'value' },
      color: { field: 'kind', type: 'nominal', scale: scales.colours, legend: guide }, shape: { field: 'kind', type: 'nominal', scale: scales.shapes, legend: guide },
      tooltip: [{ field: 'name', title: options.nameTitle }, { field: 'valueText', title: 'Value' }, { field: 'intervalText', title: options.intervalTitle },
        ...(kinds.length > 1 ? [{ field: 'kind', title: options.kindTitle ?? 'Verdict' }] : []), { field: 'detail', title: options.detailTitle }] },
  };
}
