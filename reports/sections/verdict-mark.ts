import type { Verdict } from '../../models/fairness/types.ts';
import { html, type Markup } from '../markup.ts';

const MARKS = { disparity: '◆', undecided: '■', parity: '●' } as const;

/** A verdict by shape, colour and word; a disparity that does not survive the adjustment of its family is hollow and says so. */
export function verdictMark(verdict: Verdict | null, survives = true): Markup {
  if (verdict === null) return html`<span class="mark none">no verdict</span>`;
  if (verdict === 'disparity' && !survives) return html`<span class="mark undecided"><span aria-hidden="true">◇</span> disparity before adjustment only</span>`;
  return html`<span class="mark ${verdict}"><span aria-hidden="true">${MARKS[verdict]}</span> ${verdict}</span>`;
}
