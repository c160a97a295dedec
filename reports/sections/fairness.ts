import type { DrawnChart } from '../charts/chart.ts';
import { figures } from '../figure.ts';
import { html, type Markup } from '../markup.ts';
import { attributeText, isCrossed } from '../group-text.ts';
import { groupThousands } from '../number-text.ts';
import type { ReportInput } from '../report-input.ts';
import { certificate } from './certificate.ts';
import { classesTable, contrastsTable, dataMetricsTable, groupsTable, individualTable, pairsTable } from './fairness-tables.ts';
import { definitions, verdictTable } from './verdict-table.ts';
import { NOT_COMPUTED, notes, section } from './section.ts';

/** Every comparison with its verdict, then each attribute in pictures, then the rest of the numbers. */
export function fairnessSection({ documents: { fairness } }: ReportInput, charts: readonly DrawnChart[]): Markup {
  if (fairness === null) return section({ id: 'fairness', title: 'Fairness', body: NOT_COMPUTED });
  if (fairness.groups.length === 0 && fairness.disparities.length === 0) return section({ id: 'fairness', title: 'Fairness', body: html`<p class="absent">There was nothing to compare.</p>${notes(fairness.notes)}` });
  const attributes = [...new Set([...fairness.groups, ...fairness.disparities].map((each) => each.attribute))];
  const single = attributes.filter((name) => !isCrossed(name)), crossed = attributes.filter((name) => isCrossed(name));
  const anchors = new Map(attributes.map((attribute, i) => [attribute, `fairness-${i + 1}`]));
  const part = (attribute: string): Markup => html`<div class="attribute" id="${anchors.get(attribute)}"><h3>By ${attributeText(attribute)}</h3>${figures(charts, 'rates', attribute)}${figures(charts, 'gaps', attribute)}</div>`;
  return section({ id: 'fairness', title: 'Fairness', lead: fairness.comparisons.statement, body: html`
<p class="contents">${single.map((attribute) => html`<a href="#${anchors.get(attribute)}">By ${attributeText(attribute)}</a> `)}<a href="#comparisons">All other comparisons</a> <a href="#definitions">Definitions</a></p>
${verdictTable(fairness, 'headline')}
${single.map(part)}
${crossed.length === 0 ? '' : html`<details class="more"><summary>Intersections: ${crossed.map((name) => attributeText(name)).join(', ')} (exploratory)</summary>${crossed.map(part)}</details>`}
<details class="more print" id="comparisons"><summary>All other comparisons (exploratory)</summary>${verdictTable(fairness, 'exploratory')}</details>
<details class="more"><summary>Every rate of every group</summary>${groupsTable(fairness)}</details>
${fairness.pairs === undefined || fairness.pairs.length === 0 ? '' : html`<details class="more"><summary>Each group beside the most favoured one</summary>${pairsTable(fairness)}</details>`}
${(fairness.contrasts ?? []).length === 0 ? '' : html`<details class="more"><summary>Each group beside the reference and beside all others</summary>${contrastsTable(fairness)}</details>`}
${(fairness.classes ?? []).length === 0 ? '' : html`<details class="more"><summary>Each class of the label</summary>${classesTable(fairness)}</details>`}
<details class="more"><summary>Measures on the labels</summary>${dataMetricsTable(fairness)}</details>
<details class="more"><summary>Measures over individuals</summary>${individualTable(fairness)}</details>
<details class="more print"><summary>What the intervals of this audit are worth</summary>${certificate(fairness)}</details>
<details class="more print" id="definitions"><summary>Definitions</summary>${definitions(fairness)}</details>
${notes([`Decisions: ${groupThousands(fairness.population)}.`, ...fairness.notes])}` });
}

