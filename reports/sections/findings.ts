import type { FairnessResult, Finding } from '../../models/fairness/types.ts';
import { REFERENCE_BADGE } from '../figure.ts';
import { html, NOTHING, type Markup } from '../markup.ts';
import { readsDecisions } from '../metric-scope.ts';
import { readableText } from '../readable-text.ts';
import type { ReportInput } from '../report-input.ts';
import { cannotTell, isOpen } from './cannot-tell.ts';
import { NOT_COMPUTED, section } from './section.ts';
import { verdictMark } from './verdict-mark.ts';

/** What was found, in sentences; and beside it what this data cannot tell. */
export function findingsSection({ documents: { fairness } }: ReportInput): Markup {
  if (fairness === null) return section({ id: 'findings', title: 'Findings', body: NOT_COMPUTED });
  const order = [...fairness.findings].sort((a, b) => place(a) - place(b)), told = order.filter((finding) => !isOpen(finding));
  return section({ id: 'findings', title: 'Findings', body: html`${told.length === 0 ? html`<p class="absent">No headline comparison could be decided.</p>` : html`<ol class="findings">${told.map((finding) => item(finding, fairness))}</ol>`}
${cannotTell(html`<ol class="findings">${order.filter(isOpen).map((finding) => item(finding, fairness))}</ol>`, fairness)}` });
}

function place(finding: Finding): number {
  return finding.survives ? 0 : finding.verdict === 'disparity' ? 1 : finding.verdict === 'undecided' ? 2 : 3;
}

function item(finding: Finding, { decisions }: FairnessResult): Markup {
  const reference = decisions?.source === 'reference' && readsDecisions(finding.metric);
  return html`<li>${verdictMark(finding.verdict, finding.survives || finding.verdict !== 'disparity')}${reference ? html` ${REFERENCE_BADGE}` : NOTHING}<p>${readableText(finding.sentence, 900)}${
    finding.verdict === 'disparity' && !finding.survives ? ' It does not survive the adjustment for all headline comparisons.' : ''}</p></li>`;
}
