import type { ReportInput } from '../report-input.ts';
import type { Slice } from '../../models/slices/types.ts';
import { count, percent, probability, shortNumber } from '../number-text.ts';
import { chartSlug } from './chart-slug.ts';
import type { Chart, ChartMaker } from './chart.ts';
import { dotInterval, type DotKind } from './dot-interval.ts';
import { usedKinds } from './verdict-kinds.ts';

const KINDS: readonly DotKind[] = [
  { label: 'holds on held-out rows', colour: 'orange', shape: 'diamond' },
  { label: 'did not replicate', colour: 'grey', shape: 'square' },
];
const MOST_SLICES = 15;

/** Slices in words with their lift on rows that took no part in the search, one chart for errors and one for strangeness. */
export const sliceLift: ChartMaker = (input) => (['error', 'strangeness'] as const).flatMap((measure) => {
  const slices = (input.documents.slices?.slices ?? []).filter((slice) => slice.measure === measure).slice(0, MOST_SLICES);
  return slices.length === 0 ? [] : [sliceChart(input, measure, slices)];
});

function sliceChart({ documents: { slices, fairness } }: ReportInput, measure: Slice['measure'], shown: readonly Slice[]): Chart {
  const made = usedKinds(shown.map((slice) => ({ name: slice.text, value: slice.heldOut.lift, interval: slice.heldOut.interval, kind: slice.heldOut.replicated ? 0 : 1, detail: count(slice.heldOut.size) })), KINDS);
  const held = shown.filter((slice) => slice.heldOut.replicated).length, what = measure === 'error' ? 'errors' : 'strange rows';
  return {
    name: chartSlug('slices', measure), section: 'slices', attribute: null,
    reference: measure === 'error' && (fairness?.decisions?.source === 'reference' || slices?.errorOf?.startsWith('reference') === true),
    title: held === 0 ? `No slice with more ${what} held up on held-out rows` : `${held} slice${held === 1 ? '' : 's'} with more ${what} than elsewhere held up on held-out rows`,
    subtitle: `Rate of ${what} in the slice over the rate in all rows, on held-out rows.`,
    description: `Dots with intervals: lift of ${shown.length} slices.`,
    spec: dotInterval({ ...made, axisTitle: 'Lift on held-out rows', format: '~g', text: (value) => shortNumber(value), nameTitle: 'Slice', detailTitle: 'Held-out rows', intervalTitle: 'Interval', kindTitle: 'Replication', line: { at: 1, label: 'all rows' }, gutter: 210 }),
    table: { columns: ['Slice', 'Rows (search)', 'Rate (search)', 'Rows (held out)', 'Rate (held out)', 'Lift', 'Interval from', 'to', 'q', 'Replicated'],
      rows: shown.map(({ text, size, rate, heldOut }) => [text, size, percent(rate), heldOut.size, percent(heldOut.rate), shortNumber(heldOut.lift), shortNumber(heldOut.interval[0]), shortNumber(heldOut.interval[1]), probability(heldOut.qValue), heldOut.replicated ? 'yes' : 'no']) },
  };
}
