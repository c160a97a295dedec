import type { LatentMap } from '../../models/latent/types.ts';
import { DENSITY_STEPS } from '../palette.ts';
import { count, percent, shortNumber } from '../number-text.ts';
import { attributeText, groupText } from '../group-text.ts';
import type { ChartMaker, ChartSpec } from './chart.ts';
import { plot } from './plot.ts';

const FIFTHS = ['thinnest', 'thin', 'middle', 'dense', 'densest'] as const;
/** Entries of the group chooser in the page. */
const MOST_CHOICES = 40;

/** A sample of the rows on the two principal axes of the latent space, coloured by fifths of the log density; the page's script can single out a group. */
export const latentMap: ChartMaker = ({ documents: { density } }) => {
  if (density === null || density.map.points.length === 0) return [];
  const { points, explained } = density.map, fifth = fifths(points);
  const names = groupNames(density.map);
  const values = points.map((point, i) => ({ x: round(point.x), y: round(point.y), d: FIFTHS[fifth[i]!], r: point.row, l: shortNumber(point.logDensity),
    g: Object.entries(point.groups).map(([attribute, group]) => names.indexOf(groupKey(attribute, group))) }));
  return [{
    name: 'latent-map', section: 'latent', attribute: null, reference: false,
    title: 'Where the data is dense, and where it is thin', subtitle: `${count(points.length)} sampled rows on the first two principal axes of the latent space, which hold ${percent(explained[0] + explained[1], 0)} of its variance, in fifths of density.`,
    description: 'Scatter of sampled rows in latent space, coloured by fifths of the estimated density.',
    spec: plot({ left: 50, height: 340, top: 36, bottom: 44 }, {
      data: { values },
      params: [{ name: 'group', value: -1 }],
      mark: { type: 'circle', size: 11 },
      encoding: {
        x: axis('x', `First axis (${percent(explained[0], 0)})`), y: axis('y', `Second axis (${percent(explained[1], 0)})`),
        color: { field: 'd', type: 'nominal', scale: { domain: FIFTHS, range: DENSITY_STEPS }, legend: { orient: 'none', direction: 'horizontal', legendX: -44, legendY: -28, title: null, symbolSize: 60, columnPadding: 8 } },
        opacity: { condition: { test: 'group >= 0 && indexof(datum.g, group) < 0', value: 0.07 }, value: 0.75 },
        tooltip: [{ field: 'r', title: 'Row' }, { field: 'l', title: 'Log density' }],
      },
    }),
    choices: { signal: 'group', label: 'Show', all: 'all rows', options: names.slice(0, MOST_CHOICES).map(choiceText) },
    table: { columns: ['Log density', 'Rows of the sample'], rows: rangeRows(points, fifth) },
  }];
};

function axis(field: string, title: string): ChartSpec {
  return { field, type: 'quantitative', scale: { zero: false, nice: true }, axis: { title, tickCount: 5 } };
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

function groupKey(attribute: string, group: string): string {
  return JSON.stringify([attribute, group]);
}

function choiceText(key: string): string {
  const [attribute, group] = JSON.parse(key) as [string, string];
  return `${attributeText(attribute, 40)}: ${groupText(attribute, group, 60)}`;
}

/** All groups that occur, by attribute, then most frequent first. */
function groupNames(map: LatentMap): readonly string[] {
  const counts = new Map<string, number>();
  for (const point of map.points) {
    for (const [attribute, group] of Object.entries(point.groups)) counts.set(groupKey(attribute, group), (counts.get(groupKey(attribute, group)) ?? 0) + 1);
  }
  const attributes = Object.keys(map.points[0]!.groups);
  const place = (key: string): number => attributes.indexOf((JSON.parse(key) as [string, string])[0]);
  return [...counts].sort((a, b) => place(a[0]) - place(b[0]) || b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([key]) => key);
}

/** Fifth of the density, 0 = thinnest, of each point. */
function fifths(points: LatentMap['points']): Uint8Array {
  const order = [...points.keys()].sort((a, b) => points[a]!.logDensity - points[b]!.logDensity || a - b), fifth = new Uint8Array(points.length);
  for (const [rank, i] of order.entries()) fifth[i] = Math.floor((5 * rank) / points.length);
  return fifth;
}

function rangeRows(points: LatentMap['points'], fifth: Uint8Array): (readonly [string, number])[] {
  return FIFTHS.map((name, k) => {
    const densities = points.filter((_, i) => fifth[i] === k).map((point) => point.logDensity);
    return [densities.length === 0 ? name : `${name}: ${shortNumber(Math.min(...densities))} to ${shortNumber(Math.max(...densities))}`, densities.length] as const;
  });
}
