import { createHash } from 'node:crypto';
import type { AuditRecord } from '../../activities/activities.ts';
import type { AuditStatus } from '../temporal/audit-status.ts';

/** An audit as the page shows it. */
export interface ListedAudit {
  readonly status: AuditStatus;
  readonly record: AuditRecord;
}

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem;color:#1c2330;background:#fff}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.35rem .7rem .35rem 0;border-bottom:1px solid #d8dde6;vertical-align:top}
progress{width:9rem}.findings,.failed{color:#9a1c1c}.pass{color:#1c6b3a}.muted{color:#5b6575}a{color:#14507d}
@media (prefers-color-scheme:dark){body{color:#e4e8ef;background:#14181f}th,td{border-color:#323b49}a{color:#7db8e6}.findings,.failed{color:#f08a8a}.pass{color:#7fd19b}.muted{color:#9aa5b5}}`;
const REFRESH_SECONDS = 2;

/** Nothing but this style is obeyed; there are no scripts. */
export const PAGE_POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/** Text from data and configurations as text, never as markup. */
export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;');
}

function page(title: string, body: string, live: boolean): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title><meta name="viewport" content="width=device-width">${live ? `<meta http-equiv="refresh" content="${REFRESH_SECONDS}">` : ''}<style>${STYLE}</style></head><body><main>${body}</main></body></html>\n`;
}

const isOpen = ({ status }: ListedAudit): boolean => status.state === 'running' || status.state === 'queued';
const bar = (progress: number, what: string): string => `<progress max="100" value="${Math.round(progress * 100)}" aria-label="${escapeHtml(what)}"></progress> ${Math.round(progress * 100)} %`;

function outcome({ status, record }: ListedAudit): string {
  if (isOpen({ status, record })) return `${bar(status.progress, `progress of ${status.name}`)} <span class="muted">${escapeHtml(status.stage ?? status.state)}</span>`;
  const word = status.state === 'completed' ? record.verdict ?? 'done' : status.state;
  return `<span class="${escapeHtml(word)}">${escapeHtml(word)}</span>`;
}

function row(audit: ListedAudit): string {
  const { status: { id, name }, record } = audit, path = encodeURIComponent(id);
  const report = record.report === null ? '' : `<a href="/audits/${path}/report">report</a>`;
  return `<tr><td><a href="/audits/${path}">${escapeHtml(name)}</a><br><span class="muted">${escapeHtml(id)}</span></td><td>${outcome(audit)}</td><td>${record.seconds > 0 ? `${record.seconds.toFixed(0)} s` : ''}</td><td>${report}</td></tr>`;
}

/** All audits of a store, newest first; reloads itself while one is under way. */
export function auditsPage(audits: readonly ListedAudit[]): string {
  const table = audits.length === 0 ? '<p>No audits in this store yet.</p>'
    : `<table><thead><tr><th scope="col">audit</th><th scope="col">state</th><th scope="col">time</th><th scope="col"></th></tr></thead><tbody>${audits.map(row).join('')}</tbody></table>`;
  return page('Penumbra: audits', `<h1>Audits</h1>${table}`, audits.some(isOpen));
}

/** One audit, stage by stage. */
export function auditPage(audit: ListedAudit): string {
  const { status, record } = audit;
  const stages = status.stages.map(({ name, state, progress, detail }) =>
    `<tr><td>${escapeHtml(name)}</td><td>${escapeHtml(state)}</td><td>${state === 'running' ? bar(progress, `progress of ${name}`) : ''}</td><td class="muted">${escapeHtml(detail ?? '')}</td></tr>`).join('');
  const failure = record.failure === null ? '' : `<p class="failed">${escapeHtml(record.failure.message)}</p>`;
  const report = record.report === null ? '' : `<p><a href="/audits/${encodeURIComponent(status.id)}/report">Read the report</a></p>`;
  return page(`Penumbra: ${status.name}`, `<p><a href="/">All audits</a></p><h1>${escapeHtml(status.name)}</h1><p>${outcome(audit)}</p>${failure}${report}<table><tbody>${stages}</tbody></table>`, isOpen(audit));
}

export function notFoundPage(): string {
  return page('Penumbra: not found', '<h1>There is no such page</h1><p><a href="/">All audits</a></p>', false);
}
