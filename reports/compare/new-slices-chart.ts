import type { Chart } from '../charts/chart.ts';
import { dotInterval } from '../charts/dot-interval.ts';
import { percent, percentInterval } from '../number-text.ts';
import { readableText } from '../readable-text.ts';
import { sizeOfText } from './size-of-text.ts';

export interface NewSlice {
  readonly text: string;
  /** Of errors on held-out rows, and over all of them. */
  readonly rate: number;
  readonly overall: number;
  readonly interval: readonly [number, number] | null;
}

const MOST = 15;

/** Slices of errors that are new in a night, beside the rate over all rows. slices: at least one */
export function newSlicesChart(slices: readonly NewSlice[]): Chart {
  const shown = slices.slice(0, MOST).map(({ text, ...rest }) => ({ name: readableText(text, 120), ...rest }));
  return {
    name: 'new-slices', section: 'slices', attribute: null, reference: false, title: slices.length === 1 ? 'A new slice of errors' : `${slices.length} new slices of errors`,
    subtitle: sizeOfText('Rate of errors on held-out rows, with its interval; the line is the rate over all of them.', slices.length, shown.length),
    description: shown.map(({ name, rate }) => `${name} ${percent(rate)}`).join('; '),
    spec: dotInterval({ rows: shown.map(({ name, rate, interval }) => ({ name, value: rate, interval, kind: 0, detail: 'held-out rows' })), kinds: [{ label: 'new', colour: 'orange', shape: 'diamond' }], axisTitle: 'Errors', format: '.0%', text: percent,
      nameTitle: 'Slice', detailTitle: 'Rows', intervalTitle: 'Interval', line: { at: shown[0]!.overall, label: 'all rows' }, gutter: 210 }),
    table: { columns: ['Slice', 'Errors', 'Interval', 'Over all'], rows: shown.map(({ name, rate, interval, overall }) => [name, percent(rate), percentInterval(interval), percent(overall)]) },
  };
}
