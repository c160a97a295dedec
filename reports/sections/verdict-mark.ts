import type { Verdict } from '../../models/fairness/types.ts';
import { html, type Markup } from '../markup.ts';

const MARKS = { disparity: '◆', undecided: '■', parity: '●' } as const;

/** A verdict by shape, colour and word. */
export function verdictMark(verdict: Verdict | null): Markup {
  return verdict === null ? html`<span class="mark none">no verdict</span>` : html`<span class="mark ${verdict}"><span aria-hidden="true">${MARKS[verdict]}</span> ${verdict}</span>`;
}
