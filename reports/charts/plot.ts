import { colour } from '../palette.ts';
import type { ChartSpec } from './chart.ts';

/** All charts are drawn this wide, in px, and scaled by the page, so that text has the same size in each. */
export const CHART_WIDTH = 430;
export const FONT_SIZE = 12;
const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';

interface PlotSize {
  readonly left: number;
  readonly height: number;
  readonly top?: number;
  readonly right?: number;
  readonly bottom?: number;
}

/**
 * A view whose paper is fixed: margins are set, not measured, so that no font decides the layout and the drawn and the live
 * picture coincide. `content` is a Vega-Lite unit or layer with `data`, `encoding` and so on.
 */
export function plot(size: PlotSize, content: ChartSpec): ChartSpec {
  const { left, height, top = 8, right = 14, bottom = 40 } = size;
  return {
    width: CHART_WIDTH - left - right,
    height,
    padding: { left, right, top, bottom },
    autosize: { type: 'none', contains: 'content' },
    background: null,
    ...content,
    config: CONFIG,
  };
}

const CONFIG = {
  // One label on the figure speaks for the picture; a label on each of 3,000 marks would not.
  aria: false,
  font: FONT,
  view: { stroke: null },
  axis: {
    labelColor: colour('ink'), titleColor: colour('muted'), labelFontSize: FONT_SIZE, titleFontSize: FONT_SIZE, titleFontWeight: 'normal',
    gridColor: colour('grid'), domainColor: colour('axis'), tickColor: colour('axis'), labelLimit: 0, titleLimit: 0, titlePadding: 8,
  },
  axisY: { labelPadding: 6 },
  axisQuantitative: { tickCount: 5, domain: false, ticks: false, labelFlush: false },
  legend: { labelColor: colour('ink'), titleColor: colour('muted'), labelFontSize: FONT_SIZE, titleFontSize: FONT_SIZE, titleFontWeight: 'normal', labelLimit: 0 },
} as const;

/** Room for the names on a vertical axis of categories. */
export const LABEL_GUTTER = 144;

/** A vertical axis of names in the order given; every name is one of `domain`. */
export function nameAxis(field: string, domain: readonly string[]): ChartSpec {
  return { field, type: 'nominal', sort: null, scale: { domain, paddingInner: 0, paddingOuter: 0 },
    axis: { title: null, domain: false, ticks: false, grid: false, labelPadding: 10, labelExpr: String.raw`split(datum.label, '\n')`, labelLineHeight: FONT_SIZE + 2,
      // Vega sets the first of two lines at the row's middle.
      labelOffset: { condition: { test: String.raw`indexof(datum.value, '\n') >= 0`, value: -(FONT_SIZE + 2) / 2 }, value: 0 } } };
}
