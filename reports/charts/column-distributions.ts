import type { ColumnProfile } from '../../models/encode/profile-types.ts';
import { colour } from '../palette.ts';
import { count, percent, shortNumber } from '../number-text.ts';
import { axisLabels, readableText } from '../readable-text.ts';
import type { Chart, ChartMaker, ChartSpec } from './chart.ts';
import { chartSlug } from './chart-slug.ts';
import { histogram } from './histogram.ts';
import { FONT_SIZE, LABEL_GUTTER, nameAxis, plot } from './plot.ts';

/** A wide table would drown the page: its profile table still lists every column. */
const MOST_COLUMNS = 30;
const MOST_LEVELS = 6;

/** A small picture of every column: histogram of numbers, bars of the most frequent levels. */
export const columnDistributions: ChartMaker = ({ documents: { profile } }) =>
  (profile?.columns ?? []).filter((column) => !column.roles.includes('id')).slice(0, MOST_COLUMNS).flatMap((column) => {
    const drawn = column.number !== null ? numberChart(column, column.number) : levelChart(column);
    return drawn === null ? [] : [drawn];
  });

function base(column: ColumnProfile, subtitle: string): Omit<Chart, 'spec' | 'table'> {
  const title = readableText(column.name, 50);
  return { name: chartSlug('column', column.name), section: 'profile', attribute: null, reference: false, title, subtitle, description: `Distribution of ${title}: ${subtitle}` };
}

function numberChart(column: ColumnProfile, number: NonNullable<ColumnProfile['number']>): Chart | null {
  const { edges, counts } = number.histogram;
  if (counts.length === 0 || edges[0] === edges.at(-1)) return null;
  return { ...base(column, `median ${shortNumber(number.median)}, middle half ${shortNumber(number.q1)} to ${shortNumber(number.q3)}${missingText(column)}`),
    spec: histogram({ edges, counts, axisTitle: null, height: 96 }),
    table: { columns: ['From', 'to', 'Rows'], rows: counts.map((rows, i) => [shortNumber(edges[i]), shortNumber(edges[i + 1]), rows]) } };
}

function levelChart(column: ColumnProfile): Chart | null {
  if (column.categories === null || column.categories.top.length === 0) return null;
  const { top, others } = column.categories, shown = top.slice(0, MOST_LEVELS), rest = others + top.slice(MOST_LEVELS).reduce((sum, level) => sum + level.count, 0);
  const total = shown.reduce((sum, level) => sum + level.count, 0) + rest;
  return { ...base(column, `${count(column.distinct)} levels${missingText(column)}`), spec: levelBars(shown, rest),
    table: { columns: ['Level', 'Rows', 'Share'], rows: [...top.map((level) => [level.value, level.count, percent(level.count / total)] as const), ...(others > 0 ? [['(others)', others, percent(others / total)] as const] : [])] } };
}

function levelBars(shown: readonly { readonly value: string; readonly count: number }[], rest: number): ChartSpec {
  const all = [...shown, ...(rest > 0 ? [{ value: '(others)', count: rest }] : [])], labels = axisLabels(all.map((level) => level.value), LABEL_GUTTER - 14, FONT_SIZE);
  const values = all.map((level, i) => ({ label: labels[i]!, name: readableText(level.value, 200), rows: level.count, text: count(level.count) }));
  return plot({ left: LABEL_GUTTER, height: 17 * all.length, right: 64, bottom: 8 }, { data: { values }, encoding: { y: nameAxis('label', labels), x: { field: 'rows', type: 'quantitative', axis: null } }, layer: [
    { mark: { type: 'bar', height: 11, color: colour('blue') }, encoding: { tooltip: [{ field: 'name', title: 'Level' }, { field: 'text', title: 'Rows' }] } },
    { mark: { type: 'text', align: 'left', dx: 5, fontSize: FONT_SIZE - 1, color: colour('muted'), tooltip: null }, encoding: { text: { field: 'text' } } },
  ] });
}

function missingText({ missing }: ColumnProfile): string {
  return missing === 0 ? '' : `; ${count(missing)} missing`;
}
