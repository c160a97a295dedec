import { Error as ErrorLevel, parse, View } from 'vega';
import { expressionInterpreter } from 'vega-interpreter';
import { compile, type TopLevelSpec } from 'vega-lite';
import type { Chart, DrawnChart } from './chart.ts';

/** Coordinates beyond a hundredth of a pixel are bytes without sight. */
const LONG_NUMBER = /(\d\.\d{2})\d+/g;

/** Draws with expressions interpreted from their syntax tree: no code is made from text, here or in the page. */
export async function drawChart(chart: Chart): Promise<DrawnChart> {
  const vega = compile(chart.spec as unknown as TopLevelSpec, { logger: silent() }).spec;
  const view = new View(parse(vega, undefined, { ast: true }), { renderer: 'none', expr: expressionInterpreter, logLevel: ErrorLevel });
  try {
    const svg = ownIds(shorten(await view.toSVG()), chart.name);
    const size = /^<svg[^>]* width="([\d.]+)" height="([\d.]+)"/.exec(svg);
    if (size === null) throw new Error(`the chart ${chart.name} was drawn without a size`);
    return { ...chart, svg, width: Number(size[1]), height: Number(size[2]), vega };
  } finally {
    view.finalize();
  }
}

/** A dot as Vega writes it: a path of two arcs around the place it is moved to. */
const DOT = /<path transform="translate\((-?[\d.]+),(-?[\d.]+)\)" d="M([\d.]+),0A[^"]*" fill="(#[0-9a-f]{6})" stroke-width="2"/g;

/** What only appears under a pointer is not drawn for paper. */
const UNSEEN = /<circle [^>]* opacity="0"\/>/g;

/** Rounds numbers in attributes that hold coordinates; text between tags is left as it is. */
function shorten(svg: string): string {
  return svg.replace(/ (?:d|transform|x|y|x2|y2|width|height)="[^"]*"/g, (attribute) => attribute.replace(LONG_NUMBER, '$1'))
    .replace(DOT, '<circle cx="$1" cy="$2" r="$3" fill="$4"').replace(UNSEEN, '').replaceAll(' aria-hidden="true"', '').replace(' xmlns:xlink="http://www.w3.org/1999/xlink" version="1.1"', '');
}

/** Vega counts clip paths over the whole process: numbered anew, and named after the chart, the same chart is the same text wherever it stands. */
function ownIds(svg: string, name: string): string {
  const seen = new Map<string, string>();
  return svg.replace(/(id="|url\(#)((?:clip|gradient_)\d+)/g, (_, before: string, id: string) => {
    if (!seen.has(id)) seen.set(id, `${name}-${seen.size}`);
    return before + seen.get(id)!;
  });
}

/** Remarks of Vega-Lite on dropped channels would go to the console of whoever runs the audit. */
function silent(): NonNullable<NonNullable<Parameters<typeof compile>[1]>['logger']> {
  const logger = { level: () => logger, error: () => logger, warn: () => logger, info: () => logger, debug: () => logger };
  return logger as unknown as NonNullable<NonNullable<Parameters<typeof compile>[1]>['logger']>;
}
