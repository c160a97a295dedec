import { colour } from '../palette.ts';
import { count, shortNumber } from '../number-text.ts';
import type { ChartSpec } from './chart.ts';
import { plot } from './plot.ts';

export interface HistogramOptions {
  readonly edges: readonly number[];
  readonly counts: readonly number[];
  readonly axisTitle: string | null;
  readonly height: number;
}

/** Bars from edge to edge. counts[i] lies in [edges[i], edges[i+1]). */
export function histogram({ edges, counts, axisTitle, height }: HistogramOptions): ChartSpec {
  const values = counts.map((rows, i) => ({ from: edges[i]!, to: edges[i + 1]!, rows, rowsText: count(rows), range: `${shortNumber(edges[i])} to ${shortNumber(edges[i + 1])}` }));
  return plot({ left: 62, height, bottom: axisTitle === null ? 24 : 44 }, {
    data: { values },
    mark: { type: 'bar', color: colour('blue'), binSpacing: 1 },
    encoding: {
      x: { field: 'from', type: 'quantitative', bin: 'binned', scale: { domain: [edges[0]!, edges.at(-1)!], nice: false }, axis: { title: axisTitle, grid: false, format: '~s', ticks: true } }, x2: { field: 'to' },
      y: { field: 'rows', type: 'quantitative', axis: { title: null, format: ',d', tickCount: 3 } },
      tooltip: [{ field: 'range', title: 'Values' }, { field: 'rowsText', title: 'Rows' }],
    },
  });
}
