import { readFileSync } from 'node:fs';
import type { DrawnChart } from './charts/chart.ts';
import { contentPolicy } from './content-policy.ts';
import { html, trusted, type Markup } from './markup.ts';
import { darkChartRules } from './palette.ts';
import { readableText } from './readable-text.ts';
import type { ReportInput } from './report-input.ts';
import { fairnessSection } from './sections/fairness.ts';
import { findingsSection } from './sections/findings.ts';
import { latentSection } from './sections/latent.ts';
import { mitigationSection } from './sections/mitigation.ts';
import { outliersSection } from './sections/outliers.ts';
import { profileSection } from './sections/profile.ts';
import { reproduceSection } from './sections/reproduce.ts';
import { trainingSection } from './sections/training.ts';
import { verdictSection } from './sections/verdict.ts';
import { vegaScript } from './vega-script.ts';

const CONTENTS = [['verdict', 'Verdict'], ['findings', 'Findings'], ['fairness', 'Fairness'], ['mitigation', 'Mitigation'], ['latent', 'Density'], ['debias', 'Reweighing'], ['outliers', 'Outliers'], ['slices', 'Slices'], ['perturbation', 'Factors'], ['training', 'Training'], ['profile', 'Data'], ['reproduce', 'Reproduce']] as const;

/** The report: one page that asks nothing of the outside, says everything without a script, and comes alive with it. */
export function renderPage(input: ReportInput, charts: readonly DrawnChart[]): string {
  const style = pageStyle(), scripts = [vegaScript(), ownFile('page-script.js')], name = readableText(input.name, 120);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentPolicy([style], scripts)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${name} – Penumbra audit</title>
<style>${trusted(style)}</style>
</head>
<body>
<a class="skip" href="#verdict">To the verdict</a>
<header><p class="brand">Penumbra audit</p><h1><bdi>${name}</bdi></h1></header>
<nav aria-label="Sections"><ul>${CONTENTS.map(([id, title]) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>
<main>
${sections(input, charts)}
</main>
<footer><p>Penumbra audit of <bdi>${name}</bdi>, seed ${input.seed}. This page loads nothing from the network.</p></footer>
<script type="application/json" id="chart-specs">${trusted(specsJson(charts))}</script>
${scripts.map((script) => html`<script>${trusted(script)}</script>
`)}</body>
</html>
`.toString();
}

function sections(input: ReportInput, charts: readonly DrawnChart[]): readonly Markup[] {
  return [verdictSection(input), findingsSection(input), fairnessSection(input, charts), mitigationSection(input, charts), latentSection(input, charts), outliersSection(input, charts), trainingSection(input, charts), profileSection(input, charts), reproduceSection(input)];
}

/** JSON that cannot end its script element. */
function specsJson(charts: readonly DrawnChart[]): string {
  return JSON.stringify(Object.fromEntries(charts.map((chart) => [chart.name, chart.vega]))).replaceAll('<', '\\u003c').replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}

function pageStyle(): string {
  return `${ownFile('page-style.css')}\n@media screen and (prefers-color-scheme: dark) {\n${darkChartRules('.picture')}\n}\n`;
}

function ownFile(name: string): string {
  return readFileSync(new URL(`browser/${name}`, import.meta.url), 'utf8');
}
