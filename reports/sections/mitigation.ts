import type { ChangeVerdict, MitigationChange, MitigationSummary, Quantity } from '../../models/mitigation/types.ts';
import type { DrawnChart } from '../charts/chart.ts';
import { dataTable } from '../data-table.ts';
import { figures, REFERENCE_BADGE } from '../figure.ts';
import { attributeText } from '../group-text.ts';
import { html, NOTHING, type Markup } from '../markup.ts';
import { metricName } from '../metric-names.ts';
import { CHANGE_MARKS, MITIGATION_NAMES } from '../mitigation-names.ts';
import { count, percent, points, pointsInterval, signedPoints } from '../number-text.ts';
import { readableText } from '../readable-text.ts';
import type { ReportInput } from '../report-input.ts';
import { NOT_COMPUTED, notes, section } from './section.ts';

/** What stands in the table on the page; the rest is a click away. */
const SHOWN: readonly Quantity[] = ['accuracy', 'worst_group_accuracy', 'demographic_parity_difference', 'equal_opportunity_difference', 'equalized_odds_difference'];

/** What each mitigation would change, on rows that none of them saw. */
export function mitigationSection({ documents: { mitigation } }: ReportInput, charts: readonly DrawnChart[]): Markup {
  if (mitigation === null) return section({ id: 'mitigation', title: 'Mitigation', body: NOT_COMPUTED });
  const { changes, rows, baseline, comparisons } = mitigation;
  if (changes === null || rows === null) return section({ id: 'mitigation', title: 'Mitigation', body: html`<p class="absent">Nothing was compared: ${readableText(mitigation.reason ?? '', 300)}.</p>` });
  const attributes = [...new Set(changes.map((change) => change.attribute))];
  return section({ id: 'mitigation', title: 'Mitigation', lead: 'What common repairs would do to a plain classifier of this data: each is fitted on the train rows and judged, beside the unrepaired classifier, on test rows that none of them saw.', body: html`
<p>${REFERENCE_BADGE} ${readableText((baseline ?? '').replace(/^reference classifier \(|\)$/g, ''), 300)}. ${count(rows.train)} rows to fit on, ${count(rows.validation)} to choose thresholds on, ${count(rows.test)} to judge by. A change whose ${percent(mitigation.level, 0)} interval holds 0 is undecided.</p>
${attributes.map((attribute) => html`<div class="attribute"><h3>By ${attributeText(attribute)}</h3>${figures(charts, 'mitigation', attribute)}${summaryTable(changes, attribute)}</div>`)}
<details class="more"><summary>Every change with its interval</summary>${changesTable(mitigation)}</details>
<details class="more print"><summary>What each mitigation does</summary>${methods(mitigation)}</details>
${notes([...(comparisons === null ? [] : [comparisons.statement]), ...mitigation.notes])}` });
}

function summaryTable(changes: readonly MitigationChange[], attribute: string): Markup {
  const own = changes.filter((change) => change.attribute === attribute), used = [...new Set(own.map(({ method }) => method))];
  const at = (method: string, metric: Quantity): MitigationChange | undefined => own.find((change) => change.method === method && change.metric === metric);
  const first = used[0]!;
  return dataTable({ caption: html`Test rows, by ${attributeText(attribute)}: value after each mitigation and whether it changed ${REFERENCE_BADGE}`,
    columns: ['Mitigation', ...SHOWN.map(columnText)],
    rows: [['No mitigation', ...SHOWN.map((metric) => valueText(metric, at(first, metric)?.before ?? null))],
      ...used.map((method) => [MITIGATION_NAMES[method].label, ...SHOWN.map((metric) => cell(at(method, metric)))])] });
}

function columnText(metric: Quantity): string {
  return metric === 'worst_group_accuracy' ? 'Accuracy, worst group' : metricName(metric).label.replace(/, difference$/, ' gap');
}

function valueText(metric: Quantity, value: number | null): string {
  return metric.endsWith('_difference') ? points(value) : percent(value);
}

function cell(change: MitigationChange | undefined): Markup | null {
  return change === undefined ? null : html`<div>${valueText(change.metric, change.after)}</div>${changeMark(change.verdict)}`;
}

/** Better or worse by sign, colour and word. */
function changeMark(verdict: ChangeVerdict): Markup {
  const { sign, style } = CHANGE_MARKS[verdict];
  return html`<span class="mark ${style}"><span aria-hidden="true">${sign}</span> ${verdict}</span>`;
}

const ORDER: readonly ChangeVerdict[] = ['worse', 'better', 'undecided'];

function changesTable({ changes, level }: MitigationSummary): Markup {
  const sorted = [...changes!].sort((a, b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict));
  return dataTable({ sortable: true, caption: html`Changes on test rows ${REFERENCE_BADGE}`, columns: ['Attribute', 'Mitigation', 'Metric', 'Before', 'After', 'Change', `${percent(level, 0)} interval`, 'Verdict', 'Note'],
    rows: sorted.map((change) => [attributeText(change.attribute), MITIGATION_NAMES[change.method].label, columnText(change.metric), valueText(change.metric, change.before), valueText(change.metric, change.after), signedPoints(change.change), pointsInterval(change.interval), changeMark(change.verdict), change.note]) });
}

function methods({ methods: all }: MitigationSummary): Markup {
  const used = [...new Set(all.map(({ method }) => method))];
  if (used.length === 0) return NOTHING;
  return html`<dl class="definitions">${used.map((method) => html`<div><dt>${MITIGATION_NAMES[method].label}</dt><dd>${MITIGATION_NAMES[method].definition} ${[...new Set(all.filter((each) => each.method === method && each.detail.includes('for want of')).map((each) => `By ${attributeText(each.attribute ?? '')}: ${readableText(each.detail.slice(each.detail.lastIndexOf(';') + 2), 200)}.`))].join(' ')}</dd></div>`)}</dl>`;
}
