import type { ChartSection, DrawnChart } from './charts/chart.ts';
import { dataTable } from './data-table.ts';
import { html, NOTHING, trusted, type Markup } from './markup.ts';
import { readableText } from './readable-text.ts';

/** Stands wherever a number comes from the reference classifier, and not from an audited model. */
export const REFERENCE_BADGE: Markup = html`<span class="badge reference" title="The data holds no decision of an audited model: these numbers show what a plain classifier learns from it.">reference classifier</span>`;

/** A chart with its title, the picture that shows without a script, and its numbers as a table. */
export function figure(chart: DrawnChart): Markup {
  const title = readableText(chart.title, 200);
  return html`<figure class="chart" id="chart-${chart.name}">
<figcaption><h4>${title}</h4><p>${readableText(chart.subtitle ?? '', 300)}${chart.reference ? html` ${REFERENCE_BADGE}` : NOTHING}</p></figcaption>
${chart.choices === undefined ? NOTHING : html`<div class="choices" data-chart="${chart.name}" data-signal="${chart.choices.signal}" hidden><label>${chart.choices.label} <select><option value="-1">${chart.choices.all}</option>${
  chart.choices.options.map((option, i) => html`<option value="${i}">${option}</option>`)}</select></label></div>`}
<div class="picture" data-chart="${chart.name}" role="img" aria-label="${title}. ${readableText(chart.description, 400)}">${trusted(chart.svg)}</div>
<details><summary>Data</summary>${dataTable({ caption: chart.title, columns: chart.table.columns, rows: chart.table.rows })}</details>
</figure>`;
}

/** The charts of one section, optionally of one attribute, in a grid. */
export function figures(charts: readonly DrawnChart[], section: ChartSection, attribute?: string): Markup {
  const own = charts.filter((chart) => chart.section === section && (attribute === undefined || chart.attribute === attribute));
  return own.length === 0 ? NOTHING : html`<div class="charts">${own.map(figure)}</div>`;
}
