import { dataTable } from '../data-table.ts';
import { verdictKind } from '../charts/verdict-kinds.ts';
import { REFERENCE_BADGE } from '../figure.ts';
import { html, NOTHING, type Markup } from '../markup.ts';
import { metricName } from '../metric-names.ts';
import { readsDecisions } from '../metric-scope.ts';
import { count, percent, probability } from '../number-text.ts';
import { attributeText, groupText } from '../group-text.ts';
import { readableText } from '../readable-text.ts';
import type { Disparity, FairnessResult } from '../../models/fairness/types.ts';
import { intervalText, tableBadge, valueText } from './fairness-tables.ts';
import { verdictMark } from './verdict-mark.ts';

/** Comparisons of a family, failing first; aliases of another comparison are left to the file. */
export function verdictTable(fairness: FairnessResult, family: 'headline' | 'exploratory'): Markup {
  const own = fairness.disparities.filter((gap) => gap.alias_of === null && (gap.family === 'headline') === (family === 'headline'));
  const { level } = fairness, sorted = [...own].sort((a, b) => verdictKind(a.verdict) - verdictKind(b.verdict) || Number(survives(b, level)) - Number(survives(a, level)) || (a.p ?? 1) - (b.p ?? 1));
  if (sorted.length === 0) return html`<p class="absent">No comparison in this family.</p>`;
  return dataTable({ sortable: true,
    caption: html`${family === 'headline' ? 'Headline comparisons: these decide the verdict' : 'Exploratory comparisons: these never decide the verdict'}${tableBadge(fairness, sorted)}`,
    columns: ['Attribute', 'Metric', 'Verdict', 'Value', `${percent(level, 0)} interval`, 'Tolerance', family === 'headline' ? 'Adjusted p' : 'q', 'Groups compared', 'By chance', 'Detectable'],
    rows: sorted.map((gap) => row(gap, level)) });
}

/** Whether a disparity is one still after the adjustment for all comparisons of its family. */
function survives({ q }: Disparity, level: number): boolean {
  return q === null || q <= 1 - level + 1e-12;
}

function row(gap: Disparity, level: number): readonly (string | Markup | null)[] {
  // The value says the unit; its neighbours are in the same.
  const plain = (text: string | null): string | null => text?.replace(/ points$/, '') ?? null, text = (value: number | null | undefined): string | null => plain(valueText(gap.metric, value));
  return [attributeText(gap.attribute), html`<div class="wide">${metricName(gap.metric).label}${remarks(gap)}</div>`, verdictMark(gap.verdict, survives(gap, level)), valueText(gap.metric, gap.value), plain(intervalText(gap.metric, gap.interval)), text(gap.tolerance),
    probability(gap.q ?? gap.p), html`<div class="pair">${gap.groups.map((group) => html`<div><bdi>${groupText(gap.attribute, group, 60)}</bdi></div>`)}</div>`, gap.expected_at_parity === null ? null : text(gap.expected_at_parity.mean), text(gap.detectable)];
}

function remarks(gap: Disparity): Markup {
  const parts = [
    gap.component === null ? null : `decided by the ${metricName(gap.component).label.toLowerCase()}`,
    gap.hidden.length === 0 ? null : `${gap.hidden.length} small group${gap.hidden.length === 1 ? '' : 's'} count${gap.hidden.length === 1 ? 's' : ''} in the interval, point value hidden: ${gap.hidden.slice(0, 4).map((group) => groupText(gap.attribute, group, 30)).join(', ')}${gap.hidden.length > 4 ? ' …' : ''}`,
    gap.rows_needed === null ? null : typeof gap.rows_needed === 'string' ? `rows needed: ${gap.rows_needed}` : `rows needed to decide: ${count(gap.rows_needed[0])} to ${count(gap.rows_needed[1])}`,
    gap.selected_interval === undefined || gap.selected_interval === null ? null : `interval adjusted for selection: ${intervalText(gap.metric, gap.selected_interval)}`,
    gap.note,
  ].filter((part) => part !== null);
  return parts.length === 0 ? NOTHING : html`<br><span class="quiet">${readableText(parts.join('; '), 400)}</span>`;
}

/** What each metric of this audit means, and which numbers are the reference classifier's. */
export function definitions(fairness: FairnessResult): Markup {
  const used = [...new Set([...fairness.disparities, ...fairness.groups, ...fairness.data, ...fairness.individual].map((each) => each.metric))];
  const known = used.filter((metric) => metricName(metric).definition !== '').sort((a, b) => (metricName(a).label < metricName(b).label ? -1 : 1));
  return html`<dl class="definitions">${known.map((metric) => html`<div><dt>${metricName(metric).label}${fairness.decisions?.source === 'reference' && readsDecisions(metric) && !fairness.data.some((each) => each.metric === metric) ? html` ${REFERENCE_BADGE}` : NOTHING}</dt><dd>${metricName(metric).definition}</dd></div>`)}
<div><dt>By chance</dt><dd>The gap that equal groups of these sizes would show by chance, on average. It is for comparison and is never subtracted.</dd></div>
<div><dt>Detectable</dt><dd>The smallest true gap that data of this size would show to be beyond the tolerance in 8 of 10 cases.</dd></div>
<div><dt>Verdict</dt><dd>Disparity: shown to be beyond the tolerance. Parity: shown to be within it. Undecided: the data allow both. A hollow mark: a disparity taken alone, but not after the adjustment for all comparisons of its family.</dd></div></dl>`;
}
