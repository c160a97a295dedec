import type { DebiasRule } from '../../models/resample/types.ts';
import { shortNumber } from '../number-text.ts';
import { SERIES } from '../palette.ts';
import type { ChartMaker } from './chart.ts';
import { plot } from './plot.ts';

/** Below, a row hardly counts: how little would stretch the axis until the other rules could not be told apart. */
const LOWEST = 0.02;
const DECILES = Array.from({ length: 10 }, (_, i) => i + 1);

/** What each reweighing rule does: mean weight of each tenth of the rows by density, the thinnest first. */
export const decileWeights: ChartMaker = ({ documents: { debias } }) => {
  const rules = (debias?.rules ?? []).filter((rule) => rule.decileWeights?.length === DECILES.length);
  if (rules.length === 0) return [];
  const names = rules.map((rule) => rule.rule), left = 62;
  const values = rules.flatMap((rule) => DECILES.map((decile) => ({ rule: rule.rule, decile, weight: Math.max(LOWEST, weightAt(rule, decile)), text: shortNumber(weightAt(rule, decile)) })));
  const encoding = { x: { field: 'decile', type: 'quantitative', scale: { domain: [1, 10] }, axis: { title: 'Tenth of the rows by density, thinnest first', grid: false, tickCount: 10 } },
    y: { field: 'weight', type: 'quantitative', scale: { type: 'log' }, axis: { title: 'Mean weight (log scale)', format: '~g', values: [0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100] } },
    color: { field: 'rule', type: 'nominal', scale: { domain: names, range: SERIES.slice(0, names.length) }, legend: { orient: 'none', direction: 'horizontal', legendX: 10 - left, legendY: -30, title: null, columnPadding: 14, symbolType: 'circle', symbolSize: 80, symbolOpacity: 1 } } };
  return [{
    name: 'weight-deciles', section: 'debias', attribute: null, reference: false, title: title(rules),
    subtitle: `Mean weight of rows that are no outliers; 1 is what every row has without weights. Weights of ${LOWEST} and less lie on the lower edge.`,
    description: `Lines: mean weight by tenth of the density for ${rules.length} rules.`,
    spec: plot({ left, height: 170, top: 36, bottom: 44 }, { data: { values }, encoding, layer: [
      { mark: { type: 'line', strokeWidth: 2, tooltip: null } },
      { mark: { type: 'point', filled: true, size: 46, opacity: 1 }, encoding: { tooltip: [{ field: 'rule', title: 'Rule' }, { field: 'decile', title: 'Tenth' }, { field: 'text', title: 'Mean weight' }] } },
    ] }),
    table: { columns: ['Tenth by density', ...names], rows: DECILES.map((decile) => [decile === 1 ? '1 (thinnest)' : decile === 10 ? '10 (densest)' : String(decile), ...rules.map((rule) => shortNumber(weightAt(rule, decile)))]) },
  }];
};

function weightAt(rule: DebiasRule, decile: number): number {
  return rule.decileWeights?.[decile - 1] ?? 0;
}

function title(rules: readonly DebiasRule[]): string {
  const chosen = rules.find((rule) => rule.chosen);
  if (chosen === undefined) return 'Mean weight by density for each reweighing rule';
  return `Under the rule used (${chosen.rule}) the thinnest tenth weighs ${shortNumber(weightAt(chosen, 1), 2)} a row, the densest ${shortNumber(weightAt(chosen, 10), 2)}`;
}
