import type { Profile } from '../../models/encode/profile-types.ts';
import type { FairnessResult } from '../../models/fairness/types.ts';
import { REFERENCE_BADGE } from '../figure.ts';
import { isCrossed } from '../group-text.ts';
import { html, NOTHING, type Markup } from '../markup.ts';
import { count, groupThousands, shortNumber } from '../number-text.ts';
import { readableText } from '../readable-text.ts';
import type { ReportInput } from '../report-input.ts';
import { readsDecisions } from '../metric-scope.ts';
import { metricName } from '../metric-names.ts';
import { section } from './section.ts';

const MARKS = { findings: '◆', undecided: '■', pass: '●' } as const;
const WORDS = { findings: 'Findings', undecided: 'Undecided', pass: 'Pass' } as const;

/** The verdict at a glance, what it rests on, and the audit in figures. */
export function verdictSection(input: ReportInput): Markup {
  const { fairness } = input.documents, verdict = fairness?.verdict ?? 'undecided';
  return section({ id: 'verdict', title: 'Verdict', body: html`<div class="verdict ${verdict}"><p class="word"><span aria-hidden="true">${MARKS[verdict]}</span> ${WORDS[verdict]}</p>
<p>${sentence(input)}</p>${fairness?.decisions?.source === 'reference' ? html`<p>${REFERENCE_BADGE} ${referenceText(fairness)}</p>` : NOTHING}</div>
<dl class="facts">${facts(input).map(([name, value]) => html`<div class="${value.length > 40 ? 'long' : ''}"><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>` });
}

/** What was decided, on what and about whom. */
function sentence({ documents: { fairness, profile } }: ReportInput): string {
  if (fairness === null) return 'Fairness was not computed in this audit; a verdict from nothing is undecided.';
  const { findings } = fairness, survive = findings.filter((finding) => finding.survives).length, undecided = findings.filter((finding) => finding.verdict === 'undecided').length;
  if (findings.length === 0) return 'There was no headline comparison to make; a verdict from nothing is undecided.';
  const about = `In ${subject(fairness, profile)} of all ${count(fairness.rows)} usable rows`;
  if (fairness.verdict === 'findings') return `${about}, ${survive} of ${findings.length} headline comparison${findings.length === 1 ? ' shows' : 's show'} a disparity beyond what is tolerated, after adjustment for their number.`;
  if (fairness.verdict === 'pass') return `${about}, ${findings.length === 1 ? 'the headline comparison is' : `all ${findings.length} headline comparisons are`} within what is tolerated.`;
  return `${about}, none of ${findings.length} headline comparison${findings.length === 1 ? '' : 's'} shows a disparity beyond what is tolerated after adjustment, but for ${undecided} of them this data cannot rule one out.`;
}

/** What the headline comparisons are made on. */
function subject({ headline, decisions }: FairnessResult, profile: Profile | null): string {
  if (headline.some(readsDecisions)) return decisions?.source === 'reference' ? 'the reference classifier’s decisions' : `the decisions (${readableText(decisions?.description ?? '', 120)})`;
  return profile?.label === null || profile?.label === undefined ? 'the labels' : `the label ${readableText(profile.label.column, 40)} = ${readableText(profile.label.positive, 40)}`;
}

function referenceText({ decisions, headline }: FairnessResult): string {
  return `marks the numbers of a plain model (${readableText(decisions!.description.replace(/^reference classifier \(|\)$/g, ''), 300)}), since the data holds no decision of an audited one.${headline.some(readsDecisions) ? '' : ' The verdict does not rest on them.'}`;
}

function facts({ documents: { fairness, profile }, seed, backend }: ReportInput): readonly (readonly [string, string])[] {
  const attributes = new Set(fairness?.groups.map((group) => group.attribute).filter((name) => !isCrossed(name)));
  return [
    ...(profile === null ? [] : [['Rows', count(profile.usable)], ['Columns', count(profile.columns.length)]] as const),
    ...(fairness === null ? [] : [['Protected attributes', [...attributes].map((name) => readableText(name, 40)).join(', ') || 'none'], ['Headline metrics', fairness.headline.map((metric) => metricName(metric).label).join('; ') || 'none'],
      ['Confidence level', `${shortNumber(100 * fairness.level)} %`]] as const),
    ...(fairness?.headline.some(readsDecisions) === true ? [['Population', groupThousands(readableText(fairness.population, 240))]] as const : []),
    ['Seed', String(seed)], ['Backend', readableText(backend, 60)],
  ];
}
