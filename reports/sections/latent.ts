import type { DrawnChart } from '../charts/chart.ts';
import { dataTable } from '../data-table.ts';
import { figures } from '../figure.ts';
import { attributeText, groupText } from '../group-text.ts';
import { html, NOTHING, type Markup } from '../markup.ts';
import { count, percent, shortNumber } from '../number-text.ts';
import { readableText } from '../readable-text.ts';
import type { ReportInput } from '../report-input.ts';
import type { DensitySummary } from '../../models/latent/types.ts';
import type { DebiasSummary } from '../../models/resample/types.ts';
import { NOT_COMPUTED, notes, section } from './section.ts';

/** Where the data is thin, who lives there, and what reweighing would do about it. */
export function latentSection({ documents: { density, debias } }: ReportInput, charts: readonly DrawnChart[]): Markup {
  return section({ id: 'latent', title: 'Latent map and density', lead: 'An autoencoder arranges similar rows near each other. Where few rows lie, a model trained on this data has little to learn from.', body: html`
${density === null ? NOT_COMPUTED : html`${figures(charts, 'latent')}${densityTable(density)}${notes([...complexity(density), ...density.notes])}`}
<h3 id="debias">Reweighing</h3>
${debias === null ? NOT_COMPUTED : html`${figures(charts, 'debias')}${shares(debias)}<p>${debiasText(debias)} Whether a classifier trained with these weights is fairer, or less fair, was measured: <a href="#mitigation">see Mitigation</a>.</p>${notes(debias.notes)}`}` });
}

function densityTable({ candidates }: DensitySummary): Markup {
  if (candidates.length === 0) return NOTHING;
  return html`<details class="more"><summary>Which density was used</summary>${dataTable({ caption: 'Densities by held-out log-likelihood, nats per row; the simplest within one standard error of the best is used', columns: ['Density', 'Settings', 'Held-out log-likelihood', 'Standard error', 'Used'],
    rows: candidates.map((each) => [each.name, each.detail, shortNumber(each.heldOut, 4), shortNumber(each.standardError), each.chosen ? 'yes' : 'no']) })}</details>`;
}

function complexity({ complexityCorrelation: r, active }: DensitySummary): readonly string[] {
  return [`${active.length} latent units are active; the density is joint over them.`, ...(r === null ? [] : [`Correlation of log density with a row’s reconstruction cost: ${shortNumber(r)}.`])];
}

function shares({ rules, chosen }: DebiasSummary): Markup {
  const rule = rules.find((each) => each.rule === chosen);
  if (rule === undefined || rule.groups.length === 0) return NOTHING;
  return dataTable({ sortable: true, caption: `Share of each group before and after weighting by the rule used (${chosen})`, columns: ['Attribute', 'Group', 'Before', 'After', 'After ÷ before'],
    rows: rule.groups.map((group) => [attributeText(group.attribute), groupText(group.attribute, group.group), percent(group.before), percent(group.after), group.before > 0 ? shortNumber(group.after / group.before) : null]) });
}

function debiasText({ resampledRows, distinctRows, capped, outliers }: DebiasSummary): string {
  return `${count(resampledRows)} rows were drawn by these weights into resampled.arrow, ${count(distinctRows)} of them different. ${count(outliers.rows)} rows count as outliers (${readableText(outliers.how, 200)}); the weight of ${count(capped)} of them was capped, so that junk is not multiplied.`;
}
