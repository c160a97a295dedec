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
  { label: 'described, not tested', colour: 'blue', shape: 'circle' },
];
const MOST_SLICES = 15;

/** Slices in words with their lift on rows that took no part in the search, one chart for errors and one for strangeness. */
export const sliceLift: ChartMaker = (input) => (['error', 'strangeness'] as const).flatMap((measure) => {
  const slices = (input.documents.slices?.slices ?? []).filter((slice) => slice.measure === measure).slice(0, MOST_SLICES);
  return slices.length === 0 ? [] : [sliceChart(input, measure, slices)];
});

function sliceChart({ documents: { slices, fairness } }: ReportInput, measure: Slice['measure'], shown: readonly Slice[]): Chart {
  const made = usedKinds(shown.map((slice) => ({ name: slice.text, value: slice.heldOut.rate, interval: slice.heldOut.interval, kind: slice.heldOut.replicated === null ? 2 : slice.heldOut.replicated ? 0 : 1, detail: `${shortNumber(slice.heldOut.lift)} × that of all rows, ${count(slice.heldOut.size)} held-out rows${expectedText(slice)}` })), KINDS);
  const held = shown.filter((slice) => slice.heldOut.replicated).length, what = measure === 'error' ? 'errors' : 'strange rows', overall = shown[0]!.heldOut.overall;
  return {
    name: chartSlug('slices', measure), section: 'slices', attribute: null,
    reference: measure === 'error' && (fairness?.decisions?.source === 'reference' || slices?.errorOf?.startsWith('reference') === true),
    title: shown.every((slice) => slice.heldOut.replicated === null) ? `Where ${what} gather: up to ${shortNumber(Math.max(...shown.map((slice) => slice.heldOut.lift)))} times as frequent` : held === 0 ? `No slice with more ${what} held up on held-out rows` : `${held} slice${held === 1 ? '' : 's'} with more ${what} than elsewhere held up on held-out rows`,
    subtitle: `Rate of ${what} in the slice, on rows that took no part in the search.`,
    description: `Dots with intervals: rate of ${what} in ${shown.length} slices.`,
    spec: dotInterval({ ...made, axisTitle: `Rate of ${what} on held-out rows`, format: '.0%', text: (value) => percent(value), nameTitle: 'Slice', detailTitle: 'Lift', intervalTitle: 'Interval', kindTitle: 'Replication', line: { at: overall, label: `all rows ${percent(overall)}` }, gutter: 210 }),
    table: { columns: ['Slice', 'Rows (search)', 'Rate (search)', 'Rows (held out)', 'Rate (held out)', 'Interval from', 'to', 'Expected', 'Lift', 'q', 'Replicated'],
      rows: shown.map(({ text, size, rate, heldOut }) => [text, size, percent(rate), heldOut.size, percent(heldOut.rate), percent(heldOut.interval?.[0]), percent(heldOut.interval?.[1]), percent(heldOut.expected), shortNumber(heldOut.lift), probability(heldOut.qValue), heldOut.replicated === null ? 'not tested' : heldOut.replicated ? 'yes' : 'no']) },
  };
}

/** Hard cases are wrong more often under any honest score. */
function expectedText({ heldOut: { expected } }: Slice): string {
  return expected === null ? '' : `; the score itself expects ${percent(expected)}`;
}
