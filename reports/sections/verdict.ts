import type { FairnessResult } from '../../models/fairness/types.ts';
import { REFERENCE_BADGE } from '../figure.ts';
import { isCrossed } from '../group-text.ts';
import { html, NOTHING, type Markup } from '../markup.ts';
import { count, shortNumber } from '../number-text.ts';
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
<p>${sentence(fairness)}</p>${fairness?.decisions?.source === 'reference' ? html`<p>${REFERENCE_BADGE} ${referenceText(fairness)}</p>` : NOTHING}</div>
<dl class="facts">${facts(input).map(([name, value]) => html`<div class="${value.length > 40 ? 'long' : ''}"><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>` });
}

function sentence(fairness: FairnessResult | null): string {
  if (fairness === null) return 'Fairness was not computed in this audit; a verdict from nothing is undecided.';
  const { findings } = fairness, survive = findings.filter((finding) => finding.survives).length, undecided = findings.filter((finding) => finding.verdict === 'undecided').length;
  if (findings.length === 0) return 'There was no headline comparison to make; a verdict from nothing is undecided.';
  if (fairness.verdict === 'findings') return `${survive} of ${findings.length} headline comparisons show a disparity beyond what is tolerated, after adjustment for their number.`;
  if (fairness.verdict === 'pass') return `All ${findings.length} headline comparisons are within what is tolerated.`;
  return `None of ${findings.length} headline comparisons shows a disparity beyond what is tolerated after adjustment, but for ${undecided} of them this data cannot rule one out.`;
}

function referenceText({ decisions, headline }: FairnessResult): string {
  return `The data holds no decision of an audited model. Numbers marked so are those of a ${readableText(decisions!.description, 300)}: what a plain model would learn from this data.${headline.some(readsDecisions) ? '' : ' The verdict rests on the labels alone.'}`;
}

function facts({ documents: { fairness, profile, outliers }, seed, backend }: ReportInput): readonly (readonly [string, string])[] {
  const attributes = new Set(fairness?.groups.map((group) => group.attribute).filter((name) => !isCrossed(name)));
  return [
    ...(profile === null ? [] : [['Rows', count(profile.usable)], ['Columns', count(profile.columns.length)]] as const),
    ...(fairness === null ? [] : [['Protected attributes', [...attributes].map((name) => readableText(name, 40)).join(', ') || 'none'], ['Headline metrics', fairness.headline.map((metric) => metricName(metric).label).join('; ') || 'none'],
      ['Confidence level', `${shortNumber(100 * fairness.level)} %`], ['Population', readableText(fairness.population, 120)]] as const),
    ...(outliers === null ? [] : [['Rows ranked by strangeness', count(outliers.ranked)]] as const),
    ['Seed', String(seed)], ['Backend', readableText(backend, 60)],
  ];
}
