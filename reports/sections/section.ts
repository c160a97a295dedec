import { html, NOTHING, type Markup } from '../markup.ts';
import { groupThousands } from '../number-text.ts';
import { readableText } from '../readable-text.ts';

export interface Section {
  readonly id: string;
  readonly title: string;
  readonly lead?: string;
  readonly body: Markup | readonly Markup[];
}

export function section({ id, title, lead, body }: Section): Markup {
  return html`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>${lead === undefined ? NOTHING : html`<p class="lead">${lead}</p>`}
${body}</section>
`;
}

export const NOT_COMPUTED: Markup = html`<p class="absent">Not computed in this audit.</p>`;

/** Remarks a stage made on its own result. */
export function notes(texts: readonly string[]): Markup {
  return texts.length === 0 ? NOTHING : html`<ul class="notes">${texts.map((text) => html`<li>${groupThousands(readableText(text, 600))}</li>`)}</ul>`;
}
