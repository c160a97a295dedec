import { dataTable } from '../data-table.ts';
import { html, type Markup } from '../markup.ts';
import { readableText } from '../readable-text.ts';
import type { ReportInput } from '../report-input.ts';
import { section } from './section.ts';

/** How to get the same numbers again, and how to check that these are they. */
export function reproduceSection(input: ReportInput): Markup {
  return section({ id: 'reproduce', title: 'How to reproduce', lead: 'The same data, configuration, seed and backend give the same bytes in every file of this result.', body: html`
<pre><code>${input.reproduce.map((line) => `${readableText(line, 400)}\n`).join('')}</code></pre>
<p>In a checkout of Penumbra; where the package is installed, <code>npx penumbra</code> stands in place of <code>npm run -s penumbra --</code>.</p>
<p>Made by ${readableText(input.code, 200)}, seed ${input.seed}, backend ${readableText(input.backend, 60)}.</p>
${input.computedOn.length === 0 ? html`` : html`<p>This backend gives the same bytes on processors with the same instructions, caches and number of threads. The networks were trained by ${input.computedOn.map((text) => readableText(text, 600)).join('; ')}.</p>
`}${dataTable({ caption: 'Stages', columns: ['Stage', 'State'], rows: input.stages.map((stage) => [stage.name, stage.state]) })}
<details class="more"><summary>Configuration</summary><pre><code>${input.config.split('\n').map((line) => `${readableText(line, 400)}\n`).join('')}</code></pre></details>` });
}
