import type { WatchedGap } from '../../models/nights/watch.ts';
import type { Chart } from '../charts/chart.ts';
import { dotInterval, type DotKind } from '../charts/dot-interval.ts';
import { points } from '../number-text.ts';
import { readableText } from '../readable-text.ts';

const KINDS: readonly DotKind[] = [{ label: 'baseline', colour: 'grey', shape: 'square' }, { label: 'night', colour: 'blue', shape: 'circle' }];
const Z = 1.96;

/** A watched gap night by night beside its baseline; the band is what counts for nothing. */
export function gapNightsChart(name: string, { baseline, process, recent }: WatchedGap): Chart {
  const theta0 = process?.theta0 ?? null, band = theta0 === null ? {} : { band: [process!.side === 'above' ? 0 : -theta0, process!.side === 'below' ? 0 : theta0] as const };
  const interval = ({ value, se }: { readonly value: number; readonly se: number }) => [value - Z * se, value + Z * se] as const;
  const rows = [...(baseline === null ? [] : [{ name: 'baseline', value: baseline.value, interval: interval(baseline), kind: 0, detail: 'pooled over its nights', ...band }]),
    ...recent.map((night) => ({ name: night.night.slice(0, 16).replace('T', ' '), value: night.value, interval: interval(night), kind: baseline === null ? 0 : 1, detail: 'new rows of the night', ...band }))];
  return {
    name: 'watched-gap', section: 'gaps', attribute: null, reference: false, title: readableText(name, 120), subtitle: 'Each night’s new rows with their own 95 % interval; the band is what the baseline can hide.',
    description: rows.map(({ name: night, value }) => `${night} ${points(value)}`).join('; '),
    spec: dotInterval({ rows, kinds: baseline === null ? [KINDS[1]!] : KINDS, axisTitle: 'Gap, points', format: 'points', text: points, nameTitle: 'Night', detailTitle: 'Rows', intervalTitle: '95 % interval' }),
    table: { columns: ['Night', 'Gap', 'From', 'To'], rows: rows.map(({ name: night, value, interval: [low, high] }) => [night, points(value), points(low), points(high)]) },
  };
}
