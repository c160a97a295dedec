import { colour } from '../palette.ts';
import { count, percent, shortNumber } from '../number-text.ts';
import type { ChartMaker } from './chart.ts';
import { FONT_SIZE, nameAxis, plot } from './plot.ts';

/** How many rows' worth of information each reweighing rule leaves. */
export const weightEss: ChartMaker = ({ documents: { debias } }) => {
  if (debias === null || debias.rules.length === 0) return [];
  const { rules } = debias, names = rules.map((rule) => rule.rule), chosen = rules.find((rule) => rule.chosen);
  const values = rules.map((rule) => ({ rule: rule.rule, share: rule.essShare, text: percent(rule.essShare), use: rule.chosen ? 'used' : 'compared', ess: count(rule.ess), weight: shortNumber(rule.maxWeight), lift: shortNumber(rule.thinLift) }));
  const encoding = { y: nameAxis('rule', names), x: { field: 'share', type: 'quantitative', scale: { domain: [0, 1] }, axis: { format: '.0%', title: 'Effective sample size, share of rows' } } };
  return [{
    name: 'weight-ess', section: 'debias', attribute: null, reference: false,
    title: chosen === undefined ? 'Effective sample size by reweighing rule' : `The rule used (${chosen.rule}) has an effective sample size of ${percent(chosen.essShare, 0)} of the rows`,
    subtitle: 'Effective sample size (Σw)² ÷ Σw² by rule: the less is left, the noisier everything that is computed with the weights.',
    description: `Bars: effective sample size of ${rules.length} rules.`,
    spec: plot({ left: 110, height: 30 * rules.length, bottom: 44, right: 24 }, { data: { values }, encoding, layer: [
      { mark: { type: 'bar', height: 16 }, encoding: { color: { field: 'use', type: 'nominal', scale: { domain: ['used', 'compared'], range: [colour('blue'), colour('axis')] }, legend: null },
        tooltip: [{ field: 'rule', title: 'Rule' }, { field: 'ess', title: 'Effective rows' }, { field: 'text', title: 'Share' }, { field: 'weight', title: 'Largest weight' }, { field: 'lift', title: 'Mean weight where data is thin' }] } },
      { mark: { type: 'text', align: 'left', dx: 5, color: colour('ink'), fontSize: FONT_SIZE, tooltip: null }, encoding: { text: { field: 'text' } } },
    ] }),
    table: { columns: ['Rule', 'Settings', 'Effective rows', 'Share', 'Largest weight', 'Mean weight where data is thin', 'Agreement of weights between fits', 'Used'], rows: rules.map((rule) => [rule.rule, rule.detail, Math.round(rule.ess), percent(rule.essShare), shortNumber(rule.maxWeight), shortNumber(rule.thinLift), shortNumber(rule.stability), rule.chosen ? 'yes' : 'no']) },
  }];
};
