import type { Chart } from '../charts/chart.ts';
import { dotInterval } from '../charts/dot-interval.ts';
import { percent, percentInterval, points, pointsInterval } from '../number-text.ts';
import { readableText } from '../readable-text.ts';

export interface NewSlice {
  readonly text: string;
  /** On held-out rows: errors beyond those expected, or the rate of errors. */
  readonly value: number;
  readonly measure: 'excess' | 'rate';
  readonly interval: readonly [number, number] | null;
  /** Rate of errors over all rows. */
  readonly overall: number;
}

const MOST = 15;

/** Slices of errors that are new in a night, beside what would be harmless. slices: at least one, all of one measure */
export function newSlicesChart(slices: readonly NewSlice[]): Chart {
  const shown = slices.slice(0, MOST).map(({ text, ...rest }) => ({ name: readableText(text, 120), ...rest })), [first] = shown, excess = first!.measure === 'excess';
  const text = excess ? points : percent, range = excess ? pointsInterval : percentInterval;
  const subtitle = excess ? 'Held-out rows: errors beyond those expected of such rows, with their interval.' : 'Rate of errors on held-out rows, with its interval; the line is the rate over all of them.';
  return {
    name: 'new-slices', section: 'slices', attribute: null, reference: false, title: slices.length === 1 ? 'A new slice of errors' : `${slices.length} new slices of errors`, subtitle: shown.length < slices.length ? `${subtitle} The first ${shown.length} of ${slices.length}.` : subtitle,
    description: shown.map(({ name, value }) => `${name} ${text(value)}`).join('; '),
    spec: dotInterval({ rows: shown.map(({ name, value, interval }) => ({ name, value, interval, kind: 0, detail: 'held-out rows' })), kinds: [{ label: 'new', colour: 'orange', shape: 'diamond' }], axisTitle: excess ? 'Errors beyond the expected, points' : 'Errors', format: excess ? 'points' : '.0%', text,
      nameTitle: 'Slice', detailTitle: 'Rows', intervalTitle: 'Interval', line: excess ? { at: 0, label: 'as expected' } : { at: first!.overall, label: 'all rows' }, gutter: 210 }),
    table: { columns: ['Slice', excess ? 'Beyond the expected' : 'Errors', 'Interval', 'Errors over all'], rows: shown.map(({ name, value, interval, overall }) => [name, text(value), range(interval), percent(overall)]) },
  };
}
