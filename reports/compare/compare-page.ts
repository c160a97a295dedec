import { readFileSync } from 'node:fs';
import type { Comparison, Effect, EffectKind } from '../../models/compare/types.ts';
import type { DrawnChart } from '../charts/chart.ts';
import { contentPolicy } from '../content-policy.ts';
import { dataTable } from '../data-table.ts';
import { figures } from '../figure.ts';
import { html, NOTHING, trusted, type Markup } from '../markup.ts';
import { count, groupThousands } from '../number-text.ts';
import { darkChartRules } from '../palette.ts';
import { readableText } from '../readable-text.ts';
import { notes, section } from '../sections/section.ts';
import { COMPARE_CHARTS } from './compare-charts.ts';
import { effectTable } from './effect-table.ts';

/** What the page says of a comparison, beside the comparison itself. */
export interface ComparePage {
  readonly comparison: Comparison;
  readonly charts: readonly DrawnChart[];
  /** Commands that make this page again. */
  readonly reproduce: readonly string[];
  /** Paragraphs before the changes: what a night's watch says. */
  readonly watch?: { readonly lead: string; readonly rows: readonly (readonly (string | null)[])[]; readonly columns: readonly string[] };
}

const PARTS: readonly (readonly [id: string, title: string, kinds: readonly EffectKind[]])[] = [
  ['fairness', 'Fairness', ['disparity', 'group']], ['data', 'Data', ['schema', 'data', 'column']], ['latent', 'Latent space', ['latent']],
  ['model', 'Outliers, weights, training', ['outliers', 'weights', 'training']],
];

/** One page about what changed between two audits; it asks nothing of the outside and says everything without a script. */
export function renderComparePage(page: ComparePage): string {
  const { comparison, watch } = page, style = pageStyle(), script = ownFile('page-script.js'), title = titleOf(comparison), heading = headingOf(comparison);
  const contents = [['verdict', 'Changes'], ...(watch === undefined ? [] : [['watch', 'Watch'] as const]), ...PARTS.map(([id, name]) => [id, name] as const), ['reproduce', 'Reproduce']] as const;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentPolicy([style], [script])}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title} – Penumbra comparison</title>
<style>${trusted(style)}</style>
</head>
<body>
<a class="skip" href="#verdict">To the changes</a>
<header><p class="brand">Penumbra comparison</p><h1><bdi>${heading}</bdi></h1>${heading === title ? NOTHING : html`<p class="quiet">${title}</p>`}</header>
<nav aria-label="Sections"><ul>${contents.map(([id, name]) => html`<li><a href="#${id}">${name}</a></li>`)}</ul></nav>
<main>
${verdictSection(comparison)}
${watch === undefined ? NOTHING : section({ id: 'watch', title: 'Watched over the nights', lead: groupThousands(watch.lead), body: dataTable({ caption: 'Watched gaps', sortable: true, columns: watch.columns, rows: watch.rows }) })}
${PARTS.map(([id, name, kinds]) => partSection(id, name, page, comparison.effects.filter(({ kind }) => kinds.includes(kind))))}
${section({ id: 'reproduce', title: 'Reproduce', body: html`<pre>${page.reproduce.join('\n')}</pre>${notes(comparison.notes)}` })}
</main>
<footer><p>Intervals hold together at ${Math.round(100 * comparison.level)} % within each group of comparisons. A change counts when its interval lies beyond what counts for nothing, never by significance alone. This page loads nothing from the network.</p></footer>
<script type="application/json" id="chart-specs">{}</script>
<script>${trusted(script)}</script>
</body>
</html>
`.toString();
}

/** The name alone where both have it: their ids, long and much alike, stand below. */
function headingOf(comparison: Comparison): string {
  return comparison.before.name === comparison.after.name ? readableText(comparison.after.name, 60) : titleOf(comparison);
}

/** Names, or ids where two audits of one name are compared. */
function titleOf({ before, after }: Comparison): string {
  const [first, second] = before.name === after.name ? [before.id, after.id] : [before.name, after.name];
  return `${readableText(first, 60)} → ${readableText(second, 60)}`;
}

function verdictSection({ before, after, rows, effects, changes, undecided }: Comparison): Markup {
  const kind = changes > 0 ? 'findings' : undecided > 0 ? 'undecided' : 'pass', word = changes > 0 ? `${changes} ${changes === 1 ? 'change' : 'changes'}` : 'No change', mark = { findings: '◆', undecided: '■', pass: '●' }[kind];
  const said = changes > 0 ? `Of ${effects.length} comparisons, ${changes} ${changes === 1 ? 'lies' : 'lie'} beyond what counts for nothing${undecided > 0 ? `, and ${undecided} cannot be told` : ''}.` : `None of ${effects.length} comparisons lies beyond what counts for nothing${undecided > 0 ? `; ${undecided} cannot be told from this data` : ''}.`;
  const facts: readonly (readonly [string, string])[] = [
    ['Before', `${readableText(before.id, 60)}, seed ${before.seed ?? '–'}`], ['After', `${readableText(after.id, 60)}, seed ${after.seed ?? '–'}`], ['Rows before', count(before.rows)], ['Rows after', count(after.rows)],
    ...(rows === null ? [] : [['In both', count(rows.shared)], ['Of those altered', count(rows.altered)], ['New', count(rows.added)], ['Gone', count(rows.removed)], ['Rows told by', rows.by === 'id' ? 'their id' : 'their content']] as const),
  ];
  const listed = effects.filter(({ verdict }) => verdict === 'changed');
  return section({ id: 'verdict', title: 'Changes', body: html`<div class="verdict ${kind}"><p class="word"><span aria-hidden="true">${mark}</span> ${word}</p><p>${said}</p></div>
${listed.length === 0 ? NOTHING : html`<h3>What changed</h3><ol class="findings">${listed.slice(0, 40).map(({ sentence }) => html`<li>${groupThousands(readableText(sentence, 400))}</li>`)}</ol>`}
<dl class="facts">${facts.map(([name, value]) => html`<div class="${value.length > 20 ? 'long' : ''}"><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>` });
}

function partSection(id: string, title: string, { charts, comparison }: ComparePage, effects: readonly Effect[]): Markup {
  const drawn = charts.filter((chart) => COMPARE_CHARTS[id]?.includes(chart.name) === true);
  const outliers = id === 'model' && comparison.newOutliers.length > 0 ? newOutliersTable(comparison) : NOTHING;
  return section({ id, title, body: html`${drawn.length === 0 ? NOTHING : figures(drawn, drawn[0]!.section)}${effects.length === 0 ? html`<p class="absent">Nothing to compare here.</p>` : effectTable(title, effects)}${outliers}` });
}

function newOutliersTable({ newOutliers }: Comparison): Markup {
  return dataTable({ caption: 'Strange rows that are new, or flagged now and not before', columns: ['Id', 'Rank', 'Score', 'Flagged', 'Why listed', 'Reasons'],
    rows: newOutliers.map(({ id, rank, score, flagged, added, reasons }) => [readableText(id, 60), rank, score.toPrecision(3), flagged ? 'yes' : 'no', added ? 'new row' : 'newly flagged', readableText(reasons.join('; '), 300)]) });
}

/** The report's own style, charts included. */
function pageStyle(): string {
  return `${ownFile('page-style.css')}\n@media screen and (prefers-color-scheme: dark) {\n${darkChartRules('.picture')}\n}\n@media print { td .quiet { font-size: .9em; } }\n`;
}

function ownFile(name: string): string {
  return readFileSync(new URL(`../browser/${name}`, import.meta.url), 'utf8');
}
