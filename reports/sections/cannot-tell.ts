import type { FairnessResult, Finding } from '../../models/fairness/types.ts';
import { attributeText, groupText } from '../group-text.ts';
import { html, NOTHING, type Markup } from '../markup.ts';
import { metricName } from '../metric-names.ts';
import { count } from '../number-text.ts';
import { readableText } from '../readable-text.ts';

/** Groups are named up to here; the tables name all. */
const MOST_HIDDEN = 8;

/** What a reader must not take from this audit: what was undecided, what is hidden, and whose decisions were not seen. */
export function cannotTell(undecided: Markup, fairness: FairnessResult): Markup {
  const texts = [...noDecisions(fairness), ...undecidedExploratory(fairness)], hidden = hiddenGroups(fairness), open = fairness.findings.some(isOpen);
  if (!open && texts.length === 0 && hidden.length === 0) return NOTHING;
  return html`<aside class="box" aria-labelledby="cannot-tell"><h3 id="cannot-tell">What this data cannot tell</h3>
${open ? undecided : NOTHING}${texts.length === 0 && hidden.length === 0 ? NOTHING : html`<ul>${texts.map((text) => html`<li>${text}</li>`)}${hidden.length === 0 ? NOTHING
    : html`<li>These rates of small groups. Their values are hidden; the groups count in every interval.<ul class="quiet">${hidden.map((text) => html`<li>${text}</li>`)}</ul></li>`}</ul>`}</aside>`;
}

export function isOpen({ verdict }: Finding): boolean {
  return verdict === 'undecided';
}

function noDecisions({ decisions }: FairnessResult): readonly string[] {
  return decisions === null || decisions.source === 'reference' ? ['Whether a model in use decides fairly: the data holds no decision of one.'] : [];
}

function undecidedExploratory({ disparities }: FairnessResult): readonly string[] {
  const own = disparities.filter((gap) => gap.alias_of === null && gap.family !== 'headline' && gap.verdict !== null), open = own.filter((gap) => gap.verdict === 'undecided').length;
  return open === 0 ? [] : [`Whether ${count(open)} of ${count(own.length)} exploratory comparisons are within what is tolerated: the data allow both. The tables say how many rows it would take.`];
}

/** Rates whose value is hidden since few rows stand behind them; their groups count in every interval. */
function hiddenGroups({ groups }: FairnessResult): readonly string[] {
  const hidden = new Map<string, { readonly name: string; readonly metrics: string[]; readonly note: string | null }>();
  for (const { attribute, group, metric, value, interval, note } of groups) {
    if (value !== null || interval === null) continue;
    const key = JSON.stringify([attribute, group]), entry = hidden.get(key) ?? { name: `${attributeText(attribute)}: ${groupText(attribute, group, 40)}`, metrics: [], note };
    entry.metrics.push(metricName(metric).label.toLowerCase());
    hidden.set(key, entry);
  }
  const all = [...hidden.values()];
  return [
    ...all.slice(0, MOST_HIDDEN).map(({ name, metrics, note }) => `${name} – ${metrics.length > 3 ? `${metrics.length} rates` : metrics.join(', ')}${note === null ? '' : `: ${readableText(note.replace(/^value hidden: /, ''), 120)}`}`),
    ...(all.length > MOST_HIDDEN ? [`and ${count(all.length - MOST_HIDDEN)} more groups: “Every rate of every group” lists them`] : []),
  ];
}
