import type { DrawnChart } from './charts/chart.ts';
import { CHART_WIDTH } from './charts/plot.ts';
import { html, trusted } from './markup.ts';
import { colour, darkChartRules } from './palette.ts';
import { readableText, textWidth } from './readable-text.ts';

const MARGIN = 16;
const TITLE_SIZE = 15;
/** Bold letters are wider, and a viewer without a system font takes a wide one. */
const BOLD = 1.18;
const TITLE_LINE = 20;
const SUBTITLE_SIZE = 11.5;
const SUBTITLE_LINE = 16;

/** A chart as a file of its own: title, subtitle and paper; follows the reader's light or dark setting where the viewer can. */
export function standaloneSvg(chart: DrawnChart): string {
  const title = wrapText(readableText(chart.title, 200), CHART_WIDTH, BOLD * TITLE_SIZE), subtitle = wrapText([chart.subtitle ?? '', chart.reference ? REFERENCE : ''].join(' ').trim(), CHART_WIDTH, SUBTITLE_SIZE);
  const head = MARGIN + title.length * TITLE_LINE + subtitle.length * SUBTITLE_LINE + 10;
  const width = CHART_WIDTH + 2 * MARGIN, height = head + chart.height + MARGIN;
  const line = (text: string, y: number, size: number, fill: string, weight: string) => html`<text x="${MARGIN}" y="${y}" font-family="system-ui, sans-serif" font-size="${size}" font-weight="${weight}" fill="${fill}">${text}</text>`;
  return html`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${readableText(chart.title, 200)}">
<style>@media (prefers-color-scheme:dark){${trusted(darkChartRules('svg'))}}</style>
<rect width="${width}" height="${height}" fill="${colour('paper')}"/>
${title.map((text, i) => line(text, MARGIN + (i + 0.75) * TITLE_LINE, TITLE_SIZE, colour('ink'), '600'))}
${subtitle.map((text, i) => line(text, MARGIN + title.length * TITLE_LINE + (i + 0.75) * SUBTITLE_LINE, SUBTITLE_SIZE, colour('muted'), 'normal'))}
<g transform="translate(${MARGIN},${head})">${trusted(chart.svg)}</g>
</svg>
`.toString();
}

const REFERENCE = 'Numbers of the reference classifier, not of an audited model.';

/** Lines of words that fit into a width in px. */
function wrapText(text: string, width: number, fontSize: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ').filter((each) => each !== '')) {
    const last = lines.at(-1);
    if (last !== undefined && textWidth(`${last} ${word}`, fontSize) <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
