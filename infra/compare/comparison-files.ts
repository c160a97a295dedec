import { toJson } from '../../activities/artifacts.ts';
import type { Comparison } from '../../models/compare/types.ts';
import { drawChart } from '../../reports/charts/draw-chart.ts';
import { compareCharts } from '../../reports/compare/compare-charts.ts';
import { renderComparePage, type ComparePage } from '../../reports/compare/compare-page.ts';
import { standaloneSvg } from '../../reports/standalone-svg.ts';

/** Files of a comparison by name: the page, the JSON and each chart. The same comparison gives the same bytes. */
export async function comparisonFiles(comparison: Comparison, extra: Pick<ComparePage, 'reproduce' | 'watch'>): Promise<ReadonlyMap<string, string>> {
  const charts = [];
  for (const chart of compareCharts(comparison)) charts.push(await drawChart(chart));
  return new Map([
    ['compare.html', renderComparePage({ comparison, charts, ...extra })], ['compare.json', `${toJson(comparison, 2)}\n`],
    ...charts.map((chart) => [`charts/${chart.name}.svg`, standaloneSvg(chart)] as const),
  ]);
}
